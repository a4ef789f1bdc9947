package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

// world is a small invented province in March 2023: a station with a week kept,
// a week too short, a week without its log; a newspaper with one of two
// instalments; a portal; three departments, one of them unseen; a deadline.
func world() Input {
	day := func(s string) time.Time { return at(s + " 00:00") }
	p := &schedule.Plan{ID: "mau/2023", Province: "mau", Year: 2023, Number: "01/KH-UBND", Title: "Tuyên truyền cải cách hành chính năm 2023", Issuer: "Ủy ban nhân dân tỉnh Mẫu",
		Issued: day("2022-12-30"), From: day("2022-12-30"), To: day("2024-01-01"), Sample: true, Version: "v1",
		Agencies: []media.Agency{
			{ID: "mau/dai", Name: "Đài Phát thanh và Truyền hình tỉnh Mẫu", Short: "Đài PT-TH tỉnh", Level: media.Press, Binding: true},
			{ID: "mau/bao", Name: "Báo Mẫu", Level: media.Press, Binding: true},
			{ID: "mau/cong", Name: "Cổng Thông tin điện tử tỉnh", Level: media.Portal, Binding: true},
			{ID: "mau/so-a", Name: "Sở A", Level: media.Department, Binding: true},
			{ID: "mau/so-b", Name: "Sở B <script>", Level: media.Department, Binding: true},
			{ID: "mau/so-c", Name: "Sở C", Level: media.Department, Binding: true}},
		Columns:  []media.Column{{ID: "cchc", Agency: "mau/bao", Name: "Cải cách hành chính"}, {ID: "chung-tay", Agency: "mau/dai", Name: "Chung tay cải cách"}},
		Channels: []schedule.Channel{{ID: "th", Agency: "mau/dai", Name: "Truyền hình tỉnh", Medium: "tv"}},
		Windows:  []schedule.Window{{Medium: "tv", FromMinute: 18 * 60, ToMinute: 22 * 60}},
		Sources: []media.Source{
			{ID: "mau/bao-rss", Agency: "mau/bao", Name: "Báo Mẫu (RSS)", Kind: media.KindFeed, Stream: "bao"},
			{ID: "mau/so-c-tin", Agency: "mau/so-c", Name: "Sở C – tin tức", Kind: media.KindList, Stream: "so-c"},
			{ID: "mau/cong-tin", Agency: "mau/cong", Name: "Cổng – tin tức", Kind: media.KindList, Stream: "cong"},
			{ID: "mau/cu", Agency: "mau/bao", Name: "Trang cũ", Kind: media.KindList, Stream: "cu", Verify: true}},
	}
	p.Quotas = []schedule.Quota{
		{ID: "B-D1", Title: "Chuyên mục phát sóng", Class: schedule.Hard, Kind: "airing", Basis: schedule.ByPlan, Owner: schedule.Owner{Agency: "mau/dai"}, Cadence: calendar.Week,
			Place: "điểm d khoản 1 mục III", Wanted: 1, WantedBasis: schedule.ByPlan, Channels: []string{"th"}, Conditions: []schedule.Condition{
				{Name: "min_minutes", Basis: schedule.ByPlan, Value: 15}, {Name: "theme", Basis: schedule.ByPlan, List: []string{"chung-tay"}},
				{Name: "first_run", Basis: schedule.ByReference}, {Name: "in_window", Basis: schedule.ByReference}}},
		{ID: "A-6.1", Title: "Chuyên mục cải cách hành chính", Class: schedule.Hard, Kind: "instalments", Basis: schedule.ByPlan, Owner: schedule.Owner{Agency: "mau/bao"}, Cadence: calendar.Month,
			Place: "dòng 6 phụ lục", Wanted: 2, WantedBasis: schedule.ByPlan, Conditions: []schedule.Condition{
				{Name: "reform", Basis: schedule.ByPlan}, {Name: "column", Basis: schedule.ByPlan, List: []string{"cchc"}}, {Name: "distinct_days", Basis: schedule.ByReference}}},
		{ID: "A-3.1", Title: "Tin, bài trên Cổng", Class: schedule.Reg, Kind: "regular", Basis: schedule.ByReference, Basisnote: "mức tham chiếu đề xuất", Owner: schedule.Owner{Agency: "mau/cong"},
			Cadence: calendar.Month, Place: "dòng 3 phụ lục", Wanted: 2, MaxGap: 20, WantedBasis: schedule.ByReference, MaxGapBasis: schedule.ByReference, Conditions: []schedule.Condition{{Name: "reform", Basis: schedule.ByPlan}}},
		{ID: "A-4", Title: "Tin, bài trên trang của sở", Class: schedule.Reg, Kind: "regular", Basis: schedule.ByReference, Owner: schedule.Owner{Each: []media.Level{media.Department}},
			Cadence: calendar.Month, Place: "dòng 4 phụ lục", Wanted: 1, MaxGap: 30, WantedBasis: schedule.ByReference, MaxGapBasis: schedule.ByReference, Conditions: []schedule.Condition{{Name: "reform", Basis: schedule.ByPlan}}},
		{ID: "B-A1", Title: "Ban hành kế hoạch", Class: schedule.OnceClass, Kind: "deadline", Basis: schedule.ByPlan, Owner: schedule.Owner{Each: []media.Level{media.Department}},
			Cadence: calendar.Once, Place: "điểm a khoản 1 mục III", Wanted: 1, WantedBasis: schedule.ByPlan, Deadline: day("2023-03-16"), Attestable: true},
	}
	var ev []media.Evidence
	item := func(id, agency, when, column string, reform bool, topics ...string) {
		ev = append(ev, media.Evidence{ID: id, Kind: media.EvItem, Agency: "mau/" + agency, At: at(when), Precision: media.ToMinute, Seen: at(when), Title: "Tin " + id,
			URL: "http://" + agency + ".example/" + id, Column: column, Verdict: &media.Verdict{Reform: reform, Score: 0.9, Topics: topics, Cues: []media.Cue{{Term: "một cửa", Field: "title", Weight: 1}}}})
	}
	item("b1", "bao", "2023-03-03 08:00", "cchc", true, media.TTHC, media.ChinhQuyenSo)
	item("b2", "bao", "2023-03-20 08:00", "", true, media.TTHC)
	item("b3", "bao", "2023-03-21 08:00", "", false)
	item("c1", "cong", "2023-03-05 09:00", "", true, media.ChiDao)
	item("c2", "cong", "2023-03-17 09:00", "", true, media.TTHC)
	item("a1", "so-a", "2023-03-10 10:00", "", true, media.CongVu)
	ev = append(ev, media.Evidence{ID: "u1", Kind: media.EvItem, Agency: "mau/bao", Seen: at("2023-03-02 08:00"), Title: "Không ngày"})
	airing := func(id, when, column string, minutes, seconds int, first bool) {
		start := at(when)
		a := &media.Airing{ID: id, Channel: "th", Programme: "Chung tay cải cách", Column: column, Title: "Số " + id, Start: start, FirstRun: first,
			Duration: time.Duration(minutes*60+seconds) * time.Second, Grade: media.GradeA}
		ev = append(ev, media.Evidence{ID: id, Kind: media.EvAiring, Agency: "mau/dai", Source: "log:th", At: start, Precision: media.ToSecond, Seen: start, Title: a.Title, Grade: media.GradeA, Airing: a})
	}
	airing("t1", "2023-03-02 20:15", "chung-tay", 16, 0, true)  // week 9, Sunday 5 March
	airing("t2", "2023-03-03 07:00", "chung-tay", 16, 0, false) // its repeat
	airing("t3", "2023-03-09 20:15", "chung-tay", 12, 40, true) // week 10
	airing("t4", "2023-03-09 20:30", "", 5, 0, true)            // another programme
	airing("t5", "2023-03-16 14:00", "chung-tay", 15, 0, true)  // week 11, outside the window
	airing("t6", "2023-03-30 20:15", "chung-tay", 15, 30, true) // week 13, whose Sunday is 2 April
	decisions := []schedule.Decision{
		{ID: "d1", Kind: schedule.Attest, Plan: p.ID, Quota: "B-A1", Owner: "mau/so-a", At: at("2023-03-13 09:00"), Actor: "Chuyên viên Sở Nội vụ", Document: "12/KH-SA", Date: day("2023-03-10")},
		{ID: "d2", Kind: schedule.Attest, Plan: p.ID, Quota: "B-A1", Owner: "mau/so-b", At: at("2023-03-24 09:00"), Actor: "Chuyên viên Sở Nội vụ", Document: "05/KH-SB", Date: day("2023-03-20")}}
	whole := []schedule.Span{{From: day("2022-12-30"), To: at("2023-04-05 08:00")}}
	obs := schedule.Observation{Spans: map[string][]schedule.Span{"mau/bao-rss": whole, "mau/cong-tin": whole, "mau/so-a-tin": whole, "mau/so-b-tin": whole,
		"log:th": {{From: day("2023-01-01"), To: day("2023-03-20")}}},
		Blind: map[string]schedule.Blind{"mau/so-c-tin": {Source: "mau/so-c-tin", Reason: media.Unreachable, Since: day("2023-03-01")}}}
	for _, id := range []string{"a", "b"} {
		p.Sources = append(p.Sources, media.Source{ID: "mau/so-" + id + "-tin", Agency: "mau/so-" + id, Name: "Sở " + strings.ToUpper(id), Kind: media.KindList, Stream: "so-" + id})
	}
	cal, now := &calendar.Calendar{}, at("2023-04-05 08:00")
	m := schedule.Match(p, ev, decisions, cal)
	health := map[string]media.Health{
		"mau/bao-rss": {Source: "mau/bao-rss", Outcome: media.OK}, "mau/cong-tin": {Source: "mau/cong-tin", Outcome: media.NotModified},
		"mau/so-a-tin": {Outcome: media.OK}, "mau/so-c-tin": {Outcome: media.Unreachable, BlindSince: day("2023-03-01")}}
	return Input{Plan: p, Calendar: cal, Period: month("2023-03"), Now: now, Health: health,
		Evaluation: schedule.Evaluation{Plan: p.ID, Version: p.Version, Now: now, Matching: m, Evidence: ev, Standings: schedule.Stand(p, m, obs, decisions, cal, now)}}
}

