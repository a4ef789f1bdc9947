package extract

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"loa/media"
)

func tellPlanned(all []media.Planned) string {
	var out []string
	for _, p := range all {
		out = append(out, fmt.Sprintf("%s %s %s %s %s %s", p.Channel, p.Start.In(time.FixedZone("", 7*3600)).Format("02/01 15:04"), p.Duration, p.Run, p.Column, p.Programme))
	}
	return strings.Join(out, "\n")
}

const guide = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tv SYSTEM "xmltv.dtd">
<tv generator-info-name="mau">
 <channel id="ttv.mau.vn"><display-name>Truyền hình Mẫu</display-name><display-name>TTV</display-name></channel>
 <channel id="la"><display-name>Kênh lạ</display-name></channel>
 <programme start="20230313200000 +0700" stop="20230313201600 +0700" channel="ttv.mau.vn"><title lang="vi">Chung tay CCHC</title><sub-title>Số 10</sub-title><new/></programme>
 <programme start="20230313131600 +0000" channel="ttv.mau.vn"><title>Phim truyện</title><desc>…</desc></programme>
 <programme start="202303132100" stop="20230313213000" channel="ttv.mau.vn"><title>Chung tay CCHC (phát lại)</title></programme>
 <programme start="20230313230000 +0700" channel="ttv.mau.vn"><title>Bản tin cuối ngày</title><previously-shown/></programme>
 <programme start="20230313200000 +0700" channel="la"><title>Gì đó</title></programme>
</tv>`

func TestXMLTV(t *testing.T) {
	var read Handed
	o := logOptions("")
	o.Columns = logOptions("ptth").Columns
	o.See = func(h Handed) { read = h }
	all, bad, err := XMLTV("guide.xml", []byte(guide), o)
	if err != nil || len(bad) > 0 {
		t.Fatal(bad, err)
	}
	want := "ptth 13/03 20:00 16m0s first cchc Chung tay CCHC\nptth 13/03 20:16 44m0s   Phim truyện\nptth 13/03 21:00 30m0s repeat cchc Chung tay CCHC\nptth 13/03 23:00 0s repeat  Bản tin cuối ngày"
	if got := tellPlanned(all); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if all[0].Source != "guide:ptth" || all[0].Printed != "Chung tay CCHC: Số 10" || all[0].ID == all[2].ID || !all[0].Airing().FirstRun || all[0].Airing().Grade != media.GradeD {
		t.Errorf("%+v", all[0])
	}
	if len(read.Notes) != 2 || !strings.Contains(read.Notes[0], "bỏ qua 1 kênh") || !strings.Contains(read.Notes[1], "giờ Việt Nam") {
		t.Errorf("notes: %v", read.Notes)
	}
}

func TestXMLTVWrong(t *testing.T) {
	one := func(attrs, inside string) string {
		return `<tv><channel id="TTV"/>` + "\n" + `<programme channel="TTV" ` + attrs + `>` + inside + `</programme></tv>`
	}
	for says, text := range map[string]string{
		"không phải thời điểm": one(`start="13/03/2023 20:00"`, "<title>A</title>"),
		"phải sau lúc bắt đầu": one(`start="20230313200000 +0700" stop="20230313190000 +0700"`, "<title>A</title>"),
		"thiếu tên chương":     one(`start="20230313200000 +0700"`, "<title> </title>"),
		"các kênh trong kế":    strings.ReplaceAll(one(`start="20230313200000 +0700"`, "<title>A</title>"), "TTV", "XYZ"),
		"không phải tệp XMLTV": "<rss><channel/></rss>",
		"XMLTV hỏng":           "<tv><programme>",
		"không có phần tử":     "",
		"tệp XMLTV hỏng":       `<!DOCTYPE tv [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>` + one(`start="20230313200000 +0700"`, "<title>&b;</title>"),
		"không phải thời":      one(`start="20231399200000 +0700"`, "<title>A</title>"),
	} {
		all, bad, _ := XMLTV("x", []byte(text), logOptions(""))
		if len(all) > 0 || len(bad) != 1 || !strings.Contains(bad[0].Msg, says) {
			t.Errorf("want %q: %d, %v", says, len(all), bad)
		}
	}
	all, bad, _ := XMLTV("x", []byte(`<tv><channel id="TTV"/>`+strings.Repeat("<programme/>", maxProgrammes+1)+`</tv>`), logOptions(""))
	if len(all) > 0 || len(bad) != 1 || !strings.Contains(bad[0].Msg, "chương trình") {
		t.Errorf("%d, %v", len(all), bad)
	}
}

func FuzzXMLTV(f *testing.F) {
	f.Add([]byte(guide))
	f.Add([]byte(`<tv><programme start="20230313" channel="TTV"><title>A</title></programme></tv>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, bad, err := XMLTV("fuzz", data, logOptions(""))
		if len(all) > 0 && (len(bad) > 0 || err != nil) || len(all) == 0 && len(bad) == 0 {
			t.Fatalf("%d, %v, %v", len(all), bad, err)
		}
		had := map[string]bool{}
		for _, p := range all {
			if had[p.ID] || p.Programme == "" || p.Duration < 0 || p.Duration > maxAiring || p.Start.Before(p.Day) {
				t.Fatalf("%+v", p)
			}
			had[p.ID] = true
		}
	})
}

