package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
)

// desk is one installation of the sample province for tests of the command line.
type desk struct {
	t           *testing.T
	plans, data string
}

func newDesk(t *testing.T) desk {
	t.Helper()
	return desk{t, samplePlans(t), t.TempDir()}
}

// run runs a command line of this installation.
func (d desk) run(args ...string) (out, errOut string, code int) {
	d.t.Helper()
	return loa(d.t, "", append(args, "--plans", d.plans, "--data", d.data)...)
}

// ok runs a command line that must succeed.
func (d desk) ok(args ...string) string {
	d.t.Helper()
	out, errOut, code := d.run(args...)
	if code != 0 {
		d.t.Fatalf("%v: exit %d: %s%s", args, code, out, errOut)
	}
	return out
}

// refused runs a command line that must fail with the code and say all words.
func (d desk) refused(code int, says []string, args ...string) {
	d.t.Helper()
	out, errOut, got := d.run(args...)
	if got != code {
		d.t.Errorf("%v: exit %d, want %d: %s%s", args, got, code, out, errOut)
	}
	for _, s := range says {
		if !strings.Contains(errOut, s) {
			d.t.Errorf("%v: does not say %q: %s", args, s, errOut)
		}
	}
}

// standing gives the standing of a quota, owner and period at a time.
func (d desk) standing(at, quota, owner, period string) schedule.Standing {
	d.t.Helper()
	for line := range strings.Lines(d.ok("standing", "--json", "--at", at)) {
		var s schedule.Standing
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			d.t.Fatal(err)
		}
		if s.Quota == quota && s.Owner == "mau/"+owner && (s.Period == period || period == "") {
			return s
		}
	}
	d.t.Fatalf("no standing of %s %s %s at %s", quota, owner, period, at)
	return schedule.Standing{}
}

// state of the weekly broadcast.
func (d desk) state(at, week string) string {
	d.t.Helper()
	s := d.standing(at, "B-D1", "dai-ptth", week)
	return fmt.Sprintf("%s %t", s.State, s.Confirmed)
}

func (d desk) store() *store.Store {
	d.t.Helper()
	s, err := store.Open(d.t.Context(), filepath.Join(d.data, "loa.db"), store.Options{})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { s.Close() })
	return s
}

// held is everything the store holds of logs: its digest and every airing.
func (d desk) held() string {
	d.t.Helper()
	s := d.store()
	lines, err := s.Digest(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	for _, a := range append(d.airings("mau-tv", true), d.airings("mau-fm", true)...) {
		lines = append(lines, fmt.Sprintf("%+v", a))
	}
	return strings.Join(lines, "\n")
}

func (d desk) airings(channel string, superseded bool) []media.Airing {
	d.t.Helper()
	as, err := d.store().Airings(d.t.Context(), channel, time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), superseded)
	if err != nil {
		d.t.Fatal(err)
	}
	return as
}

func (d desk) file(name string, data []byte) string {
	d.t.Helper()
	path := filepath.Join(d.t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		d.t.Fatal(err)
	}
	return path
}

// dayWords prints a day of March 2023 as the program does.
func dayWords(day int) string {
	return viet.Day(time.Date(2023, 3, day, 0, 0, 0, 0, calendar.Zone))
}

var logHead = []string{"Kênh", "Tên chương trình", "Nội dung", "Ngày phát sóng", "Giờ phát sóng", "Thời lượng", "Hình thức phát"}

// televisionRow is one line of the television's log.
func televisionRow(programme, title, day, clock, length, form string) []string {
	return []string{"Truyền hình Mẫu", programme, title, day, clock, length, form}
}

func csvLog(rows ...[]string) []byte {
	var b bytes.Buffer
	for _, r := range append([][]string{logHead}, rows...) {
		b.WriteString(strings.Join(r, ",") + "\r\n")
	}
	return b.Bytes()
}