func month(id string) calendar.Period {
	p, err := calendar.Parse(id)
	if err != nil {
		panic(err)
	}
	return p
}

func TestFigures(t *testing.T) {
	r := Build(world())
	if len(r.Broadcasts) != 1 || len(r.Columns) != 1 || len(r.Regulars) != 2 || len(r.Deadlines) != 1 {
		t.Fatalf("sections: %d %d %d %d", len(r.Broadcasts), len(r.Columns), len(r.Regulars), len(r.Deadlines))
	}
	b := r.Broadcasts[0]
	// Weeks 9 to 12 have their Sunday in March. Week 12 lacks its log.
	if b.Closed != 4 || b.Tally.Total() != 4 || b.Tally.Met != 1 || b.Tally.Insufficient != 1 || b.Tally.ToReview != 2 || b.Tally.Missed != 0 {
		t.Errorf("weeks: %+v", b.Tally)
	}
	if b.FirstRuns != 3 || b.Repeats != 1 || b.Counted != 1 || b.InWindow != 2 || b.Seconds != (16*60+12*60+40+15*60) || b.Median != 900 || b.Shortest != 760 {
		t.Errorf("broadcast: %+v", b)
	}
	if c := r.Columns[0]; c.Counted != 1 || c.Wanted != 2 || c.Items != 2 {
		t.Errorf("columns: %+v", c)
	}
	portal, sites := r.Regulars[0], r.Regulars[1]
	if portal.Each || portal.Pieces != 2 || portal.Longest == nil {
		t.Errorf("portal: %+v", portal)
	}
	if !sites.Each || sites.With != 1 || sites.Binding != 2 || ownerNames(sites.Zero) != "Sở B <script>" || ownerNames(sites.Unknown) != "Sở C" {
		t.Errorf("sites: %+v", sites)
	}
	if d := r.Deadlines[0]; ownerNames(d.Done) != "Sở A" || ownerNames(d.Late) != "Sở B <script>" || ownerNames(d.Unknown) != "Sở C" || d.Total != 3 {
		t.Errorf("deadline: %+v", d)
	}
	if r.Topics.Items != 5 || r.Topics.Counts[1].Items != 3 || r.Topics.Counts[5].Items != 1 || r.Topics.Counts[5].Primary != 0 {
		t.Errorf("topics: %+v", r.Topics)
	}
	if d := r.Data; d.Sources != 5 || d.Reading != 3 || len(d.Blind) != 1 || len(d.Never) != 1 || len(d.Skipped) != 1 || d.Items != 6 || d.Undated != 1 || d.NoLog != 1 {
		t.Errorf("data: %+v", d)
	}
	if !r.Period.Closed || r.Period.Name != "tháng 3/2023" || !r.Sample {
		t.Errorf("period: %+v", r.Period)
	}
}

