package report

import (
	"fmt"
	"strings"
	"testing"

	"loa/report/paper"
	"loa/schedule"
)

// TestWindowsAreNamedOnce: titles name the period, its days stand beside it once, whichever window it is.
func TestWindowsAreNamedOnce(t *testing.T) {
	for id, want := range map[string]string{
		"2023-03":    "tháng 3/2023 (từ ngày 01/3/2023 đến hết ngày 31/3/2023)",
		"2023-03@14": "tháng 3/2023 (từ ngày 15/02/2023 đến hết ngày 14/3/2023)",
		"2023-Q1@14": "quý I/2023 (từ ngày 15/12/2022 đến hết ngày 14/3/2023)",
		"2023-H1@14": "6 tháng đầu năm 2023 (từ ngày 15/12/2022 đến hết ngày 14/6/2023)",
		"2023-9M@14": "9 tháng đầu năm 2023 (từ ngày 15/12/2022 đến hết ngày 14/9/2023)",
		"2023@14":    "năm 2023 (từ ngày 15/12/2022 đến hết ngày 14/12/2023)",
		"2023-W10":   "tuần 10 (từ ngày 06/3/2023 đến hết ngày 12/3/2023)",
	} {
		in := world()
		in.Period, in.Now = month(id), at("2024-01-10 08:00")
		if got := Build(in).span(); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	in := world()
	in.Period, in.Now = month("2023-03"), at("2023-03-15 15:00")
	in.Evaluation.Now = in.Now
	if got, want := Build(in).span(), "tháng 3/2023 (từ ngày 01/3/2023 đến hết ngày 31/3/2023, số liệu đến 15h00 ngày 15/3/2023)"; got != want {
		t.Errorf("a month that goes on: %q, want %q", got, want)
	}
}

// TestNoMissBeforeItsConfirmed: what is proposed calls no period «chưa đạt» that nobody confirmed.
func TestNoMissBeforeItsConfirmed(t *testing.T) {
	r := Build(world())
	found := false
	for _, x := range r.Recommendations {
		found = found || x.Code == "make_good"
		if x.Code == "make_good" && strings.Contains(x.Text, "chưa đạt") {
			t.Errorf("%s: %s", x.Who, x.Text)
		}
	}
	if !found {
		t.Fatal("nothing is proposed of periods that are short")
	}
}

// TestStationIsNoNewspaper: what a station carries is told of with what is on air.
func TestStationIsNoNewspaper(t *testing.T) {
	r := Build(rich())
	d := Duty{Quota: "A-5.1", Title: "Tin, bài trên sóng", Level: "press", levels: levels{Kind: "count"}, Rows: []Row{{Owner: r.Broadcasts[0].Owner}}}
	r.Duties = append(r.Duties, d)
	r.Regulars = append(r.Regulars, Regular{head: head{Quota: d.Quota, Title: d.Title, Basis: schedule.ByReference}, Kind: "count", Unit: "items", Pieces: 4, PerOwner: []ownerFigure{{Name: "Đài tỉnh", Pieces: 4}}})
	if line := "Đài tỉnh phát 04 tin, bài về CCHC"; !strings.Contains(strings.Join(r.onAir(), "\n"), line) || strings.Contains(strings.Join(r.inPress(), "\n"), "Đài tỉnh") {
		t.Errorf("on air:\n%s\nin newspapers:\n%s", strings.Join(r.onAir(), "\n"), strings.Join(r.inPress(), "\n"))
	}
}

// TestNoSectionThatIsNotThere: only the page has numbered sections to point to.
func TestNoSectionThatIsNotThere(t *testing.T) {
	r := on(Build(rich()), Internal)
	if len(r.Trials) == 0 || !strings.Contains(write(t, inFormat("html"), r), "không tính ở trên (mục ") {
		t.Fatal("the page does not say where trials are told")
	}
	if text := docxText(t, write(t, inFormat("docx"), r)); !strings.Contains(text, "không tính ở trên.") {
		t.Error("the paper points to a section that it does not have")
	}
}

func TestHalved(t *testing.T) {
	for name, want := range map[string]string{
		"SỞ NỘI VỤ":                     "SỞ NỘI VỤ",
		"SỞ THÔNG TIN VÀ TRUYỀN THÔNG":  "SỞ THÔNG TIN\nVÀ TRUYỀN THÔNG",
		"ỦY BAN NHÂN DÂN HUYỆN VĂN YÊN": "ỦY BAN NHÂN DÂN\nHUYỆN VĂN YÊN",
		strings.Repeat("A", 40):         strings.Repeat("A", 40),
	} {
		if got := halved(name); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestNothingStandsAlone: a signature comes with the last words of its paper, the heading of a group with its first line,
// wherever the page ends.
func TestNothingStandsAlone(t *testing.T) {
	r := on(Build(world()), Supply).on(Supply)
	whole := r.document().Sections[0]
	for lines := range 40 {
		text := whole
		text.Blocks = append(append([]paper.Block{}, text.Blocks[:3]...), make([]paper.Block, 0, 60)...)
		for i := range lines {
			text.Blocks = append(text.Blocks, paper.Text(14, false, paper.Left, fmt.Sprintf("dòng %d", i)))
		}
		text.Blocks = append(text.Blocks, whole.Blocks[len(whole.Blocks)-3:]...)
		var b strings.Builder
		if err := (paper.Document{Sections: []paper.Section{text}}).PDF(&b); err != nil {
			t.Fatal(err)
		}
		if lines < 20 && lines%5 != 0 {
			continue // only some of the short ones are read: each is a run of pdftotext
		}
		for _, page := range strings.Split(pdfText(t, b.String()), "\f") {
			if strings.Contains(page, "Nơi nhận:") && !strings.Contains(page, "./.") {
				t.Errorf("%d lines: the signature stands alone:\n%s", lines, page)
			}
		}
	}
	long := annex{Columns: []annexColumn{{"TT", 10, false}, {"Tên", 90, false}}}
	for i := range 60 {
		long.Rows = append(long.Rows, annexRow{Group: fmt.Sprintf("Nhóm %d", i)}, annexRow{Cells: []annexCell{count(i), words(fmt.Sprintf("việc %d", i))}})
	}
	var b strings.Builder
	if err := (paper.Document{Sections: []paper.Section{{Sideways: true, Blocks: []paper.Block{long.table()}}}}).PDF(&b); err != nil {
		t.Fatal(err)
	}
	for n, page := range strings.Split(pdfText(t, b.String()), "\f") {
		said := strings.Split(strings.TrimSpace(page), "\n")
		if last := strings.TrimSpace(said[len(said)-1]); strings.HasPrefix(last, "Nhóm") {
			t.Errorf("page %d ends with %q", n+1, last)
		}
	}
}

// TestOnlyWhatLiesInThePeriod: of what is only counted a report tells the pieces of its own days, though the duty's period reaches
// beyond them.
func TestOnlyWhatLiesInThePeriod(t *testing.T) {
	r := Report{Period: periodRef{Start: at("2022-12-15 00:00"), End: at("2023-03-15 00:00")}}
	d := Duty{Quota: "A-8", Title: "Hình thức khác", Basis: schedule.ByReference, levels: levels{Kind: "attested"}, Unit: "items", Rows: []Row{{Owner: "mau/so-a", Statistics: true, InProgress: true,
		Credits: []Piece{{ID: "trong", At: at("2023-03-10 08:00")}, {ID: "sau", At: at("2023-03-20 08:00")}}}}}
	if s := r.onlyCounts(d); s.Pieces != 1 || s.Owners != 1 {
		t.Errorf("%+v", s)
	}
	if got := r.resultWords(d, 0); !strings.HasPrefix(got, "chỉ thống kê: 1 ") {
		t.Error(got)
	}
	r.Duties = []Duty{d}
	if cells := r.byDuty().Rows[1].Cells; cells[5].Text != "1" || !strings.Contains(cells[7].Text, "1 ") {
		t.Errorf("%+v", cells)
	}
}

// TestManyAlike: weeks without an airing and of one state are one line, and a sentence does not list them all.
func TestManyAlike(t *testing.T) {
	b := Broadcast{head: head{Quota: "B-D1"}, Owner: "mau/dai", OwnerName: "Đài tỉnh", Airings: []Airing{{Piece: Piece{Title: "Số 1", At: at("2023-03-02 20:00")}, Period: "w0"}}}
	d := Duty{Quota: "B-D1", Title: "Chuyên mục", Basis: schedule.ByPlan}
	for i := range 12 {
		state := schedule.Insufficient
		if i == 0 {
			state = schedule.Met
		}
		d.Rows = append(d.Rows, Row{Owner: "mau/dai", Period: fmt.Sprintf("w%d", i), PeriodName: fmt.Sprintf("tuần %d", i), State: state})
	}
	r := Report{Duties: []Duty{d}, Broadcasts: []Broadcast{b}}
	rows := r.byWeek().Rows // the station, its week with an airing, the others
	if len(rows) != 3 || rows[2].Cells[0].Text != "Tuần 1 đến tuần 11: chưa đủ dữ liệu" || !strings.HasPrefix(rows[2].Cells[2].Text, "11 kỳ") {
		t.Fatalf("%+v", rows)
	}
	r.Duties[0].Rows[6].State = schedule.Exempt
	if rows = r.byWeek().Rows; len(rows) != 5 {
		t.Errorf("a week that is not assessed is told with the others: %+v", rows)
	}
	if got := runsOf([]string{"1", "2", "3", "4", "5", "6", "7"}); got != "1; 2; 3; 4; … 7 (07 kỳ, xem các biểu)" {
		t.Error(got)
	}
}
