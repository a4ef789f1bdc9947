package agenda

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

const hostile = "=HYPERLINK(\"x\"); chuyên mục, \\ «một\ncửa» & 'thủ tục hành chính', kéo dài thêm cho đủ hơn bảy mươi lăm byte một dòng"

// province is a station with a weekly broadcast, and two departments.
func province() *schedule.Plan {
	day := func(s string) time.Time { return at(s + " 00:00") }
	plan, ref := schedule.ByPlan, schedule.ByReference
	return &schedule.Plan{ID: "mau/2023", Province: "mau", Year: 2023, Number: "01/KH-UBND", Title: "Kế hoạch mẫu", Issued: day("2022-12-30"), From: day("2022-12-30"), To: day("2024-01-01"), Sample: true,
		Agencies: []media.Agency{{ID: "mau/dai", Name: "Đài PT-TH, tỉnh Mẫu", Level: media.Press, Binding: true}, {ID: "mau/so-a", Name: "Sở A", Level: media.Department, Binding: true},
			{ID: "mau/so-b", Name: "Sở B", Level: media.Department, Binding: true}},
		Columns:  []media.Column{{ID: "chung-tay", Agency: "mau/dai", Name: "Chung tay"}},
		Channels: []schedule.Channel{{ID: "tv", Agency: "mau/dai", Name: "Truyền hình Mẫu", Medium: "tv"}},
		Windows:  []schedule.Window{{Medium: "tv", FromMinute: 18 * 60, ToMinute: 22 * 60}},
		Quotas: []schedule.Quota{
			{ID: "B-D1", Title: hostile, Class: schedule.Hard, Kind: "airing", Basis: plan, Owner: schedule.Owner{Agency: "mau/dai"}, Cadence: calendar.Week, Wanted: 1, WantedBasis: plan, Channels: []string{"tv"}, LeadDays: 2,
				Conditions: []schedule.Condition{{Name: "min_minutes", Basis: plan, Value: 15}, {Name: "theme", Basis: plan, List: []string{"chung-tay"}}, {Name: "in_window", Basis: ref}}},
			{ID: "B-A1", Title: "Ban hành kế hoạch", Class: schedule.OnceClass, Kind: "deadline", Basis: plan, Owner: schedule.Owner{Each: []media.Level{media.Department}}, Cadence: calendar.Once, Wanted: 1, WantedBasis: plan, Deadline: day("2023-04-21"), Attestable: true},
			{ID: "A-5.2", Title: "Thử nghiệm", Class: schedule.Reg, Kind: "count", Basis: ref, Owner: schedule.Owner{Agency: "mau/dai"}, Cadence: calendar.Month, Wanted: 2, WantedBasis: ref, Attestable: true,
				Conditions: []schedule.Condition{{Name: "theme", Basis: plan, List: []string{"chung-tay"}}}, Shadow: schedule.Span{From: day("2023-01-01"), To: day("2024-01-01")}},
		}}
}

// input is the province on Wednesday, 5 April 2023; aired broadcasts count.
func input(owner string, aired ...string) Input {
	p, now := province(), at("2023-04-05 09:00")
	var ev []media.Evidence
	for _, when := range aired {
		a := &media.Airing{ID: when, Channel: "tv", Medium: "tv", Programme: "Chung tay", Column: "chung-tay", EpisodeID: when, Start: at(when), Duration: 20 * time.Minute, FirstRun: true, Grade: media.GradeA}
		ev = append(ev, media.Evidence{ID: when, Kind: media.EvAiring, Agency: "mau/dai", Source: "log:tv", At: a.Start, Precision: media.ToMinute, Seen: a.Start.Add(time.Hour), Grade: a.Grade, Airing: a})
	}
	planned := media.Planned{ID: "pl1", Source: "s", Channel: "tv", Day: at("2023-04-14 00:00"), Start: at("2023-04-14 20:15"), Duration: 20 * time.Minute, Programme: "Chung tay, số 14", Column: "chung-tay", Seen: at("2023-04-03 08:00")}
	obs := schedule.Observation{Spans: map[string][]schedule.Span{"log:tv": {{From: at("2022-12-01 00:00"), To: at("2023-04-05 00:00")}}}, Planned: []media.Planned{planned}}
	e := schedule.Evaluation{Plan: p.ID, Now: now, Evidence: ev, Matching: schedule.Match(p, ev, nil, nil)}
	e.Standings = schedule.Stand(p, e.Matching, obs, nil, nil, now)
	e.Standings = append(e.Standings, schedule.Ahead(p, e, obs, nil, nil, now.AddDate(0, 0, 26))...)
	e.Slots = schedule.Slots(p, e, obs, nil, nil)
	return Input{Plan: p, Evaluation: e, Owner: owner, Base: "http://127.0.0.1:8080"}
}

