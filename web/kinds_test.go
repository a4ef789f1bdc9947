package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// kinds adds a quota of every other kind to the invented province, and closes
// January with a paper that comes to light afterwards.
func kinds() *fake {
	f := newFake()
	ref := schedule.ByReference
	each, cong := schedule.Owner{Each: []media.Level{media.Department, media.District}}, schedule.Owner{Agency: "suong-ha/cong"}
	quota := func(id, title, kind string, class schedule.Class, owner schedule.Owner, wanted int, change func(q *schedule.Quota)) {
		q := schedule.Quota{ID: id, Title: title, Kind: kind, Class: class, Basis: ref, WantedBasis: ref, Owner: owner, Cadence: calendar.Month, Wanted: wanted, Place: "phụ lục",
			Basisnote: "do đơn vị theo dõi đề xuất", Clauses: []schedule.Clause{{Line: 145, Text: "công khai trên Cổg", Shown: "công khai trên Cổg [sic]"}}}
		if change != nil {
			change(&q)
		}
		f.plan.Quotas = append(f.plan.Quotas, q)
	}
	quota("A-1.1", "Công khai chức năng, nhiệm vụ", "exists", schedule.Reg, each, 1, nil)
	quota("A-3.2", "Đăng tải thủ tục hành chính mới", "lag", schedule.Reg, cong, 0, func(q *schedule.Quota) {
		q.MaxLag, q.Conditions = schedule.Level{Value: 5, Basis: ref}, []schedule.Condition{{Name: "decision", Basis: schedule.ByPlan}}
	})
	quota("A-3.3", "Trả lời câu hỏi", "answered", schedule.Reg, cong, 2, func(q *schedule.Quota) { q.MaxLag = schedule.Level{Value: 15, Basis: ref} })
	quota("B-R1", "Báo cáo định kỳ", "attested", schedule.Proc, each, 1, func(q *schedule.Quota) { q.DueDays = 6 })
	quota("A-8", "Các hình thức khác", "encouraged", schedule.Enc, each, 0, func(q *schedule.Quota) { q.Attestable = true })
	quota("B-C2", "Các trang hoạt động ổn định", "availability", schedule.Reg, cong, 0, func(q *schedule.Quota) {
		q.Share, q.Hours, q.Watch = schedule.Level{Value: 99, Basis: ref}, [2]int{360, 1320}, []media.Level{media.Portal}
	})
	quota("B-A3", "Tuyên truyền trên trang của đơn vị", "regular", schedule.Reg, each, 1, func(q *schedule.Quota) {
		q.MaxGap, q.MaxGapBasis, q.Conditions = 30, ref, []schedule.Condition{{Name: "reform", Basis: schedule.ByPlan}}
		q.Shadow = schedule.Span{From: day("2023-01-01"), To: day("2023-02-01")}
	})
	f.evidence = append(f.evidence,
		media.Evidence{ID: "qd1", Kind: media.EvProcedure, Agency: "suong-ha/cong", At: day("2023-02-06"), Precision: media.ToDay, Document: "230/QĐ-UBND", Title: "Công bố danh mục thủ tục hành chính", Seen: day("2023-02-07")},
		media.Evidence{ID: "hoi1", Kind: media.EvQuestion, Agency: "suong-ha/cong", At: day("2023-02-08"), Asked: day("2023-02-08"), Precision: media.ToDay, Document: "17", Title: "Thủ tục cấp lại giấy phép", Seen: day("2023-02-09")})
	hash := strings.Repeat("ab", 32)
	f.decisions = append(f.decisions,
		schedule.Decision{ID: "d8", Kind: schedule.Attest, Plan: f.plan.ID, Quota: "B-R1", Owner: "suong-ha/so-xay-dung", Period: "2023-02", At: at("2023-03-03 09:30"), Actor: "Chuyên viên Sở Nội vụ", Document: "40/SXD-VP",
			Reason: "Trong tháng không có nội dung báo cáo", Issuer: "Sở Xây dựng", Issued: day("2023-03-02"), None: true},
		schedule.Decision{ID: "d7", Kind: schedule.Attest, Plan: f.plan.ID, Quota: "A-8", Owner: "suong-ha/so-tu-phap", Period: "2023-02", At: at("2023-02-25 09:00"), Actor: "Chuyên viên Sở Nội vụ", Document: "9/STP", Reason: "Hội thi", Date: day("2023-02-24")},
		schedule.Decision{ID: "d9", Kind: schedule.Attest, Plan: f.plan.ID, Quota: "B-R1", Owner: "suong-ha/so-noi-vu", Period: "2023-01", At: at("2023-02-03 09:00"), Actor: "Chuyên viên Sở Nội vụ", Document: "31/BC-SNV",
			Reason: "Báo cáo tháng 01", Date: day("2023-02-03"), Issuer: "Sở Nội vụ", Issued: day("2023-02-02"), File: hash, FileName: "bao-cao-01.pdf", Form: "integrated"})
	f.derive()
	closing, err := schedule.Close(f.plan, nil, f.eval, month("2023-01"), nil, "Trưởng phòng CCHC", "", at("2023-02-10 08:00"))
	if err != nil {
		panic(err)
	}
	f.item(fmt.Sprintf("%032x", 9999), media.Agency{ID: "suong-ha/bao"}, at("2023-01-30 08:00"), "Cải cách hành chính: bài đến muộn", true, 6)
	f.derive()
	f.closings = []schedule.Closing{closing}
	f.eval = f.eval.Frozen(f.closings)
	return f
}