func TestGuide(t *testing.T) {
	const table = "Lịch phát sóng tuần 11\nKênh;Ngày;Giờ;Chương trình;Nội dung;Ghi chú\nTTV;13/03/2023;20:00;Chung tay CCHC;Số 10;\n;;20:16;Phim (phát lại);;\n;;22:30;Thời sự;;trực tiếp\nTTV;14/03/2023;00:30;Ca nhạc;;\n"
	o := logOptions("")
	o.Columns = logOptions("ptth").Columns
	all, bad, err := Guide("lich.csv", []byte(table), o)
	if err != nil || len(bad) > 0 {
		t.Fatal(bad, err)
	}
	want := "ptth 13/03 20:00 16m0s  cchc Chung tay CCHC\nptth 13/03 20:16 2h14m0s repeat  Phim\nptth 13/03 22:30 2h0m0s first  Thời sự\nptth 14/03 00:30 0s   Ca nhạc"
	if got := tellPlanned(all); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if _, bad, _ = Guide("lich.csv", []byte(strings.Replace(table, "14/03", "31/02", 1)), o); len(bad) != 1 || bad[0].Row != 6 {
		t.Errorf("%v", bad)
	}
}

func TestUploads(t *testing.T) {
	const list = "Tiêu đề;Ngày đăng;Giờ đăng;Thời lượng (phút);Địa chỉ\nChung tay CCHC số 10;11/03/2023;08:30;16;https://youtu.be/abcdefghi-1\n" +
		"Bản tin;11/03/2023 09:00;;4;abcdefghi-2\nPhóng sự;12/03/2023;;;https://m.youtube.com/watch?v=abcdefghi-3&t=3\nTrang đài;12/03/2023;;;dai.example/video/7#x\nKhông địa chỉ;12/03/2023;;;\nTổng cộng: 5;;;;\n"
	all, bad, err := Uploads("video.csv", []byte(list), logOptions("ptth"))
	if err != nil || len(bad) > 0 {
		t.Fatal(bad, err)
	}
	var got []string
	for _, u := range all {
		got = append(got, fmt.Sprintf("%s %s %s %s %s %s", u.At.In(time.FixedZone("", 7*3600)).Format("02/01 15:04"), u.Precision, u.Duration, u.Column, u.URL, u.Title))
	}
	want := `11/03 08:30 minute 16m0s cchc https://www.youtube.com/watch?v=abcdefghi-1 Chung tay CCHC số 10
11/03 09:00 minute 4m0s  https://www.youtube.com/watch?v=abcdefghi-2 Bản tin
12/03 00:00 day 0s  https://www.youtube.com/watch?v=abcdefghi-3 Phóng sự
12/03 00:00 day 0s  https://dai.example/video/7 Trang đài
12/03 00:00 day 0s   Không địa chỉ`
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("%s\nwant\n%s", s, want)
	}
	for says, text := range map[string]string{
		"không phải ngày có thật": "Tiêu đề;Ngày đăng\nA;31/02/2023\n",
		"thiếu tiêu đề":           "Tiêu đề;Ngày đăng\n;11/03/2023\n",
		"trùng với dòng 2":        "Tiêu đề;Ngày đăng;Link\nA;11/03/2023;https://youtu.be/abcdefghi-1\nB;11/03/2023;https://www.youtube.com/watch?v=abcdefghi-1\n",
		"không phải địa chỉ":      "Tiêu đề;Ngày đăng;Link\nA;11/03/2023;javascript:alert(1)\n",
		"thiếu cột «Ngày đăng»":   "Tiêu đề;Link;Thời lượng\nA;https://youtu.be/abcdefghi-1;3\n",
		"không phải thời lượng":   "Tiêu đề;Ngày đăng;Thời lượng\nA;11/03/2023;lâu\n",
	} {
		all, bad, _ := Uploads("x", []byte(text), logOptions("ptth"))
		if len(all) > 0 || len(bad) != 1 || !strings.Contains(bad[0].Msg, says) {
			t.Errorf("want %q: %d, %v", says, len(all), bad)
		}
	}
}

