package sample

import (
	"cmp"
	"slices"
	"time"

	"loa/schedule/calendar"
)

// Document is a paper that an agency handed in to Sở Nội vụ for one duty.
type Document struct {
	Quota      string
	Owner      string    // agency slug
	Number     string    // number of the document
	Date       time.Time // date of issue, local midnight; zero with None
	Known      time.Time // when it was received
	Period     string    // period id of the quota
	Says       string    // what it is, in the words of the clerk
	None       bool      // it states that nothing arose in the period
	Integrated bool      // the duty is a part of a paper about more
}

const received = "Nhận qua hệ thống quản lý văn bản"

// Documents lists the papers received, in order of receipt: for B-A1 the
// agencies' own plans, most in time, one late, some never; for what came
// of meetings in the first quarter, one that nothing arose, one never; for A-8
// what two did of their own accord.
func Documents() []Document {
	day := func(m time.Month, d int) time.Time { return time.Date(2023, m, d, 0, 0, 0, 0, calendar.Zone) }
	var out []Document
	add := func(quota, period, owner, number string, date time.Time, after int, says string) *Document {
		out = append(out, Document{Quota: quota, Owner: owner, Number: number, Date: date, Known: date.AddDate(0, 0, after).Add(9 * time.Hour), Period: period, Says: says})
		return &out[len(out)-1]
	}
	plan := func(owner, number string, date time.Time, after int) {
		add("B-A1", "2022-12-30..2023-01-30", owner, number, date, after, received)
	}
	plan("so-tttt", "04/KH-STTTT", day(1, 12), 1)
	plan("so-noi-vu", "07/KH-SNV", day(1, 13), 3)
	plan("huyen-suoi-trang", "15/KH-UBND", day(1, 16), 2)
	plan("tp-mau", "22/KH-UBND", day(1, 17), 2)
	plan("so-y-te", "09/KH-SYT", day(1, 18), 1)
	plan("tx-ben-may", "18/KH-UBND", day(1, 27), 3)
	plan("so-cong-thuong", "11/KH-SCT", day(1, 30), 2) // the last valid day; received after the deadline
	plan("huyen-khe-may", "31/KH-UBND", day(2, 6), 3)  // late

	meeting := func(owner, number string, date time.Time, after int) *Document {
		return add("A-2.3", "2023-Q1@14", owner, number, date, after, "Biên bản hội nghị giao ban có nội dung cải cách hành chính")
	}
	meeting("so-noi-vu", "12/BB-SNV", day(1, 9), 2)
	meeting("so-tttt", "08/BB-STTTT", day(1, 10), 3)
	meeting("tp-mau", "14/BB-UBND", day(1, 13), 3)
	meeting("so-y-te", "21/BC-SYT", day(1, 31), 2).Integrated = true
	meeting("huyen-suoi-trang", "19/BB-UBND", day(2, 3), 3)
	meeting("so-cong-thuong", "17/BB-SCT", day(2, 6), 1)
	meeting("so-xay-dung", "10/BB-SXD", day(2, 10), 3)
	meeting("tx-ben-may", "33/BC-UBND", day(2, 24), 3).Integrated = true
	meeting("huyen-khe-may", "40/BB-UBND", day(3, 1), 2)
	meeting("so-tu-phap", "25/BB-STP", day(3, 6), 2)
	meeting("so-tnmt", "38/BB-STNMT", day(3, 10), 3)
	none := meeting("huyen-doi-suong", "52/UBND-NV", day(3, 13), 1)
	none.None, none.Date, none.Says = true, time.Time{}, "Ủy ban nhân dân huyện Đồi Sương: trong quý không tổ chức hội nghị lồng ghép"

	add("A-8", "2023-Q1", "tp-mau", "29/BC-UBND", day(2, 15), 2, "Treo 12 pa nô, băng rôn về dịch vụ công trực tuyến trên các trục phố chính")
	add("A-8", "2023-Q1", "huyen-suoi-trang", "47/BC-UBND", day(3, 17), 3, "Hội thi tìm hiểu cải cách hành chính cho cán bộ, công chức cấp xã")
	slices.SortStableFunc(out, func(a, b Document) int { return cmp.Or(a.Known.Compare(b.Known)) })
	return out
}