// Every figure can be counted again in the rows beside it.
func TestFiguresEqualRows(t *testing.T) {
	for _, id := range []string{"2023-03", "2023-W10", "2023-03@14", "2023-Q1@14", "2023-04", "2023"} {
		in := world()
		in.Period = month(id)
		r := Build(in)
		var plan, reference Tally
		for _, d := range r.Duties {
			var tally Tally
			for _, row := range d.Rows {
				tally.add(row)
				if m, ok := measure(row.Measures, "count"); ok && int(m.Delivered) != len(row.Credits) {
					t.Errorf("%s %s %s: %v delivered, %d rows", id, d.Quota, row.Period, m.Delivered, len(row.Credits))
				}
			}
			if tally != d.Tally {
				t.Errorf("%s %s: tally %+v, rows %+v", id, d.Quota, d.Tally, tally)
			}
			if d.Basis == schedule.ByPlan {
				plan.join(tally)
			} else {
				reference.join(tally)
			}
		}
		if plan != r.ByPlan || reference != r.Reference {
			t.Errorf("%s: %+v %+v", id, r.ByPlan, r.Reference)
		}
		for _, b := range r.Broadcasts {
			first, repeat, counted, seconds := 0, 0, 0, 0
			for _, a := range b.Airings {
				if a.FirstRun {
					first++
					seconds += a.Seconds
				} else {
					repeat++
				}
				if a.Counted {
					counted++
				}
			}
			if first != b.FirstRuns || repeat != b.Repeats || counted != b.Counted || seconds != b.Seconds {
				t.Errorf("%s: %+v", id, b)
			}
		}
		for _, c := range r.Columns {
			n := 0
			for _, row := range c.Rows {
				if !row.InProgress {
					n += len(row.Credits)
				}
			}
			if n != c.Counted {
				t.Errorf("%s: %d instalments, %d rows", id, c.Counted, n)
			}
		}
		for _, g := range r.Regulars {
			n, with := 0, 0
			for _, o := range g.PerOwner {
				n += o.Pieces
				if !o.Unknown && o.Pieces > 0 {
					with++
				}
			}
			if n != g.Pieces || with != g.With || g.With+len(g.Zero) != g.Binding || g.Binding+len(g.Unknown) != len(g.PerOwner) {
				t.Errorf("%s: %+v", id, g)
			}
		}
	}
}

