package extract

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loa/media"
)

func radioOptions(tb testing.TB, tr trait) RadioOptions {
	day := func(layout, s string) (t time.Time) {
		if s != "" {
			var err error
			if t, err = time.ParseInLocation(layout, s, time.FixedZone("", 7*3600)); err != nil {
				tb.Fatal(err)
			}
		}
		return t
	}
	commune := func(id, name, parent string) media.Agency {
		return media.Agency{ID: "mau/" + id, Name: "Ủy ban nhân dân " + name, Short: strings.ToUpper(name[:1]) + name[1:], Level: media.Commune, Parent: "mau/" + parent}
	}
	return RadioOptions{District: tr.District, Agency: tr.Agency, Month: day("2006-01", tr.Month), From: day("2006-01-02", tr.From), To: day("2006-01-02", tr.To),
		Signed: tr.Signed, KnownOnly: tr.KnownOnly, Agencies: []media.Agency{
			{ID: "mau/huyen-khe-may", Name: "Ủy ban nhân dân huyện Khe Mây", Short: "Huyện Khe Mây", Level: media.District},
			{ID: "mau/huyen-suoi-trang", Name: "Ủy ban nhân dân huyện Suối Trăng", Short: "Huyện Suối Trăng", Level: media.District},
			commune("xa-lung-may", "xã Lũng Mây", "huyen-khe-may"), commune("xa-khe-trang", "xã Khe Trăng", "huyen-khe-may"), commune("tt-khe-may", "thị trấn Khe Mây", "huyen-khe-may"),
			commune("xa-dai-son", "xã Đại Sơn", "huyen-khe-may"), commune("tan-lap-1", "xã Tân Lập", "huyen-khe-may"), commune("tan-lap-2", "xã Tân Lập", "huyen-suoi-trang"),
			{ID: "mau/so", Name: "Sở Nội vụ", Level: media.Department},
		}}
}

func showRadio(r RadioSheet, bad []RowError) any {
	if len(bad) > 0 {
		var out []string
		for _, e := range bad {
			out = append(out, e.Error())
		}
		return map[string]any{"errors": out}
	}
	type row struct {
		Row      int             `json:"row"`
		Title    string          `json:"title"`
		At       string          `json:"at"`
		Bulletin *media.Bulletin `json:"bulletin"`
	}
	type part struct {
		Kind   media.RegisterKind `json:"kind"`
		Agency string             `json:"agency"`
		From   string             `json:"from"`
		To     string             `json:"to"`
		Note   string             `json:"note,omitempty"`
		Rows   []row              `json:"rows"`
	}
	show := func(t time.Time) string { return t.In(time.FixedZone("", 7*3600)).Format("2006-01-02T15:04") }
	var parts []part
	for _, g := range r.Registers {
		p := part{g.Kind, g.Agency, show(g.From)[:10], show(g.To)[:10], g.Note, []row{}}
		for _, e := range g.Rows {
			p.Rows = append(p.Rows, row{e.Row, e.Title, show(e.At), e.Bulletin})
		}
		parts = append(parts, p)
	}
	return map[string]any{"registers": parts, "blank": r.Blank, "unknown": r.Unknown, "log": r.Log}
}

func TestRadio(t *testing.T) {
	fixtures(t, "radio", func(t *testing.T, name string, tr trait, body []byte) any {
		opt := radioOptions(t, tr)
		r, bad, err := Radio(name, body, opt)
		if err != nil {
			t.Fatal(err)
		}
		checkRadio(t, r, bad, opt)
		return showRadio(r, bad)
	})
}

