package extract

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/media"
)

// workbook is a fixture's text as a spreadsheet: whole numbers are numbers,
// days in double braces are dates, merged cells are merged.
func (t trait) workbook(tb testing.TB, text string) []byte {
	return workbook(tb, func(f *excelize.File, set func(string, any)) {
		for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
			for j, cell := range strings.Split(line, "\t") {
				name, err := excelize.CoordinatesToCellName(j+1, i+1)
				if err != nil {
					tb.Fatal(err)
				}
				if day, err := time.Parse("{{2006-01-02}}", cell); err == nil {
					set(name, day)
				} else if n, err := strconv.Atoi(cell); err == nil {
					set(name, n)
				} else if cell != "" {
					set(name, cell)
				}
			}
		}
		for _, m := range t.Merge {
			from, to, _ := strings.Cut(m, ":")
			if err := f.MergeCell("Sheet1", from, to); err != nil {
				tb.Fatal(err)
			}
		}
	})
}

func registerOptions(tb testing.TB, tr trait) RegisterOptions {
	day := func(s string) (t time.Time) {
		if s != "" {
			var err error
			if t, err = time.ParseInLocation("2006-01-02", s, time.FixedZone("", 7*3600)); err != nil {
				tb.Fatal(err)
			}
		}
		return t
	}
	channels := []LogChannel{{ID: "tv", Name: "Truyền hình Mẫu", Medium: "tv"}, {ID: "fm", Name: "Phát thanh Mẫu", Aliases: []string{"FM Mẫu"}, Medium: "radio"}}
	return RegisterOptions{Kind: tr.Register, Agency: "mau/bao", From: day(tr.From), To: day(tr.To), Channels: channels, Columns: []media.Column{
		{ID: "cchc", Agency: "mau/bao", Name: "Cải cách hành chính", Aliases: media.Aliases("CCHC")},
		{ID: "mot-cua", Agency: "mau/bao", Name: "Một cửa", To: day("2023-03-15")},
		{ID: "chung-tay", Agency: "mau/dai", Name: "Chung tay"},
	}}
}

func showRegister(es []media.Entry, bad []RowError) any {
	if len(bad) > 0 {
		var out []string
		for _, e := range bad {
			out = append(out, e.Error())
		}
		return map[string]any{"errors": out}
	}
	type shown struct {
		Row      int    `json:"row"`
		Number   string `json:"number,omitempty"`
		Title    string `json:"title"`
		Page     string `json:"page,omitempty"`
		Section  string `json:"section,omitempty"`
		Column   string `json:"column,omitempty"`
		At       string `json:"at,omitempty"`
		Asked    string `json:"asked,omitempty"`
		Answered string `json:"answered,omitempty"`

		Segment *media.Segment `json:"segment,omitempty"`
	}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return strings.TrimSuffix(t.In(time.FixedZone("", 7*3600)).Format("2006-01-02T15:04"), "T00:00")
	}
	var out []shown
	for _, e := range es {
		out = append(out, shown{e.Row, e.Number, e.Title, e.Page, e.Section, e.Column, day(e.At), day(e.Asked), day(e.Answered), e.Segment})
	}
	return map[string]any{"entries": out}
}

func TestRegister(t *testing.T) {
	fixtures(t, "register", func(t *testing.T, name string, tr trait, body []byte) any {
		opt := registerOptions(t, tr)
		es, bad, err := Register(name, body, opt)
		if err != nil {
			t.Fatal(err)
		}
		checkRegister(t, es, bad, opt)
		return showRegister(es, bad)
	})
}