// A week belongs to the month of its Sunday; a month that ends after the
// window is shown, not counted.
func TestPeriods(t *testing.T) {
	weeks := func(id string) string {
		in := world()
		in.Period = month(id)
		var out []string
		for _, d := range Build(in).Duties {
			for _, r := range d.Rows {
				if d.Quota == "B-D1" || d.Quota == "A-6.1" {
					out = append(out, fmt.Sprintf("%s%s", r.Period, map[bool]string{true: "…"}[r.InProgress]))
				}
			}
		}
		return strings.Join(out, " ")
	}
	for id, want := range map[string]string{
		"2023-03":    "2023-W09 2023-W10 2023-W11 2023-W12 2023-03",
		"2023-04":    "2023-W13 2023-W14 2023-04",
		"2023-03@14": "2023-W07 2023-W08 2023-W09 2023-W10 2023-02 2023-03…",
		"2023-W10":   "2023-W10 2023-03…",
	} {
		if got := weeks(id); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

func TestGolden(t *testing.T) {
	r := Build(world())
	for _, f := range Formats() {
		var buf bytes.Buffer
		if err := f.Write(&buf, r); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", "march."+f.Name)
		if *update {
			if err := os.WriteFile(path, buf.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(buf.Bytes(), want) {
			t.Errorf("%s differs from %s; run with -update and look at the change", f.Name, path)
		}
	}
}

func TestHTML(t *testing.T) {
	var buf bytes.Buffer
	f := Formats()[0]
	if err := f.Write(&buf, Build(world())); err != nil {
		t.Fatal(err)
	}
	page := buf.String()
	for _, want := range []string{"Dữ liệu mẫu", "chỉ tiêu", "mức tham chiếu", "thấp hơn mức tham chiếu 1", "đề nghị rà soát", "chưa đủ dữ liệu", "tháng 3/2023", "12 phút 40 giây", "Sở B &lt;script&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("no «%s»", want)
		}
	}
	for _, bad := range []string{"<script", "Sở B <", "src=", "@import", "url(", "%!", "ZgotmplZ", "mã «", "<nil>"} {
		if strings.Contains(page, bad) {
			t.Errorf("%q in the page", bad)
		}
	}
	if strings.Contains(page, "chưa đạt 1") {
		t.Error("an unconfirmed miss is called «chưa đạt»")
	}
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(page)
	sum := sha256.Sum256([]byte(style[1]))
	if f.StyleHash != "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'" {
		t.Error("StyleHash is not the hash of the style element")
	}
}

func TestJSON(t *testing.T) {
	var buf bytes.Buffer
	if err := Formats()[1].Write(&buf, Build(world())); err != nil {
		t.Fatal(err)
	}
	var back struct {
		Schema string `json:"schema"`
		Report
	}
	if err := json.Unmarshal(buf.Bytes(), &back); err != nil || back.Schema != "loa.report/1" || back.Topics.Items != 5 || len(back.Duties) != 5 {
		t.Errorf("%v %+v", err, back.Topics)
	}
	if strings.Contains(buf.String(), "null,\n") && strings.Contains(buf.String(), `"airings": null`) {
		t.Error("a list is null")
	}
}

// An empty world still makes a report.
func TestEmpty(t *testing.T) {
	in := Input{Plan: &schedule.Plan{Number: "01/KH"}, Period: month("2023-03"), Now: at("2023-03-10 08:00")}
	for _, f := range Formats() {
		var buf bytes.Buffer
		if err := f.Write(&buf, Build(in)); err != nil || buf.Len() < 500 {
			t.Errorf("%s: %v, %d bytes", f.Name, err, buf.Len())
		}
	}
}

// The sentences of viet and the codes of schedule are one list.
func TestEveryReasonHasASentence(t *testing.T) {
	known := map[string]bool{}
	for _, c := range viet.ReasonCodes() {
		known[c] = true
	}
	for _, c := range schedule.Codes() {
		if !known[c] {
			t.Errorf("%s has no sentence", c)
		}
	}
	for _, r := range media.BlindReasons() {
		if strings.Contains(viet.Blind(r), r) && r != "robots_denied" {
			t.Errorf("blind reason %s has no words", r)
		}
	}
	for _, s := range media.Topics() {
		if viet.Topic(s) == s {
			t.Errorf("topic %s has no name", s)
		}
	}
	for _, l := range media.Levels() {
		if Level(l) == string(l) {
			t.Errorf("level %s has no name", l)
		}
	}
}

func TestWord(t *testing.T) {
	judge := []schedule.Reason{{Code: "needs_judgement"}}
	for _, c := range []struct {
		basis     schedule.Basis
		state     schedule.State
		confirmed bool
		reasons   []schedule.Reason
		want      string
	}{
		{schedule.ByPlan, schedule.Missed, false, nil, "đề nghị rà soát"},
		{schedule.ByPlan, schedule.Missed, true, nil, "chưa đạt"},
		{schedule.ByPlan, schedule.Missed, false, judge, "cần xem xét"},
		{schedule.ByPlan, schedule.Missed, true, judge, "chưa đạt"},
		{schedule.ByReference, schedule.Missed, true, nil, "thấp hơn mức tham chiếu"},
		{schedule.ByReference, schedule.Met, false, nil, "đạt mức tham chiếu"},
	} {
		if got := Word(c.basis, c.state, c.confirmed, "", c.reasons); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
