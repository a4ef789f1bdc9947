package main

import (
	"fmt"
	"slices"
	"strings"

	"loa/crawler/extract"
	"loa/media"
	"loa/report"
	"loa/viet"
	"loa/web"
)

// wrongRadio tells what the details of a loudspeakers' form cannot mean.
func (in *handedIn) wrongRadio() (out []string) {
	say := func(format string, a ...any) { out = append(out, fmt.Sprintf(format, a...)) }
	level := func(id string, levels ...media.Level) bool {
		return slices.ContainsFunc(in.plan.Agencies, func(a media.Agency) bool { return a.ID == id && slices.Contains(levels, a.Level) })
	}
	switch {
	case in.Agency != "" && !level(in.Agency, media.District, media.Commune):
		say("Cơ quan đã chọn không phải huyện, xã của kế hoạch.")
	case in.District != "" && !level(in.District, media.District):
		say("Huyện đã chọn không có trong kế hoạch.")
	case in.Agency != "" && in.District != "":
		say("Chọn một trong hai: phiếu của một xã, hoặc bảng của cả huyện.")
	case in.who.Role.Scoped() && in.Agency == "" && in.District == "":
		say("Chọn phiếu là của xã nào, hoặc bảng là của huyện nào.")
	case in.Agency != "" && !in.seesStation(in.Agency), in.District != "" && !in.who.Sees(in.District):
		say("Đơn vị đã chọn không thuộc phạm vi của tài khoản này.")
	}
	switch {
	case in.None && (in.Agency == "" || in.Month.IsZero()):
		say("Khai «không có» cần chọn xã và tháng.")
	case !in.Month.IsZero() && !in.From.IsZero():
		say("Phiếu ghi tháng; khoảng ngày chỉ dùng với dữ liệu của hệ thống thông tin nguồn.")
	case !in.Month.IsZero() && in.Month.AddDate(0, 1, 0).After(in.now):
		say("Tháng %s chưa hết: phiếu tháng nhận từ ngày %s.", monthWords(in.Month), viet.Day(in.Month.AddDate(0, 1, 0)))
	}
	return out
}

// seesStation reports whether a commune's or district's loudspeakers are the person's: their own, or their district's.
func (in *handedIn) seesStation(id string) bool {
	return in.who.Sees(id) || slices.ContainsFunc(in.plan.Agencies, func(a media.Agency) bool { return a.ID == id && a.Parent != "" && in.who.Sees(a.Parent) })
}

// interpretRadio reads a form, a district's sheet or the system's log.
func (in *handedIn) interpretRadio(r *web.Reading) error {
	g := media.Register{Sender: in.Sender, At: in.now, FileName: in.name}
	if in.None {
		in.sheet = extract.RadioSheet{Registers: []media.Register{{Kind: media.RegRadioForm, Agency: in.Agency, From: in.Month, To: in.Month.AddDate(0, 1, 0), Note: "không có"}}}
	} else {
		opt := extract.RadioOptions{Agencies: in.plan.Agencies, Agency: in.Agency, District: in.District, Month: in.Month, Signed: in.Signed}
		if !in.From.IsZero() {
			opt.From, opt.To = dayStart(in.From), dayAfter(in.To)
		}
		sheet, bad, err := readRadio(opt, g, in.data)
		if err := in.tell(r, extract.Handed{}, bad, err); err != nil {
			return err
		}
		in.sheet = sheet
	}
	names := report.NamesOf(in.plan)
	r.Head = []string{"Đơn vị", "Từ", "Đến hết", "Tin, bài CCHC", "Tin khác", "Chưa ghi chủ đề", "Ghi chú"}
	for _, g := range in.sheet.Registers {
		if !in.seesStation(g.Agency) {
			r.Mistakes = append(r.Mistakes, web.Mistake{Column: "Đơn vị", Value: names.Agency(g.Agency), Text: "Đơn vị này không thuộc phạm vi của tài khoản đang dùng."})
		}
		reform, other, untold := radioCounts(g)
		r.Rows = append(r.Rows, []string{names.Agency(g.Agency), viet.Day(g.From), viet.Day(g.To.AddDate(0, 0, -1)), fmt.Sprint(reform), fmt.Sprint(other), fmt.Sprint(untold), g.Note})
	}
	if n := len(in.sheet.Blank); n > 0 {
		r.Notes = append(r.Notes, "Để trống, coi là chưa báo: "+strings.Join(in.sheet.Blank, ", ")+".")
	}
	r.Says = append(r.Says, fmt.Sprintf("Của %d đơn vị.", len(in.sheet.Registers)))
	return nil
}

// radioCounts counts the pieces of a station by what they are declared to be about.
func radioCounts(g media.Register) (reform, other, untold int) {
	for _, e := range g.Rows {
		switch {
		case e.Bulletin == nil:
		case e.Bulletin.Reform:
			reform++
		case e.Bulletin.Other:
			other++
		default:
			untold++
		}
	}
	return reform, other, untold
}