func month(id string) calendar.Period {
	p, err := calendar.Parse(id)
	if err != nil {
		panic(err)
	}
	return p
}

func TestEveryPageOfEveryKind(t *testing.T) {
	f := kinds()
	h := f.handler()
	for _, q := range f.plan.Quotas {
		path := "/quotas/" + q.ID
		w := get(t, h, path)
		body := w.Body.String()
		if w.Code != 200 || !strings.Contains(body, q.ID) {
			t.Errorf("%s: %d", path, w.Code)
		}
		structure(t, path, body)
	}
	for _, st := range f.eval.Standings {
		path := "/tien-do/" + st.Quota + "/" + strings.TrimPrefix(st.Owner, "suong-ha/") + "/" + st.Period
		w := get(t, h, path)
		for _, bad := range []string{"%!", "mã «", "&lt;nil&gt;", " mù ", "quy định", "produce_by", ">posted", "documents", "percent"} {
			if w.Code != 200 || strings.Contains(w.Body.String(), bad) {
				t.Errorf("%s: %d, or %q in the page", path, w.Code, bad)
			}
		}
		structure(t, path, w.Body.String())
	}
	for _, path := range []string{"/", "/bang-theo-doi"} {
		structure(t, path, get(t, h, path).Body.String())
	}
}

func TestKindsOnTheirPages(t *testing.T) {
	h := kinds().handler()
	for path, wants := range map[string][]string{
		"/tien-do/A-1.1/so-noi-vu/2023-03":               {"trang, mục", "Trang, mục có mặt; xét hằng tháng", "công khai trên Cổg [sic]", "dòng 145"},
		"/tien-do/A-3.2/cong/2023-02":                    {"Chưa thấy đăng tải", "Quyết định số 230/QĐ-UBND", "ngày làm việc"},
		"/tien-do/A-3.3/cong/2023-03":                    {"Chưa trả lời", "hỏi ngày 08/02/2023", "câu trả lời"},
		"/tien-do/B-R1/so-noi-vu/2023-01":                {"31/BC-SNV", "Sở Nội vụ ban hành", "bao-cao-01.pdf", "lồng ghép", strings.Repeat("ab", 32)},
		"/tien-do/A-8/so-noi-vu/2023-02":                 {"chỉ thống kê", "Khuyến khích; chỉ thống kê"},
		"/tien-do/B-A3/so-noi-vu/2023-02":                {"theo dõi thử", "mức tham chiếu chưa có văn bản thống nhất"},
		"/tien-do/A-6.1/bao/2023-03":                     {"Hạn cuối còn kịp sản xuất", "Hạn cuối còn kịp</dt>"},
		"/tien-do/B-D1/dai-ptth/2023-W03":                {"đã chốt", "báo cáo tháng 01/2023, lần 1", "08h00 ngày 10/02/2023", "Mã bộ dữ liệu"},
		"/tien-do/A-6.1/bao/2023-01":                     {"Đề nghị điều chỉnh sau khi chốt", "thêm 1 minh chứng"},
		"/quotas/B-A3":                                   {"theo dõi thử", "Phân bố giữa các cơ quan", "Trung vị", "Kỳ gần nhất đã kết thúc", "Kỳ này", "Ít nhất 01 tin, bài", "Theo dõi thử"},
		"/quotas/B-D1":                                   {"chỉ tiêu", "mỗi tuần ít nhất một lần", "dòng 99", "không cộng dồn"},
		"/quotas/A-8":                                    {"chỉ thống kê", "Do đơn vị theo dõi đề xuất"},
		"/bang-theo-doi?nhiem-vu=B-A3&trang-thai=shadow": {"theo dõi thử"},
	} {
		w := get(t, h, path)
		for _, want := range wants {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s (%d): no «%s»", path, w.Code, want)
			}
		}
	}
}

