package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loa/schedule"
	"loa/store/storetest"
)

// wantedRow is what the hand-made table says of one period.
type wantedRow struct {
	state    schedule.State
	measures string // delivered, with blanks between
	reasons  []string
}

// TestSeason: 52 weeks of a station's logs, as they came, give exactly the
// standings of the table that was made by hand (testdata/season.txt).
func TestSeason(t *testing.T) {
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) { playSeason(t, storetest.DB(t, engine)) })
	}
}

func playSeason(t *testing.T, db string) {
	data := t.TempDir()
	ok := func(args ...string) string {
		t.Helper()
		out, errOut, code := loa(t, "", append(args, "--plan", "yen-bai/2023", "--db", db, "--data", data)...)
		if code != 0 {
			t.Fatalf("%v: exit %d: %s%s", args, code, out, errOut)
		}
		return out
	}
	want := map[string]wantedRow{}
	for i, f := range season(t, want) {
		path := filepath.Join(data, f.name+".csv")
		if err := os.WriteFile(path, []byte(f.rows), 0o600); err != nil {
			t.Fatal(err)
		}
		at := fmt.Sprintf("2024-01-08T%02d:%02d", 8+i/60, i%60) // each a minute after the one before: the later rules
		args := []string{"import", "airings", path, "--channel", f.channel, "--at", at, "--sender", "Phòng Thư ký biên tập"}
		if f.from != "" {
			args = append(args, "--from", f.from, "--to", f.to)
		}
		if out := ok(args...); strings.Contains(out, "trước đây") != f.again {
			t.Errorf("%s: %s", f.name, out)
		}
	}
	if len(want) != 52+12 {
		t.Fatalf("the table has %d rows", len(want))
	}
	for line := range strings.Lines(ok("standing", "--json", "--at", "2024-01-09T08:00")) {
		var s schedule.Standing
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		if s.Quota != "B-D1" && s.Quota != "A-5.2" {
			continue
		}
		row := s.Quota + " " + s.Period
		w, there := want[row]
		delete(want, row)
		var codes, got []string
		for _, r := range s.Reasons {
			codes = append(codes, r.Code)
		}
		for _, m := range s.Measures {
			got = append(got, fmt.Sprint(m.Delivered))
		}
		if !there || s.State != w.state || strings.Join(got, " ") != w.measures || s.Confirmed {
			t.Errorf("%s: %s with %v (%v), want %s with %s", row, s.State, got, codes, w.state, w.measures)
		}
		for _, code := range w.reasons {
			if !slices.Contains(codes, code) {
				t.Errorf("%s: reasons %v, want %s among them", row, codes, code)
			}
		}
	}
	for row := range want {
		t.Errorf("no standing of %s", row)
	}
}

// seasonFile is one log as it is handed in.
type seasonFile struct {
	name, channel, from, to, rows string
	again                         bool
}

// season reads the story: the files in the order in which they come, and the table.
func season(t *testing.T, want map[string]wantedRow) []seasonFile {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "season.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	day := func(s string) string { return "2023-" + s[3:] + "-" + s[:2] }
	var out []seasonFile
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		words := strings.Fields(line)
		switch {
		case line == "" || line[0] == '#':
		case words[0] == "log" && len(words) == 5:
			out = append(out, seasonFile{name: words[1], channel: words[2], from: day(words[3]), to: day(words[4]), rows: seasonHead})
		case words[0] == "part" && len(words) == 3:
			out = append(out, seasonFile{name: words[1], channel: words[2], rows: seasonHead})
		case words[0] == "again" && len(words) == 2:
			i := slices.IndexFunc(out, func(f seasonFile) bool { return f.name == words[1] })
			same := out[i]
			same.again = true
			out = append(out, same)
		case words[0] == "want" && len(words) >= 4:
			want["B-D1 2023-"+words[1]] = wantedRow{schedule.State(words[2]), words[3], words[4:]}
		case words[0] == "month" && len(words) == 5:
			want["A-5.2 2023-"+words[1]] = wantedRow{schedule.State(words[2]), words[3] + " " + words[4], nil}
		case strings.Count(line, "|") == 5:
			cells := strings.Split(line, "|")
			cells[0] = strings.Replace(cells[0], "CC ", "Chung tay cải cách hành chính ", 1)
			cells[2] = strings.TrimSpace(cells[2]) + "/2023"
			out[len(out)-1].rows += strings.Join(cells, "|") + "\n"
		default:
			t.Fatalf("testdata/season.txt:%d: %s", n, line)
		}
	}
	return out
}

const seasonHead = "Chương trình|Tên số|Ngày phát|Giờ phát|Thời lượng|Phát mới/Phát lại\n"
