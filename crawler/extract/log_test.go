package extract

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/media"
)

func logOptions(channel string) LogOptions {
	o := LogOptions{Channel: channel, Columns: []media.Column{
		{ID: "cchc", Name: "Cải cách hành chính", Aliases: media.Aliases("Chung tay CCHC")},
		{ID: "khac", Name: "Hành chính công"},
	}}
	if channel == "" {
		o.Channels = []LogChannel{{ID: "ptth", Agency: "mau/dai", Name: "PTTH Mẫu", Medium: "tv", Aliases: []string{"TTV"}}}
	}
	return o
}

func showLog(as []media.Airing, bad []RowError) any {
	if len(bad) > 0 {
		var out []string
		for _, e := range bad {
			out = append(out, fmt.Sprintf("%d %s", e.Row, e.Column))
		}
		return map[string]any{"errors": out}
	}
	type shown struct {
		Row       int    `json:"row"`
		Channel   string `json:"channel"`
		Medium    string `json:"medium,omitempty"`
		Programme string `json:"programme"`
		Title     string `json:"title,omitempty"`
		Column    string `json:"column,omitempty"`
		Start     string `json:"start"`
		Duration  string `json:"duration"`
		FirstRun  bool   `json:"first_run"`
	}
	var out []shown
	for _, a := range as {
		out = append(out, shown{a.Row, a.Channel, a.Medium, a.Programme, a.Title, a.Column, a.Start.In(time.FixedZone("", 7*3600)).Format(time.RFC3339), a.Duration.String(), a.FirstRun})
	}
	return map[string]any{"airings": out}
}

func TestAirings(t *testing.T) {
	fixtures(t, "log", func(t *testing.T, name string, tr trait, body []byte) any {
		as, bad, err := Airings(name+".csv", body, logOptions(tr.Channel))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range bad {
			t.Log(e)
			if e.Msg == "" {
				t.Error("an error without words")
			}
		}
		if len(bad) > 0 && len(as) > 0 {
			t.Error("errors and airings together: nothing may be half-imported")
		}
		return showLog(as, bad)
	})
}

// workbook builds an XLSX the way stations send them: letterhead, a header of
// two rows with merged cells, real dates and times.
func workbook(t testing.TB, fill func(f *excelize.File, set func(cell string, v any))) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f, func(cell string, v any) {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	})
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func stationSheet(t testing.TB) []byte {
	return workbook(t, func(f *excelize.File, set func(string, any)) {
		set("A1", "ĐÀI PHÁT THANH VÀ TRUYỀN HÌNH TỈNH MẪU")
		set("A2", "NHẬT KÝ PHÁT SÓNG TUẦN 10 NĂM 2023")
		for _, m := range [][2]string{{"A1", "G1"}, {"A2", "G2"}, {"D4", "E4"}, {"A4", "A5"}, {"B4", "B5"}} {
			if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
				t.Fatal(err)
			}
		}
		for c, v := range map[string]any{"A4": "STT", "B4": "Kênh phát", "C4": "Ngày phát", "D4": "Thời gian", "D5": "Bắt đầu", "E5": "Kết thúc", "F4": "Tên chương trình", "G4": "Lần phát"} {
			set(c, v)
		}
		day := time.Date(2023, 3, 6, 0, 0, 0, 0, time.UTC)
		set("A6", 1)
		set("B6", "TTV")
		set("C6", day)
		set("D6", 20.0/24)
		set("E6", 20.0/24+16.0/1440)
		set("F6", "Chuyên mục Cải cách hành chính")
		set("G6", "Lần 1")
		set("A7", 2)
		set("D7", "23:50")
		set("E7", "0:10")
		set("F7", "=SUM(A1) là tên phim")
		set("G7", "Lần 2")
		set("A9", "Tổng cộng: 2")
		set("F10", "Người lập biểu")
		set("F13", "Phòng Chương trình")
	})
}