func xlsxLog(t *testing.T, rows ...[]string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range append([][]string{{"NHẬT KÝ PHÁT SÓNG"}, {}, logHead}, rows...) {
		cells := make([]any, len(r))
		for j, c := range r {
			cells[j] = c
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func news(day string) []string {
	return televisionRow("Thời sự tối", "Bản tin", day, "19:45:00", "00:19:40", "Phát mới")
}

func reform(day string) []string {
	return televisionRow("Chung tay cải cách hành chính", "Số 10/2023", day, "20:05:00", "00:16:20", "Phát mới")
}

// TestImportMakesAWeekMet: CSV and XLSX alike; the same file again changes nothing.
func TestImportMakesAWeekMet(t *testing.T) {
	const at, week = "2023-03-20T08:00", "2023-W10"
	for name, data := range map[string][]byte{
		"nhat-ky.csv":  csvLog(news("06/03/2023"), reform("10/03/2023")),
		"nhat-ky.xlsx": xlsxLog(t, news("06/03/2023"), reform("10/03/2023")),
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			if got := d.state(at, week); got != "insufficient_data false" {
				t.Fatalf("before: %s", got)
			}
			args := []string{"import", "airings", d.file(name, data), "--at", at, "--channel", "mau-tv", "--from", "2023-03-06", "--to", "2023-03-12", "--sender", "Đài PT-TH tỉnh Mẫu"}
			out := d.ok(args...)
			if !strings.Contains(out, "Đã nạp 2 lần phát sóng") || !strings.Contains(out, "từ "+dayWords(6)+" đến hết "+dayWords(12)) {
				t.Errorf("says %q", out)
			}
			if got := d.state(at, week); got != "met false" {
				t.Errorf("after: %s", got)
			}
			before := d.held()
			if out := d.ok(args...); !strings.Contains(out, "đã được nạp trước đây") {
				t.Errorf("again: %q", out)
			}
			if after := d.held(); after != before {
				t.Errorf("importing the same file again changed the store:\n%s\nnow\n%s", before, after)
			}
			if n := len(d.airings("mau-tv", false)); n != 2 {
				t.Errorf("%d airings, want 2", n)
			}
		})
	}
}

// TestReceiptsMakeAWeekMissed: a week is a question to the officer only when
// every channel's log covers all of it; a later log with the airing mends it.
func TestReceiptsMakeAWeekMissed(t *testing.T) {
	d := newDesk(t)
	const at, week = "2023-03-27T08:00", "2023-W11" // 13 to 19 March
	tv := d.file("tv.csv", csvLog(news("13/03/2023"), news("19/03/2023")))
	fm := d.file("fm.csv", []byte("Ngày;Giờ;Chương trình;Thời lượng;Phát mới/Phát lại\n13/3/2023;5h30;Bản tin sáng;15';PM\n"))
	take := func(file, channel, from, to, want string) {
		t.Helper()
		d.ok("import", "airings", file, "--at", at, "--channel", channel, "--from", from, "--to", to)
		if got := d.state(at, week); got != want {
			t.Errorf("%s from %s to %s: %s, want %s", channel, from, to, got, want)
		}
	}
	d.ok("import", "airings", tv, "--at", at)
	if got := d.state(at, week); got != "insufficient_data false" {
		t.Errorf("rows without a receipt: %s", got)
	}
	take(tv, "mau-tv", "2023-03-13", "2023-03-19", "insufficient_data false") // radio's is missing
	take(fm, "mau-fm", "2023-03-13", "2023-03-17", "insufficient_data false") // Saturday and Sunday are not declared
	take(fm, "mau-fm", "2023-03-13", "2023-03-19", "missed false")            // the sender declares the rest too
	if s := d.standing(at, "B-D1", "dai-ptth", week); s.Confirmed || s.Reasons[len(s.Reasons)-1].Code != "unconfirmed" {
		t.Errorf("a computed miss is a question: %+v", s.Reasons)
	}
	take(d.file("tv.csv", csvLog(news("13/03/2023"), reform("17/03/2023"), news("19/03/2023"))), "mau-tv", "2023-03-13", "2023-03-19", "met false")
}

// TestReceiptSpans has the rows of a log against the span its sender declares.
func TestReceiptSpans(t *testing.T) {
	d := newDesk(t)
	const at = "2023-03-27T08:00"
	file := d.file("tv.csv", csvLog(news("12/03/2023"), news("13/03/2023"), news("20/03/2023")))
	d.refused(1, []string{"dòng 2", "dòng 4", "từ " + dayWords(13) + " đến hết " + dayWords(19), "chưa nạp dòng nào"},
		"import", "airings", file, "--at", at, "--channel", "mau-tv", "--from", "2023-03-13", "--to", "2023-03-19")
	d.refused(2, []string{"--channel, --from và --to"}, "import", "airings", file, "--at", at, "--from", "2023-03-13")
	d.refused(2, []string{"--channel, --from và --to"}, "import", "airings", file, "--at", at, "--from", "2023-03-13", "--to", "2023-03-19")
	d.refused(2, []string{"đứng trước"}, "import", "airings", file, "--at", at, "--channel", "mau-tv", "--from", "2023-03-19", "--to", "2023-03-13")
	d.refused(2, []string{"mau-radio", "mau-tv, mau-fm"}, "import", "airings", file, "--at", at, "--channel", "mau-radio")
	d.refused(1, []string{"khác với kênh đã chọn", "3 lỗi"}, "import", "airings", file, "--at", at, "--channel", "mau-fm")
	if n := len(d.airings("mau-tv", true)) + len(d.airings("mau-fm", true)); n != 0 {
		t.Errorf("%d airings were imported", n)
	}
}

// TestImportTellsEveryRow: all mistakes at once, and nothing is imported.
func TestImportTellsEveryRow(t *testing.T) {
	rows := [][]string{
		reform("10/03/2023"),
		televisionRow("Thời sự tối", "", "31/02/2023", "19:45:00", "00:20:00", "Phát mới"),
		televisionRow("Thời sự tối", "", "09/03/2023", "25:70", "00:20:00", "Phát mới"),
		{"Kênh Lạ", "Thời sự tối", "", "09/03/2023", "19:45:00", "00:20:00", "Phát mới"},
		televisionRow("", "", "09/03/2023", "19:45:00", "", "Phát mới"),
	}
	for name, c := range map[string]struct {
		data  []byte
		first int // row of the first airing
	}{"loi.csv": {csvLog(rows...), 2}, "loi.xlsx": {xlsxLog(t, rows...), 4}} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			var says []string
			for i := 1; i < len(rows); i++ {
				says = append(says, fmt.Sprintf("%s: dòng %d,", name, c.first+i))
			}
			d.refused(1, append(says, "31/02/2023", "25:70", "Kênh Lạ", "thiếu tên chương trình", "thiếu thời lượng", "chưa nạp dòng nào"),
				"import", "airings", d.file(name, c.data), "--at", "2023-03-20", "--channel", "mau-tv", "--from", "2023-03-06", "--to", "2023-03-12")
			if n := len(d.airings("mau-tv", true)); n != 0 {
				t.Errorf("%d airings were imported", n)
			}
			if got := d.state("2023-03-20T08:00", "2023-W10"); got != "insufficient_data false" {
				t.Errorf("a refused log left a receipt: %s", got)
			}
		})
	}
}