// What is being tried, or only counted, is never among things to do, and
// closed rows that would come out otherwise today are.
func TestBoardOfKinds(t *testing.T) {
	f := kinds()
	body := get(t, f.handler(), "/").Body.String()
	_, urgent, _ := strings.Cut(body, `id="h-save"`)
	urgent, _, _ = strings.Cut(urgent, "</section>")
	for _, bad := range []string{"B-A3", "A-8"} {
		if strings.Contains(urgent, bad) {
			t.Errorf("%s is among things to do", bad)
		}
	}
	if !strings.Contains(urgent, "Hạn cuối còn kịp") {
		t.Error("no last moments among things to do")
	}
	_, restate, ok := strings.Cut(body, "Đề nghị điều chỉnh sau khi chốt")
	restate, _, _ = strings.Cut(restate, "</section>")
	if !ok || !strings.Contains(restate, "/tien-do/A-6.1/bao/2023-01") || !strings.Contains(restate, "thêm 1 minh chứng") {
		t.Errorf("proposals: %s", restate)
	}
	body = get(t, f.handler(), "/bang-theo-doi").Body.String()
	if !strings.Contains(body, `href="/quotas/A-1.1"`) || strings.Contains(body, "quy định") {
		t.Error("no link to the quota, or a reference level is called a rule")
	}
	if row := body[strings.Index(body, `href="/quotas/B-A3"`):]; strings.Contains(row[:strings.Index(row, "</tr>")], "s-ref-below") {
		t.Error("the state of a trial is told on the board")
	}
}

// The nearer moment is the one to begin production while that is ahead.
func TestNearest(t *testing.T) {
	save := at("2023-03-10 12:00")
	st := schedule.Standing{LastSave: &save, Reasons: []schedule.Reason{{Code: "produce_by", Args: map[string]any{"at": "2023-03-07T12:00:00+07:00"}}}}
	for now, want := range map[string]bool{"2023-03-06 08:00": true, "2023-03-08 08:00": false} {
		if got, produce := nearest(st, at(now)); produce != want || !want && !got.Equal(save) || want && !got.Equal(at("2023-03-07 12:00")) {
			t.Errorf("%s: %v %v", now, got, produce)
		}
	}
	if got, produce := nearest(schedule.Standing{}, save); produce || !got.IsZero() {
		t.Error("a standing without a last save has one")
	}
}