// checkRegister holds for whatever was read.
func checkRegister(t *testing.T, es []media.Entry, bad []RowError, opt RegisterOptions) {
	if len(bad) > 0 && len(es) > 0 {
		t.Fatal("errors and entries together: nothing may be half-imported")
	}
	for _, e := range bad {
		if e.Msg == "" {
			t.Fatal("an error without words")
		}
	}
	ids := map[string]bool{}
	last := 0
	for _, e := range es {
		switch {
		case e.ID != opt.Kind.EntryID(opt.Agency, e) || ids[e.ID]:
			t.Fatalf("id of %+v", e)
		case e.Row <= last:
			t.Fatalf("row %d after %d", e.Row, last)
		case e.Title == "" || len([]rune(e.Title)) > maxQuestion || len([]rune(e.Number)) > maxNumber || len([]rune(e.Page)) > maxPage || len([]rune(e.Section)) > maxSection:
			t.Fatalf("fields of %+v", e)
		case opt.Kind != media.RegQuestions && e.At.IsZero(), opt.Kind == media.RegProcedures && e.Number == "":
			t.Fatalf("no number or day: %+v", e)
		case (e.Segment != nil) != (opt.Kind == media.RegSegments):
			t.Fatalf("a segment of another register: %+v", e)
		case e.Segment != nil && e.Segment.Timed:
		case !e.At.IsZero() && e.At.In(time.FixedZone("", 7*3600)).Format("15:04:05") != "00:00:00":
			t.Fatalf("no local midnight: %+v", e)
		}
		ids[e.ID], last = true, e.Row
	}
}

// TestRegisterRefusesWhatIsNone: what is no table, or no register of the kind.
func TestRegisterRefusesWhatIsNone(t *testing.T) {
	opt := registerOptions(t, trait{Register: media.RegPrint})
	for name, data := range map[string][]byte{
		"old excel":  append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...),
		"pdf":        []byte("%PDF-1.4 xxx"),
		"broken zip": []byte("PK\x03\x04 cut off"),
		"empty":      nil,
		"a log":      []byte("Kênh,Chương trình,Giờ phát,Thời lượng\nA,B,20:00,15:30\n"),
	} {
		es, bad, _ := Register(name, data, opt)
		if len(es) > 0 || len(bad) == 0 || !strings.ContainsAny(bad[0].Msg, "ệôộáạảđ") {
			t.Errorf("%s: %d entries and %v, want a reason in Vietnamese", name, len(es), bad)
		}
	}
	if _, _, err := Register("x", []byte("Số báo,Ngày,Tiêu đề\n"), RegisterOptions{Kind: "poems"}); err == nil {
		t.Error("a kind that is none was read")
	}
}

// TestRegisterOfAThousandRows: one bad row among many is told by its number.
func TestRegisterOfAThousandRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("Số báo,Ngày phát hành,Trang,Chuyên mục,Tiêu đề\n")
	for i := range 1000 {
		day := "06/03/2023"
		if i == 700 {
			day = "30/02/2023"
		}
		fmt.Fprintf(&b, "%d,%s,3,Cải cách hành chính,Bài số %d\n", 5123, day, i)
	}
	opt := registerOptions(t, trait{Register: media.RegPrint})
	if es, bad, _ := Register("x.csv", []byte(b.String()), opt); len(es) > 0 || len(bad) != 1 || bad[0].Row != 702 {
		t.Errorf("%d entries, %v", len(es), bad)
	}
	if es, bad, _ := Register("x.csv", []byte(strings.Replace(b.String(), "30/02", "03/02", 1)), opt); len(es) != 1000 || len(bad) > 0 {
		t.Errorf("%d entries, %v", len(es), bad)
	}
}

func FuzzRegister(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("..", "testdata", "register", "*.?sv"))
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		_, text, _ := strings.Cut(string(raw), "\n")
		for kind := range media.RegisterKinds() {
			f.Add([]byte(text), byte(kind))
		}
	}
	f.Add(trait{}.workbook(f, "Số báo\tNgày\tTrang\tMục\tTiêu đề\n5123\t{{2023-03-06}}\t3\tCCHC\tMột cửa\n"), byte(0))
	f.Fuzz(func(t *testing.T, data []byte, kind byte) {
		kinds := media.RegisterKinds()
		opt := registerOptions(t, trait{Register: kinds[int(kind)%len(kinds)]})
		if kind > 127 {
			opt = registerOptions(t, trait{Register: opt.Kind, From: "2023-03-01", To: "2023-04-01"})
		}
		es, bad, err := Register("fuzz", data, opt)
		if len(es) > 0 && err != nil {
			t.Fatal("half-imported")
		}
		checkRegister(t, es, bad, opt)
	})
}