// read is what another program reads of a feed.
type read struct {
	Name   string
	Zone   string
	Events []readEvent
}

type readEvent struct {
	UID, Summary, Description, Start, End, Status, Transp, URL, Stamp, Modified string
	Categories, Alarms                                                          []string
	Sequence                                                                    int
	Day                                                                         bool
}

// parse has Debian's python3-icalendar read the feed; it refuses what is wrong.
func parse(t *testing.T, feed []byte) read {
	t.Helper()
	cmd := exec.Command("/usr/bin/python3", "testdata/read.py")
	cmd.Stdin = bytes.NewReader(feed)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		t.Fatalf("the other reader of iCalendar (deploy/test-deps.sh installs it): %v\n%s", err, errOut.String())
	}
	var r read
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range r.Events {
		if seen[e.UID] {
			t.Errorf("two entries have the name %s: %s", e.UID, e.Summary)
		}
		seen[e.UID] = true
	}
	return r
}

func feed(t *testing.T, in Input) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteICS(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (r read) find(t *testing.T, summary string) readEvent {
	t.Helper()
	i := slices.IndexFunc(r.Events, func(e readEvent) bool { return strings.HasPrefix(e.Summary, summary) })
	if i < 0 {
		t.Fatalf("no entry %q", summary)
	}
	return r.Events[i]
}

// TestFeedIsRead: what another reader finds is what was meant: days as days,
// times in the zone, texts with every comma, line break and mark.
func TestFeedIsRead(t *testing.T) {
	r := parse(t, feed(t, input("mau/dai")))
	if r.Name != "[Dữ liệu mẫu] CCHC: Đài PT-TH, tỉnh Mẫu (01/KH-UBND)" || r.Zone != "Asia/Ho_Chi_Minh +07:00" {
		t.Errorf("%q in %q", r.Name, r.Zone)
	}
	save := r.find(t, "Hạn cuối còn kịp: B-D1, còn thiếu 01 lần phát sóng, tuần 14")
	if save.Start != "2023-04-09T21:45:00+07:00" || save.End != "2023-04-09T22:00:00+07:00" || save.Day || save.Status != "CONFIRMED" || save.Transp != "TRANSPARENT" ||
		fmt.Sprint(save.Alarms) != "[-1 day, 0:00:00]" || fmt.Sprint(save.Categories) != "[Hạn cuối còn kịp]" || save.URL != "http://127.0.0.1:8080/tien-do/B-D1/dai/2023-W14" {
		t.Errorf("last save: %+v", save)
	}
	if !strings.Contains(save.Description, hostile) || !strings.HasPrefix(save.Description, "Dữ liệu mẫu.\n") {
		t.Errorf("description %q", save.Description)
	}
	due := r.find(t, "Ngày cuối của kỳ: B-D1, còn thiếu 01 lần phát sóng, tuần 15")
	if !due.Day || due.Start != "2023-04-16" || due.End != "2023-04-17" || due.URL != "http://127.0.0.1:8080/quotas/B-D1" {
		t.Errorf("due: %+v", due)
	}
	planned := r.find(t, "Dự kiến phát: Chung tay, số 14 (Truyền hình Mẫu)")
	if planned.Status != "TENTATIVE" || planned.Start != "2023-04-14T20:15:00+07:00" || planned.End != "2023-04-14T20:35:00+07:00" {
		t.Errorf("planned: %+v", planned)
	}
	if cut := r.find(t, "Chốt số liệu báo cáo tháng 6, quý II, 6 tháng"); cut.Start != "2023-06-14" || !strings.Contains(cut.Description, "từ 15/05 đến hết ngày 14/6/2023") {
		t.Errorf("cut-off: %+v", cut)
	}
	for _, e := range r.Events {
		if strings.Contains(e.Summary, "A-5.2") {
			t.Errorf("of a level being tried: %+v", e)
		}
	}
	once := parse(t, feed(t, input("mau/so-a"))).find(t, "Ngày cuối của thời hạn: B-A1")
	if once.Start != "2023-04-20" || fmt.Sprint(once.Alarms) != "[-3 days, 0:00:00]" {
		t.Errorf("deadline: %+v", once)
	}
}

// TestFeedOfRecordings: the last day on which a recording is kept is told once,
// however many duties want it.
func TestFeedOfRecordings(t *testing.T) {
	in := input("mau/dai")
	why := schedule.Reason{Code: "retention_run", Args: map[string]any{"channel": "Truyền hình Mẫu", "start": "2023-03-10T20:15:00+07:00", "last": "2023-04-09T00:00:00+07:00", "days": 30, "basis": "Luật Báo chí"}}
	for i := range in.Evaluation.Standings {
		if s := &in.Evaluation.Standings[i]; s.Owner == "mau/dai" && s.Quota == "B-D1" && s.Start.Before(in.Evaluation.Now) {
			s.Reasons = append(s.Reasons, why)
		}
	}
	n := 0
	for _, e := range parse(t, feed(t, in)).Events {
		if strings.HasPrefix(e.Summary, "Ngày cuối còn giữ bản ghi: Truyền hình Mẫu, phát ngày 10/3/2023") {
			n++
			if e.Start != "2023-04-09" || !e.Day || len(e.Alarms) != 1 {
				t.Errorf("%+v", e)
			}
		}
	}
	if n != 1 {
		t.Errorf("told %d times", n)
	}
}

// TestFeedBytes: RFC 5545 3.1: lines end in CRLF, none is over 75 octets, none
// is cut within a character; and the same state gives the same bytes.
func TestFeedBytes(t *testing.T) {
	b := feed(t, input("mau/dai"))
	if !bytes.Equal(b, feed(t, input("mau/dai"))) {
		t.Error("made twice, two feeds")
	}
	if bytes.Contains(b, []byte("METHOD")) {
		t.Error("a feed that is fetched has no method")
	}
	for i, line := range bytes.SplitAfter(b, []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		body, ok := bytes.CutSuffix(line, []byte("\r\n"))
		if !ok || bytes.ContainsAny(body, "\r\n") || len(body) > 75 || !utf8.Valid(body) {
			t.Errorf("line %d: %q (%d octets)", i+1, line, len(body))
		}
	}
	for _, twice := range []string{"VALUE=DURATION;VALUE=DURATION", "VALUE=DATE;VALUE=DATE"} {
		if bytes.Contains(b, []byte(twice)) {
			t.Errorf("%s", twice)
		}
	}
}

// TestFeedKeepsItsNames: the week that was met in the meantime keeps its UID,
// is cancelled, and says so with a later sequence; the next week is as it was.
func TestFeedKeepsItsNames(t *testing.T) {
	before, after := parse(t, feed(t, input("mau/dai"))), parse(t, feed(t, input("mau/dai", "2023-04-04 20:00")))
	by := map[string]readEvent{}
	for _, e := range after.Events {
		by[e.UID] = e
	}
	met, same := 0, 0
	for _, e := range before.Events {
		now, ok := by[e.UID]
		switch {
		case strings.Contains(e.Summary, "tuần 14"):
			met++
			if !ok || now.Status != "CANCELLED" || now.Sequence <= e.Sequence || now.Modified <= e.Modified || now.Stamp != now.Modified || len(now.Alarms) > 0 {
				t.Errorf("%s: now %+v", e.Summary, now)
			}
		case ok:
			same++
			if fmt.Sprint(now) != fmt.Sprint(e) {
				t.Errorf("%s changed: %+v", e.Summary, now)
			}
		}
	}
	if met != 3 || same < 5 {
		t.Errorf("%d entries of the week that was met, %d others", met, same)
	}
}

// TestFeedOfMakeGoods: pledged times are in the calendar of whoever pledged
// them, agreed or not, and cancelled when they are replaced.
func TestFeedOfMakeGoods(t *testing.T) {
	in := input("mau/dai")
	act := func(seq int, a schedule.CaseAct) schedule.CaseAct {
		a.Plan, a.Case, a.Seq, a.Actor, a.At = in.Plan.ID, "PB-01", seq, "Chuyên viên", at("2023-04-03 09:00").Add(time.Duration(seq)*time.Hour)
		return a
	}
	pledge := func(when string) *schedule.Pledge {
		return &schedule.Pledge{Channel: "tv", Programme: "Chung tay", Start: at(when), Length: 20 * time.Minute}
	}
	acts := []schedule.CaseAct{
		act(1, schedule.CaseAct{Kind: schedule.CaseOpen, Owner: "mau/dai", Misses: []schedule.Miss{{Quota: "B-D1", Period: "2023-W12", Short: 1}}, Reason: "technical"}),
		act(2, schedule.CaseAct{Kind: schedule.CasePropose, Pledge: pledge("2023-04-06 20:00")}),
		act(3, schedule.CaseAct{Kind: schedule.CasePropose, N: 1, Pledge: pledge("2023-04-07 20:00")}),
	}
	for agreed, status := range map[bool]string{false: "TENTATIVE", true: "CONFIRMED"} {
		list := acts
		if agreed {
			list = append(slices.Clone(acts), act(4, schedule.CaseAct{Kind: schedule.CaseApprove, N: 2, Document: "18/PTTH"}))
		}
		var err error
		if in.Cases, err = schedule.Cases(list); err != nil {
			t.Fatal(err)
		}
		r := parse(t, feed(t, in))
		var got []string
		for _, e := range r.Events {
			if strings.HasPrefix(e.Summary, "PB-01") {
				got = append(got, e.Start+" "+e.Status)
			}
		}
		if want := []string{"2023-04-06T20:00:00+07:00 CANCELLED", "2023-04-07T20:00:00+07:00 " + status}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
	in.Owner = "mau/so-a"
	if bytes.Contains(feed(t, in), []byte("PB-01")) {
		t.Error("another's calendar tells of it")
	}
}

func month(t *testing.T, id string) calendar.Period {
	t.Helper()
	p, err := calendar.Parse(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestSheet: a row for each period that ends in the month, chỉ tiêu and mức tham
// chiếu apart, texts as texts, printed across on A4.
func TestSheet(t *testing.T) {
	in := input("", "2023-04-04 20:00")
	in.Calendar = &calendar.Calendar{Off: map[string]string{"2023-04-29": "Giỗ Tổ Hùng Vương"}}
	var b bytes.Buffer
	if err := WriteSheet(&b, in, month(t, "2023-04")); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(sheetRows)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[2][:9], "|"); got != "Mã|Nhiệm vụ|Chỉ tiêu|Mức tham chiếu|Cơ quan|Kỳ|Ngày cuối|Tình trạng|Còn thiếu" {
		t.Errorf("head: %s", got)
	}
	var got []string
	for _, r := range rows[3:] {
		got = append(got, strings.Join([]string{r[0], r[2], r[3], r[4], r[5], r[6], r[7]}, "|"))
	}
	want := []string{
		"B-D1|01 lần phát sóng||Đài PT-TH, tỉnh Mẫu|tuần 13|02/4/2023|Đề nghị rà soát",
		"B-D1|01 lần phát sóng||Đài PT-TH, tỉnh Mẫu|tuần 14|09/4/2023|Đạt",
		"B-D1|01 lần phát sóng||Đài PT-TH, tỉnh Mẫu|tuần 15|16/4/2023|Đang trong kỳ",
		"B-D1|01 lần phát sóng||Đài PT-TH, tỉnh Mẫu|tuần 16|23/4/2023|Đang trong kỳ",
		"B-D1|01 lần phát sóng||Đài PT-TH, tỉnh Mẫu|tuần 17|30/4/2023|Đang trong kỳ",
		"B-A1|01 văn bản||Sở A|một lần|20/4/2023|Đang trong kỳ",
		"B-A1|01 văn bản||Sở B|một lần|20/4/2023|Đang trong kỳ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("rows:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if formula, err := f.GetCellFormula(sheetRows, "B4"); err != nil || formula != "" || rows[3][1] != viet.Cell(hostile) {
		t.Errorf("a title became the formula %q (%v): %q", formula, err, rows[3][1])
	}
	if kind, err := f.GetCellType(sheetRows, "I6"); err != nil || kind == excelize.CellTypeSharedString || rows[5][8] != "1" {
		t.Errorf("what is missing is no number: %v %q (%v)", kind, rows[5][8], err)
	}
	if !strings.Contains(rows[5][11], "20h15 ngày 14/4/2023") {
		t.Errorf("planned: %q", rows[5][11])
	}
	for _, name := range []string{sheetRows, sheetDays} {
		l, err := f.GetPageLayout(name)
		if err != nil || *l.Orientation != "landscape" || *l.Size != 9 || *l.FitToWidth != 1 {
			t.Errorf("%s prints as %+v (%v)", name, l, err)
		}
		if p, err := f.GetPanes(name); err != nil || !p.Freeze || p.YSplit != 3 {
			t.Errorf("%s is frozen at %+v (%v)", name, p, err)
		}
	}
	days, err := f.GetRows(sheetDays)
	if err != nil {
		t.Fatal(err)
	}
	grid := fmt.Sprint(days)
	for _, s := range []string{"29/04\nNghỉ: Giỗ Tổ Hùng Vương", "14/04\nChốt số liệu báo cáo\n20h15 dự kiến: Chung tay, số 14", "B-A1 hạn cuối còn kịp (Sở A, Sở B)", "B-D1 hạn cuối còn kịp (Đài PT-TH, tỉnh Mẫu)"} {
		if !strings.Contains(grid, s) {
			t.Errorf("the month does not say %q: %s", s, grid)
		}
	}
}

// TestSheetOfAnEmptyMonth says that there is nothing.
func TestSheetOfAnEmptyMonth(t *testing.T) {
	in := input("mau/so-a")
	var b bytes.Buffer
	if err := WriteSheet(&b, in, month(t, "2023-11")); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if v, err := f.GetCellValue(sheetRows, "B4"); err != nil || !strings.Contains(v, "Không có kỳ nào") {
		t.Errorf("%q (%v)", v, err)
	}
}