func FuzzUploads(f *testing.F) {
	f.Add([]byte("Tiêu đề;Ngày đăng;Link\nA;11/03/2023;https://youtu.be/abcdefghi-1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, bad, err := Uploads("fuzz", data, logOptions("ptth"))
		if len(all) > 0 && (len(bad) > 0 || err != nil) || len(all) == 0 && len(bad) == 0 {
			t.Fatalf("%d, %v, %v", len(all), bad, err)
		}
		had := map[string]bool{}
		for _, u := range all {
			if had[u.ID] || u.Title == "" || u.At.IsZero() || u.Duration < 0 || u.Channel == "" {
				t.Fatalf("%+v", u)
			}
			had[u.ID] = true
		}
	})
}

// TestGuideWritten: schedules as stations write them for people: lines under
// days, and a column for each day.
func TestGuideWritten(t *testing.T) {
	o := logOptions("ptth")
	var read Handed
	o.See = func(h Handed) { read = h }
	lines := "LỊCH PHÁT SÓNG TUẦN 11\nTừ ngày 13/03/2023 đến ngày 19/03/2023\nThứ hai, ngày 13/03/2023\n– 19h45 Thời sự\n– 20h05 Chung tay CCHC (phát mới)\n– 20h30 Phim\nThứ ba, ngày 14/03/2023\n– 19h45 Thời sự\n"
	want := "ptth 13/03 19:45 20m0s   Thời sự\nptth 13/03 20:05 25m0s first cchc Chung tay CCHC\nptth 13/03 20:30 0s   Phim\nptth 14/03 19:45 0s   Thời sự"
	week := workbook(t, func(f *excelize.File, set func(string, any)) {
		set("A1", "Lịch phát sóng từ ngày 13/03/2023 đến ngày 19/03/2023")
		for c, v := range map[string]any{"A2": "Giờ", "B2": "Thứ hai", "C2": "Thứ ba", "D2": "Thứ tư", "A3": 19.75 / 24, "B3": "Thời sự", "C3": "Thời sự", "D3": "Thời sự",
			"A4": "20h05", "B4": "Chung tay CCHC", "C4": "Phim", "D4": "Ca nhạc"} {
			set(c, v)
		}
	})
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"lines": {[]byte(lines), want},
		"days": {week, "ptth 13/03 19:45 20m0s   Thời sự\nptth 13/03 20:05 0s  cchc Chung tay CCHC\nptth 14/03 19:45 20m0s   Thời sự\nptth 14/03 20:05 0s   Phim\n" +
			"ptth 15/03 19:45 20m0s   Thời sự\nptth 15/03 20:05 0s   Ca nhạc"},
	} {
		all, bad, err := Guide(name, c.data, o)
		if err != nil || len(bad) > 0 || tellPlanned(all) != c.want {
			t.Errorf("%s: %v %v\n%s\nwant\n%s", name, bad, err, tellPlanned(all), c.want)
		}
		if len(read.Notes) != 1 || !strings.Contains(read.Notes[0], "--preview") {
			t.Errorf("%s: notes %v", name, read.Notes)
		}
		for _, p := range all {
			if p.Source != "guide:ptth" {
				t.Errorf("%+v", p)
			}
		}
	}
	if _, bad, _ := Guide("thu", []byte("Kính gửi\nTrân trọng"), o); len(bad) != 1 || !strings.Contains(bad[0].Msg, "dòng tiêu đề") {
		t.Errorf("%v", bad)
	}
}

func FuzzGuide(f *testing.F) {
	f.Add([]byte("Thứ hai, ngày 13/03/2023\n– 19h45 Thời sự\n– 20h05 Phim\n"))
	f.Add([]byte("Ngày;Giờ;Chương trình\n13/03/2023;20:00;A\n"))
	f.Add(handed(f, "a-table-each-day.docx"))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, bad, err := Guide("fuzz", data, logOptions("ptth"))
		if len(all) > 0 && (len(bad) > 0 || err != nil) || len(all) == 0 && len(bad) == 0 {
			t.Fatalf("%d, %v, %v", len(all), bad, err)
		}
		had := map[string]bool{}
		for _, p := range all {
			if had[p.ID] || p.Programme == "" || p.Duration < 0 || p.Duration > maxAiring || p.Start.IsZero() || p.Day.IsZero() {
				t.Fatalf("%+v", p)
			}
			had[p.ID] = true
		}
	})
}