// checkRadio holds for whatever was read.
func checkRadio(t *testing.T, r RadioSheet, bad []RowError, opt RadioOptions) {
	if len(bad) > 0 && len(r.Registers) > 0 {
		t.Fatal("errors and registers together: nothing may be half-imported")
	}
	for _, e := range bad {
		if e.Msg == "" {
			t.Fatal("an error without words")
		}
	}
	slots := map[string]bool{}
	for _, g := range r.Registers {
		ids := map[string]bool{}
		slot := g.Agency + g.From.String()
		known := false
		for _, a := range opt.Agencies {
			known = known || a.ID == g.Agency && (a.Level == media.Commune || a.Level == media.District)
		}
		switch {
		case !known || slots[slot] || !g.From.Before(g.To):
			t.Fatalf("register %+v", g)
		case r.Log != (g.Kind == media.RegRadioLog) || !r.Log && g.From.AddDate(0, 1, 0) != g.To:
			t.Fatalf("%s from %s to %s", g.Kind, g.From, g.To)
		case len(g.Rows) == 0 && g.Note == "":
			t.Fatal("nothing, and nobody says so")
		}
		slots[slot] = true
		for _, e := range g.Rows {
			switch {
			case ids[e.ID] || e.ID != g.Kind.EntryID(g.Agency, e):
				t.Fatalf("id of %+v", e)
			case e.Bulletin == nil || e.Title == "" || e.At.Before(g.From) || !e.At.Before(g.To) || e.Bulletin.Month == "":
				t.Fatalf("entry %+v of %+v", e, e.Bulletin)
			case e.Bulletin.Reform && e.Bulletin.Other, e.Bulletin.Form == r.Log, e.Bulletin.Form && e.Bulletin.Of != len(g.Rows):
				t.Fatalf("bulletin %+v", e.Bulletin)
			}
			ids[e.ID] = true
		}
	}
}

// FuzzRadio: whatever the file, it ends without a panic, wholly read or not at all.
func FuzzRadio(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("..", "testdata", "radio", "*.?sv"))
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		_, text, _ := strings.Cut(string(raw), "\n")
		f.Add([]byte(text), byte(len(text)))
	}
	f.Add(trait{}.workbook(f, "Xã\tTháng\tSố tin bài\nLũng Mây\t{{2023-03-01}}\t3\n"), byte(0))
	f.Fuzz(func(t *testing.T, data []byte, how byte) {
		tr := trait{From: "2023-03-01", To: "2023-04-01", KnownOnly: how&1 > 0}
		if how&2 > 0 {
			tr.Month = "2023-03"
		}
		if how&4 > 0 {
			tr.District = "mau/huyen-khe-may"
		}
		if how&8 > 0 {
			tr.Agency = "mau/xa-lung-may"
		}
		opt := radioOptions(t, tr)
		r, bad, err := Radio("fuzz", data, opt)
		if err != nil && len(r.Registers) > 0 {
			t.Fatal("half-imported")
		}
		checkRadio(t, r, bad, opt)
	})
}

// TestRadioNames: how sheets write whom they mean.
func TestRadioNames(t *testing.T) {
	r := newRadioNames(radioOptions(t, trait{}).Agencies)
	for name, want := range map[string]string{
		"xã Lũng Mây": "xa-lung-may", "LŨNG MÂY": "xa-lung-may", "UBND xã Lũng Mây": "xa-lung-may", "Ủy ban nhân dân xã Lũng Mây": "xa-lung-may",
		"Đài truyền thanh xã Lũng Mây": "xa-lung-may", "Dai truyen thanh co so xa Lung May": "xa-lung-may", "X. Lũng Mây": "xa-lung-may",
		"Đại Sơn": "xa-dai-son", "Đài Đại Sơn": "xa-dai-son", "đài truyền thanh Đại Sơn": "xa-dai-son", "TT Khe Mây": "tt-khe-may", "thị trấn Khe Mây": "tt-khe-may",
		"Khe Mây": "tt-khe-may", "huyện Khe Mây": "huyen-khe-may", "Đài TT huyện Khe Mây": "", "Trung tâm Truyền thông và Văn hóa huyện Khe Mây": "huyen-khe-may",
		"Tân Lập": "", "xã Khe Mây": "", "phường Lũng Mây": "", "Sở Nội vụ": "", "": "", "Đài": "", "xã": "",
	} {
		a, msg := r.find(name, "", time.Time{})
		if strings.TrimPrefix(a.ID, "mau/") != want || (msg == "") != (want != "") {
			t.Errorf("%q is %q (%s), want %q", name, a.ID, msg, want)
		}
	}
}