func TestAiringsSheet(t *testing.T) {
	data := stationSheet(t)
	as, bad, err := Airings("tuan10.xlsx", data, logOptions(""))
	if err != nil || len(bad) > 0 {
		t.Fatal(err, bad)
	}
	if len(as) != 2 {
		t.Fatalf("%d airings, want 2: %+v", len(as), as)
	}
	a, b := as[0], as[1]
	if got := a.Start.Format(time.RFC3339); got != "2023-03-06T13:00:00Z" || a.Duration != 16*time.Minute || !a.FirstRun || a.Column != "cchc" || a.Channel != "ptth" || a.Medium != "tv" || a.Row != 6 {
		t.Errorf("first row: %+v", a)
	}
	if got := b.Start.Format(time.RFC3339); got != "2023-03-06T16:50:00Z" || b.Duration != 20*time.Minute || b.FirstRun || b.Column != "" || b.Row != 7 {
		t.Errorf("row with carried day and channel, over midnight: %+v", b)
	}
	again, _, _ := Airings("khac.xlsx", data, logOptions(""))
	if again[0].ID != a.ID || a.ID == b.ID || a.FileHash == "" {
		t.Error("ids must come from file and row alone")
	}
}

func TestAiringsSheetLengths(t *testing.T) {
	data := workbook(t, func(f *excelize.File, set func(string, any)) {
		for i, h := range []string{"Chương trình", "Ngày", "Giờ", "Thời lượng"} {
			set(string(rune('A'+i))+"1", h)
		}
		for i, v := range []any{15.5 / 1440, 15.5 / 24, "15'30\""} { // a length, a length typed as 15:30, text
			row := fmt.Sprint(i + 2)
			set("A"+row, "Thời sự")
			set("B"+row, time.Date(2023, 3, 6, 0, 0, 0, 0, time.UTC))
			set("C"+row, 0.8125)
			set("D"+row, v)
		}
	})
	as, bad, err := Airings("x.xlsx", data, logOptions("ptth"))
	if err != nil || len(bad) > 0 {
		t.Fatal(err, bad)
	}
	for _, a := range as {
		if a.Duration != 15*time.Minute+30*time.Second || a.Start.Format("15:04") != "12:30" {
			t.Errorf("row %d: %s at %s", a.Row, a.Duration, a.Start)
		}
	}
}

func TestAiringsRefusals(t *testing.T) {
	two := workbook(t, func(f *excelize.File, set func(string, any)) {
		for _, sheet := range []string{"Sheet1", "Tuần 11"} {
			if sheet != "Sheet1" {
				if _, err := f.NewSheet(sheet); err != nil {
					t.Fatal(err)
				}
			}
			for i, h := range []string{"Chương trình", "Ngày", "Giờ", "Thời lượng"} {
				f.SetCellValue(sheet, string(rune('A'+i))+"1", h)
			}
		}
	})
	for name, data := range map[string][]byte{
		"two sheets":   two,
		"old excel":    append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...),
		"pdf":          []byte("%PDF-1.4 xxx"),
		"broken zip":   []byte("PK\x03\x04 cut off"),
		"cut workbook": stationSheet(t)[:2000],
		"empty":        nil,
		"html":         []byte("<html><body>Không có quyền truy cập</body></html>"),
	} {
		t.Run(name, func(t *testing.T) {
			as, bad, _ := Airings(name, data, logOptions("ptth"))
			if len(as) > 0 || len(bad) == 0 || bad[0].Msg == "" {
				t.Errorf("got %d airings and %v, want a reason in Vietnamese", len(as), bad)
			}
			if !strings.ContainsAny(bad[0].Msg, "ệôộáạảđ") {
				t.Errorf("not Vietnamese: %s", bad[0].Msg)
			}
		})
	}
}

func FuzzAirings(f *testing.F) {
	f.Add([]byte("Kênh,Chương trình,Ngày,Giờ,Thời lượng\nA,B,06/03/2023,20:00,15:30\n"))
	f.Add([]byte("Tên chương trình;Ngày;Bắt đầu;Kết thúc\r\nB;;23:50;0:10\r\n"))
	f.Add([]byte("Chương trình\tGiờ\tThời lượng (phút)\n\"a\tb\n"))
	f.Add(stationSheet(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		as, bad, err := Airings("fuzz", data, logOptions("ptth"))
		if len(as) > 0 && (len(bad) > 0 || err != nil) {
			t.Fatal("half-imported")
		}
		ids := map[string]bool{}
		for _, a := range as {
			if a.Duration <= 0 || a.Duration > maxAiring || a.Start.IsZero() || a.Programme == "" || ids[a.ID] {
				t.Fatalf("bad airing %+v", a)
			}
			ids[a.ID] = true
		}
	})
}