func TestImportRefusesWhatIsNoLog(t *testing.T) {
	d := newDesk(t)
	for name, c := range map[string]struct{ data, says string }{
		"trong.csv":  {"", "không tìm thấy dòng tiêu đề"},
		"thu.csv":    {"Kính gửi ông, bà\nTrân trọng\n", "không tìm thấy dòng tiêu đề"},
		"cu.xls":     {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), "Excel kiểu cũ"},
		"hong.xlsx":  {"PK\x03\x04" + strings.Repeat("x", 300), "XLSX"},
		"anh.csv":    {"\x89PNG\r\n\x1a\n" + strings.Repeat("\x00\x01", 300), "không phải tệp CSV, Excel hay Word"},
		"thieu.csv":  {"Kênh,Chương trình,Ngày\nTruyền hình Mẫu,Thời sự,06/03/2023\n", "thiếu cột"},
		"khong.xlsx": {string(xlsxLog(t)), "không có lần phát sóng nào"},
	} {
		d.refused(1, []string{c.says, "nạp dòng nào"}, "import", "airings", d.file(name, []byte(c.data)), "--at", "2023-03-20")
	}
	d.refused(2, []string{"không có tệp"}, "import", "airings", filepath.Join(t.TempDir(), "khong-co.csv"))
}

// TestCorrectedLogSupersedes: a later log of the same channel and span takes
// the place of the first, which is kept.
func TestCorrectedLogSupersedes(t *testing.T) {
	d := newDesk(t)
	const week = "2023-W10"
	span := []string{"--channel", "mau-tv", "--from", "2023-03-06", "--to", "2023-03-12"}
	take := func(at string, data []byte) {
		t.Helper()
		d.ok(append([]string{"import", "airings", d.file("tv.csv", data), "--at", at}, span...)...)
	}
	take("2023-03-13T08:00", csvLog(news("06/03/2023"), reform("10/03/2023"), news("12/03/2023")))
	if got := d.state("2023-03-13T09:00", week); got != "met false" {
		t.Fatalf("first log: %s", got)
	}
	short := reform("10/03/2023")
	short[5] = "00:12:00"
	take("2023-03-14T08:00", csvLog(news("06/03/2023"), short))
	if got := d.state("2023-03-14T09:00", week); got == "met false" {
		t.Errorf("the corrected log does not count: %s", got)
	}
	now, all := d.airings("mau-tv", false), d.airings("mau-tv", true)
	if len(now) != 2 || len(all) != 5 {
		t.Errorf("%d airings of %d kept, want 2 of 5", len(now), len(all))
	}
	if i := slices.IndexFunc(now, func(a media.Airing) bool { return a.Column == "chung-tay-cchc" }); i < 0 || now[i].Duration != 12*time.Minute {
		t.Errorf("the airing in force is not the corrected one: %+v", now)
	}
	// What was known on the 13th is still told.
	for line := range strings.Lines(d.ok("standing", "--json", "--at", "2023-03-13T09:00", "--known-at", "2023-03-13T09:00")) {
		var s schedule.Standing
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		if s.Quota == "B-D1" && s.Period == week && s.State != schedule.Met {
			t.Errorf("as known on the 13th: %s", s.State)
		}
	}
}
