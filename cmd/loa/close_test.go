package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"loa/schedule"
)

var datasetForm = regexp.MustCompile(`[0-9a-f]{32}`)

// closable is a desk whose week 10 was broadcast and whose week 9 has a log
// without a broadcast.
func closable(t *testing.T) desk {
	d := newDesk(t)
	for _, w := range [][3]string{{"27/02/2023", "2023-02-27", "2023-03-05"}, {"06/03/2023", "2023-03-06", "2023-03-12"}} {
		rows := [][]string{news(w[0])}
		if w[1] == "2023-03-06" {
			rows = append(rows, reform("10/03/2023"))
		}
		for _, ch := range []string{"mau-tv", "mau-fm"} {
			file := d.file(ch+w[1]+".csv", csvLog(rows...))
			if ch == "mau-fm" {
				file = d.file(ch+w[1]+".csv", []byte("Ngày;Giờ;Chương trình;Thời lượng;Phát mới/Phát lại\n"+w[0]+";5h30;Bản tin sáng;15';PM\n"))
			}
			d.ok("import", "airings", file, "--at", "2023-03-13T08:00", "--channel", ch, "--from", w[1], "--to", w[2], "--sender", "Đài PT-TH tỉnh Mẫu")
		}
	}
	return d
}

// TestCloseAndRestate: a closed week stays as it was when a late log comes;
// the log makes a proposal, a person takes it, and both revisions can be printed.
func TestCloseAndRestate(t *testing.T) {
	d := closable(t)
	closing := []string{"close", "--period", "2023-03@14", "--by", "Chuyên viên Sở TT&TT"}
	d.refused(2, []string{"chưa kết thúc"}, append(closing, "--at", "2023-03-14T17:00")...)
	d.refused(2, []string{"không phải một kỳ"}, "close", "--period", "tháng 3", "--at", "2023-03-15")
	d.refused(2, []string{"chưa chốt lần nào"}, append(closing, "--restate", "--reason", "r", "--at", "2023-03-15T09:00")...)
	out := d.ok(append(closing, "--at", "2023-03-15T09:00")...)
	first := datasetForm.FindString(out)
	for _, s := range []string{"Chuyên viên Sở TT&TT", "Dữ liệu mẫu", "tuần 9 (", first} {
		if first == "" || !strings.Contains(out, s) {
			t.Errorf("certificate does not say %q:\n%s", s, out)
		}
	}
	d.refused(2, []string{"đã chốt lần 1", "--restate"}, append(closing, "--at", "2023-03-15T10:00")...)
	if s := d.standing("2023-03-16", "B-D1", "dai-ptth", "2023-W09"); s.State != schedule.Missed || s.Reasons[len(s.Reasons)-1].Code != "closed" {
		t.Errorf("closed week: %s %+v", s.State, s.Reasons)
	}
	if out := d.ok("decide", "proposals", "--at", "2023-03-16"); !strings.Contains(out, "Không có đề nghị") {
		t.Errorf("proposals at once: %s", out)
	}

	// A later log of the closed week shows a broadcast after all.
	d.ok("import", "airings", d.file("muon.csv", csvLog(news("27/02/2023"), reform("02/03/2023"))), "--at", "2023-03-20T08:00", "--channel", "mau-tv",
		"--from", "2023-02-27", "--to", "2023-03-05", "--sender", "Đài PT-TH tỉnh Mẫu")
	s := d.standing("2023-03-21", "B-D1", "dai-ptth", "2023-W09")
	if last := s.Reasons[len(s.Reasons)-1]; s.State != schedule.Missed || last.Code != "restate_proposed" || last.Args["state"] != "met" {
		t.Errorf("after the late log: %s %+v", s.State, s.Reasons)
	}
	if out := d.ok("decide", "proposals", "--at", "2023-03-21"); !strings.Contains(out, "2023-W09") || !strings.Contains(out, "thêm") {
		t.Errorf("proposals: %s", out)
	}
	restate := []string{"decide", "restate", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W09", "--by", "Trưởng phòng"}
	d.refused(2, []string{"--reason"}, append(restate, "--at", "2023-03-22")...)
	d.refused(2, []string{"không có đề nghị"}, "decide", "restate", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W10", "--reason", "r", "--at", "2023-03-22")
	out = d.ok(append(restate, "--reason", "Đài gửi nhật ký bổ sung", "--at", "2023-03-22T09:00")...)
	if !strings.Contains(out, "lần 2") || strings.Contains(out, first) {
		t.Errorf("restated: %s", out)
	}
	if s := d.standing("2023-03-23", "B-D1", "dai-ptth", "2023-W09"); s.State != schedule.Met {
		t.Errorf("restated week: %s %+v", s.State, s.Reasons)
	}

	// Either revision can be printed, the first as it was.
	state := func(revision string) string {
		file := filepath.Join(t.TempDir(), "r.json")
		d.ok("report", "--period", "2023-03@14", "--format", "json", "--revision", revision, "-o", file, "--at", "2023-04-01")
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var r struct {
			Closing struct {
				Revision int
				Dataset  string
			}
			Duties []struct {
				Quota string
				Rows  []struct{ Period, State string }
			}
		}
		if err := json.Unmarshal(raw, &r); err != nil {
			t.Fatal(err)
		}
		for _, duty := range r.Duties {
			for _, row := range duty.Rows {
				if duty.Quota == "B-D1" && row.Period == "2023-W09" {
					return row.State + " " + r.Closing.Dataset
				}
			}
		}
		return ""
	}
	if a, b := state("1"), state("2"); a != "missed "+first || !strings.HasPrefix(b, "met ") {
		t.Errorf("revision 1 says %q, revision 2 %q", a, b)
	}
	d.refused(2, []string{"chưa có lần chốt 3"}, "report", "--period", "2023-03@14", "--format", "json", "--revision", "3", "--at", "2023-04-01")
	if out := d.ok("close", "--list", "--at", "2023-04-01"); strings.Count(out, "2023-03@14") != 2 || !strings.Contains(out, "Đài gửi nhật ký bổ sung") {
		t.Errorf("list: %s", out)
	}
}

// TestCloseWholeAgain: everything that differs is restated at once, with a reason.
func TestCloseWholeAgain(t *testing.T) {
	d := closable(t)
	closing := []string{"close", "--period", "2023-03@14", "--by", "Chuyên viên"}
	d.ok(append(closing, "--at", "2023-03-15T09:00")...)
	d.refused(2, []string{"không khác lần chốt 1"}, append(closing, "--restate", "--reason", "xem lại", "--at", "2023-03-16")...)
	d.ok("decide", "confirm-missed", "--quota", "B-D1", "--owner", "dai-ptth", "--period", "2023-W09", "--reason", "Đài xác nhận không phát", "--at", "2023-03-17")
	d.refused(2, []string{"--reason"}, append(closing, "--restate", "--at", "2023-03-18")...)
	file := filepath.Join(t.TempDir(), "bien-ban.txt")
	if out := d.ok(append(closing, "--restate", "--reason", "đã xác nhận", "--at", "2023-03-18", "-o", file)...); !strings.Contains(out, "lần 2") {
		t.Errorf("restated: %s", out)
	}
	if raw, err := os.ReadFile(file); err != nil || !strings.Contains(string(raw), "đã xác nhận") {
		t.Errorf("certificate: %v %s", err, raw)
	}
	if got := d.state("2023-03-19", "2023-W09"); got != "missed true" {
		t.Errorf("week 9: %s", got)
	}
}

// TestCloseYearEnd: the weeks after the yearly window are closed in January.
func TestCloseYearEnd(t *testing.T) {
	d := newDesk(t)
	d.refused(2, []string{"--year-end"}, "close", "--period", "2023-12@14", "--year-end", "--plan", "mau/2023", "--at", "2024-01-10")
	out := d.ok("close", "--year-end", "--by", "Chuyên viên", "--plan", "mau/2023", "--at", "2024-01-10")
	for _, week := range []string{"tuần 50", "tuần 51", "tuần 52"} {
		if !strings.Contains(out, week) {
			t.Errorf("does not tell %s as open: %s", week, out)
		}
	}
	if strings.Contains(out, "tuần 49") {
		t.Error("closes a week of the yearly window again")
	}
}

// TestChangedNumber: a level changed from a day on counts from that day, and
// the desk of a running server follows.
func TestChangedNumber(t *testing.T) {
	d := newDesk(t)
	wanted := func(period string) float64 {
		return d.standing("2023-03-20", "A-3.1", "cong-ttdt", period).Measures[0].Wanted
	}
	if wanted("2023-03") != 8 {
		t.Fatal("the sample's level moved")
	}
	d.ok("plan", "set", "--quota", "A-3.1", "--field", "wanted", "--value", "5", "--from", "2023-03-01", "--basis", "Công văn mẫu 09/SNV-CCHC", "--by", "Chuyên viên", "--at", "2023-03-15")
	if a, b := wanted("2023-02"), wanted("2023-03"); a != 8 || b != 5 {
		t.Errorf("February %v, March %v; want 8 and 5", a, b)
	}
	d.refused(2, []string{"là chỉ tiêu của chính kế hoạch"}, "plan", "set", "--quota", "A-6.1", "--field", "wanted", "--value", "1", "--from", "2023-03-01", "--basis", "x", "--at", "2023-03-15")
}

// TestPlanOfItsOwnDate: a plan file with a day of its own leaves the periods
// before that day to the version used before.
func TestPlanOfItsOwnDate(t *testing.T) {
	d := newDesk(t)
	d.standing("2023-02-10", "A-6.1", "bao", "2023-01") // the first version is used
	path := filepath.Join(d.plans, "mau", "2023.yaml")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(raw), "  sample: true\n", "  sample: true\n  effective: 2023-03-01\n", 1)
	text = strings.Replace(text, "    wanted: {value: 8, basis: reference}", "    wanted: {value: 6, basis: reference}", 1)
	if text == string(raw) || strings.Count(text, "value: 6, basis") != 1 {
		t.Fatal("the sample's plan has another form")
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for period, want := range map[string]float64{"2023-02": 8, "2023-03": 6} {
		if got := d.standing("2023-03-20", "A-3.1", "cong-ttdt", period).Measures[0].Wanted; got != want {
			t.Errorf("%s: %v wanted, want %v", period, got, want)
		}
	}
}