// A number changed from a day on is told with its history, and earlier periods
// with what they were held to.
func TestQuotaHistory(t *testing.T) {
	f := kinds()
	plan, errs := schedule.Changed(f.plan, []schedule.Change{{ID: "c1", Quota: "A-4", Field: "wanted", Value: "5", From: day("2023-03-01"), At: at("2023-02-20 09:00"), Actor: "Phó Giám đốc", Basis: "Công văn 15/SNV"}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	f.plan = plan
	h := f.handler()
	if body := get(t, h, "/quotas/A-4").Body.String(); !strings.Contains(body, "Công văn 15/SNV") || !strings.Contains(body, "Phó Giám đốc") || !strings.Contains(body, "01/3/2023") || !strings.Contains(body, "Ít nhất 05 tin, bài") {
		t.Error("the history of a level is not told")
	}
	if body := get(t, h, "/tien-do/A-4/so-noi-vu/2023-02").Body.String(); !strings.Contains(body, "Ít nhất 02 tin, bài") {
		t.Error("an earlier period is shown with a later number")
	}
}

// section is a section of a page by the id of its heading, "" if there is none.
func section(body, id string) string {
	_, s, _ := strings.Cut(body, `id="`+id+`"`)
	s, _, _ = strings.Cut(s, "</section>")
	return s
}

// A statement that nothing arose is neither counted nor rejected: it is told
// by itself, by whom, on what paper and when it was recorded.
func TestNothingArose(t *testing.T) {
	body := get(t, kinds().handler(), "/tien-do/B-R1/so-xay-dung/2023-02").Body.String()
	none := section(body, "h-none")
	for _, want := range []string{"Cơ quan xác nhận không phát sinh", "Trong tháng không có nội dung báo cáo", "Văn bản 40/SXD-VP, Sở Xây dựng ban hành, ngày 02/3/2023", "Ghi nhận lúc 09h30 ngày 03/3/2023, người ghi nhận: Chuyên viên Sở Nội vụ"} {
		if !strings.Contains(none, want) {
			t.Errorf("no «%s» in %s", want, none)
		}
	}
	for _, bad := range []string{"chỉ tiêu", "tham chiếu", "không đọc được ngày"} {
		if strings.Contains(none, bad) {
			t.Errorf("«%s» of a statement", bad)
		}
	}
	if section(body, "h-rejected") != "" || section(body, "h-credits") != "" || strings.Contains(body, "còn thiếu") {
		t.Error("the statement is told as a piece, or what did not arise as missing")
	}
	if !strings.Contains(section(body, "h-dec"), "Xác nhận không phát sinh") || strings.Contains(body, "có minh chứng") {
		t.Error("the decision is called by another name")
	}
}

// A page that must be there is shown with its address, and when it was seen.
func TestProvingPages(t *testing.T) {
	f := kinds()
	add := func(id, name string, proves string, change func(s *media.Source)) {
		s := media.Source{ID: "suong-ha/" + id, Agency: "suong-ha/so-noi-vu", Name: name, Kind: media.KindPage, URL: "http://so-noi-vu.suongha.example/" + id, Stream: id, Proves: []string{proves}}
		if change != nil {
			change(&s)
		}
		f.plan.Sources = append(f.plan.Sources, s)
	}
	add("chuc-nang", "Chức năng Sở Nội vụ", "A-1.1", nil)
	add("gioi-thieu", "Giới thiệu Sở Nội vụ", "A-1.1", nil)
	add("khac", "Trang khác", "A-9", nil)
	add("sau", "Trang về sau", "A-1.1", func(s *media.Source) { s.From = day("2023-06-01") })
	for i := range f.eval.Standings {
		if st := &f.eval.Standings[i]; st.Quota == "A-1.1" && st.Owner == "suong-ha/so-noi-vu" && st.Period == "2023-02" {
			st.State, st.Reasons = schedule.Met, []schedule.Reason{{Code: "page_found", Args: map[string]any{"page": "Chức năng Sở Nội vụ", "at": "2023-02-27T06:10:00+07:00"}}}
		}
	}
	h := f.handler()
	body := get(t, h, "/tien-do/A-1.1/so-noi-vu/2023-02").Body.String()
	pages := section(body, "h-pages")
	for _, want := range []string{`<a href="http://so-noi-vu.suongha.example/chuc-nang"`, `<a href="http://so-noi-vu.suongha.example/gioi-thieu"`, "Lần gần nhất thấy có: 06h10 ngày 27/02/2023"} {
		if strings.Count(pages, want) != 1 {
			t.Errorf("%d of «%s» in %s", strings.Count(pages, want), want, pages)
		}
	}
	if strings.Contains(pages, "Trang khác") || strings.Contains(pages, "Trang về sau") || strings.Contains(body, "Chưa có minh chứng") || section(body, "h-credits") != "" {
		t.Error("other pages are shown, or a page that is there is called missing")
	}
	if body := get(t, h, "/tien-do/A-1.1/so-noi-vu/2023-01").Body.String(); !strings.Contains(body, "Chưa có minh chứng") {
		t.Error("a page nobody saw has no words")
	}
	structure(t, "a page", body)
}

// Of what is only counted the board says how many have something.
func TestBoardCountsWhatIsOnlyCounted(t *testing.T) {
	h := kinds().handler()
	body := get(t, h, "/bang-theo-doi").Body.String()
	row := body[strings.Index(body, `href="/quotas/A-8"`):]
	row = row[:strings.Index(row, "</tr>")]
	if !strings.Contains(row, "<b>1/9</b> có") || !strings.Contains(row, "<b>0/9</b> có") || strings.Contains(row, "</b> chỉ thống kê") {
		t.Errorf("the row: %s", row)
	}
	if body := get(t, h, "/quotas/A-8").Body.String(); !strings.Contains(body, "chưa ghi nhận</span> <b>9</b>") {
		t.Error("the quota's page does not say who has something")
	}
}

// Quartiles of one owner's single number would say nothing.
func TestSpreadOfOneOwner(t *testing.T) {
	f := kinds()
	for i := range f.eval.Standings {
		if st := &f.eval.Standings[i]; st.Quota == "A-3.1" && st.Period == "2023-02" {
			st.State = schedule.Missed
		}
	}
	h := f.handler()
	one, many := get(t, h, "/quotas/A-3.1").Body.String(), get(t, h, "/quotas/A-4").Body.String()
	if strings.Contains(one, "Trung vị") || !strings.Contains(one, "tin, bài (ít nhất 8); Khoảng trống dài nhất") {
		t.Error("one owner's numbers are spread, or not told")
	}
	if !strings.Contains(many, "Trung vị") {
		t.Error("the numbers of many owners are not spread")
	}
}

// The page of reports marks what is closed and offers its certificates.
func TestClosings(t *testing.T) {
	f := kinds()
	f.closings = append(f.closings, f.closings[0].Restated(f.eval, nil, "Phó Giám đốc", "Đài gửi lại nhật ký", at("2023-02-20 08:00")))
	h := f.handler()
	body := get(t, h, "/bao-cao").Body.String()
	structure(t, "/bao-cao", body)
	list := section(body, "h-closed")
	for _, want := range []string{"Trưởng phòng CCHC", "Phó Giám đốc", "Đài gửi lại nhật ký", f.closings[1].Dataset, `href="/bao-cao/2023-01/html"`, "đã được chốt lại", "/bien-ban/" + f.closings[0].ID, "/bien-ban/" + f.closings[1].ID} {
		if !strings.Contains(list, want) {
			t.Errorf("no «%s» among the closings", want)
		}
	}
	if strings.Count(body, "đã chốt, lần 2") != 1 || strings.Contains(body, "đã chốt, lần 1") {
		t.Error("the closed period is not marked with its last revision")
	}
	for i, c := range f.closings {
		w := get(t, h, "/bien-ban/"+c.ID)
		if w.Code != 200 || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || !strings.Contains(w.Body.String(), "BIÊN BẢN CHỐT SỐ LIỆU") || !strings.Contains(w.Body.String(), c.Actor) {
			t.Errorf("certificate %d: %d %s", i+1, w.Code, w.Body)
		}
	}
	if w := get(t, h, "/bien-ban/khong-co"); w.Code != 404 {
		t.Errorf("a certificate nobody made: %d", w.Code)
	}
	opt := f.options()
	opt.Closings, opt.Certificate = nil, nil
	if body := get(t, New(opt), "/bao-cao").Body.String(); strings.Contains(body, "chốt") {
		t.Error("a desk without closings speaks of them")
	}
	opt.Closings = f.heads
	if w := get(t, New(opt), "/bien-ban/"+f.closings[0].ID); w.Code != 404 || strings.Contains(get(t, New(opt), "/bao-cao").Body.String(), "/bien-ban/") {
		t.Error("a desk without certificates offers them")
	}
	f.err = errFake
	for _, path := range []string{"/bao-cao", "/bien-ban/" + f.closings[0].ID} {
		if w := get(t, h, path); w.Code != 500 || strings.Contains(w.Body.String(), "fire") {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// A server that answers that it has no page was reached.
func TestSourceThatAnswersNotFound(t *testing.T) {
	f := newFake()
	id := "suong-ha/so-cong-thuong-tin"
	for detail, want := range map[string]string{"unreachable: answered 404": "máy chủ trả lời không có trang", "dial tcp: connection refused": "không truy cập được"} {
		h := f.health[id]
		h.Detail = detail
		f.health[id] = h
		if body := get(t, f.handler(), "/nguon").Body.String(); !strings.Contains(body, `<span class="chip h-blind">`+want+`</span>`) {
			t.Errorf("%s: no «%s»", detail, want)
		}
	}
}

// Thirty quotas of 180 owners each stay a page that a browser reads at once.
func TestBoardStaysSmall(t *testing.T) {
	f := newFake()
	f.plan.Quotas = nil
	for i := range 180 {
		f.plan.Agencies = append(f.plan.Agencies, media.Agency{ID: fmt.Sprintf("suong-ha/xa-nam-khe-ha-%03d", i), Name: fmt.Sprintf("Ủy ban nhân dân xã Nậm Khê Hạ %03d", i), Short: fmt.Sprintf("UBND xã Nậm Khê Hạ %03d", i), Level: media.Commune, Binding: true})
	}
	for i := range 30 {
		f.plan.Quotas = append(f.plan.Quotas, schedule.Quota{ID: fmt.Sprintf("A-%d", i+1), Title: "Công khai chức năng, nhiệm vụ, quyền hạn trên Cổng, trang thông tin điện tử", Class: schedule.Proc, Kind: "attested",
			Basis: schedule.ByReference, WantedBasis: schedule.ByReference, Wanted: 1, Owner: schedule.Owner{Each: []media.Level{media.Commune}}, Cadence: calendar.Month})
	}
	f.now = at("2023-08-10 15:00")
	for i := range f.plan.Quotas {
		for x := range 180 {
			if (x+i)%3 == 0 {
				continue
			}
			f.decisions = append(f.decisions, schedule.Decision{ID: fmt.Sprintf("p%d-%d", i, x), Kind: schedule.Attest, Plan: f.plan.ID, Quota: f.plan.Quotas[i].ID, Owner: fmt.Sprintf("suong-ha/xa-nam-khe-ha-%03d", x), Period: "2023-08",
				At: at("2023-08-05 09:00"), Date: day("2023-08-04"), Actor: "Chuyên viên", Document: "1/BC"})
		}
	}
	f.evidence = nil
	f.derive()
	begun := time.Now()
	body := get(t, f.handler(), "/bang-theo-doi").Body.String()
	if len(body) > 2<<20 || len(f.eval.Standings) < 30*180*8 {
		t.Errorf("%d bytes for %d standings", len(body), len(f.eval.Standings))
	}
	t.Logf("%d KiB, %v", len(body)>>10, time.Since(begun))
	for _, want := range []string{`<details><summary>Từng cơ quan, đơn vị (180): Tháng 8/2023`, "/bang-theo-doi?nhiem-vu=A-30", "UBND xã Nậm Khê Hạ 179", viet.State("met", false, "")} {
		if !strings.Contains(strings.ReplaceAll(body, "tháng 8/2023", "Tháng 8/2023"), want) {
			t.Errorf("no %s", want)
		}
	}
	structure(t, "/bang-theo-doi", body)
	if one := get(t, f.handler(), "/bang-theo-doi?nhiem-vu=A-30").Body.String(); strings.Count(one, `class="cell `) < 180*6 {
		t.Error("the board of one quota does not show every period of each owner")
	}
}
