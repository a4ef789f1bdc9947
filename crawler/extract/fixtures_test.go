package extract

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"loa/media"
)

var (
	update = flag.Bool("update", false, "rewrite the expected results beside the fixtures")
	half   = flag.String("half", "", "run only the fixtures held back (held) or only the others (dev)")
)

// trait is the first line of a fixture: a comment holding JSON.
type trait struct {
	Trait       string
	Held        bool
	Base        string
	ContentType string `json:"content_type"`
	Encode      string
	Deep        int
	Channel     string
	Register    media.RegisterKind
	From, To    string // of a register's span, yyyy-mm-dd
	Month       string // of a radio's form, yyyy-mm
	District    string // of a radio's sheet, agency ids
	Agency      string
	Signed      bool
	KnownOnly   bool     `json:"known_only"`
	Now         string   // when it was fetched, RFC 3339
	Sheet       bool     // tabs become a workbook; {{2023-03-06}} is a real date there
	Merge       []string // cells of the sheet
	Expect      []media.Expect
	Rule        struct {
		Item, Link, Title, Lead, Date         string
		Headline, Sapo, Body, Section, Byline string
		PageDate                              string `json:"page_date"`
		DateLayout                            string `json:"date_layout"`
		DateFormat                            string `json:"date_format"`
		Zone                                  string
		ArticleURL                            string `json:"article_url"`
		Key                                   string
		Next                                  media.Paging
		Number, Signed, Issuer                string
		Answered, Answer                      string
	}
	Kind media.SourceKind // of a paged source; a list if not said
	N    int              // page of the list that the fixture shows
}

func (t trait) now(tb testing.TB) time.Time {
	if t.Now == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, t.Now)
	if err != nil {
		tb.Fatal(err)
	}
	return at
}

func (t trait) source(tb testing.TB) media.Source {
	r := t.Rule
	return media.Source{URL: t.Base, Expect: t.Expect, Kind: t.Kind, Rule: media.Rule{
		Now: t.now(tb), DateFormat: r.DateFormat, Zone: r.Zone,
		Item: r.Item, Link: r.Link, Title: r.Title, Lead: r.Lead, Date: r.Date,
		Headline: r.Headline, Sapo: r.Sapo, Body: r.Body, PageDate: r.PageDate, Section: r.Section, Byline: r.Byline,
		DateLayout: r.DateLayout, ArticleURL: r.ArticleURL, Key: r.Key, Next: r.Next,
		Number: r.Number, Signed: r.Signed, Issuer: r.Issuer, Answered: r.Answered, Answer: r.Answer,
	}}
}

// bytes is the rest of the file as it comes over the wire.
func (t trait) bytes(tb testing.TB, text string) []byte {
	if t.Deep > 0 {
		text = strings.ReplaceAll(text, "{{deep}}", strings.Repeat("<div>", t.Deep))
		var fonts strings.Builder
		for i := range t.Deep {
			fonts.WriteString(`<font size="` + strconv.Itoa(i) + `">`)
		}
		text = strings.ReplaceAll(text, "{{font}}", fonts.String())
	}
	if strings.Contains(text, "{{attrs}}") {
		text = strings.ReplaceAll(text, "{{attrs}}", strings.Repeat(` a="b"`, 100_000))
	}
	text = strings.ReplaceAll(text, "{{long}}", strings.Repeat("dài ", 750))
	if t.Sheet {
		return t.workbook(tb, text)
	}
	switch t.Encode {
	case "nfd":
		return []byte(norm.NFD.String(text))
	case "utf-16le", "utf-16be", "utf-16le-bare":
		var out []byte
		units := utf16.Encode([]rune(text))
		if t.Encode != "utf-16le-bare" {
			units = append([]uint16{0xfeff}, units...)
		}
		for _, u := range units {
			if t.Encode != "utf-16be" {
				out = append(out, byte(u), byte(u>>8))
			} else {
				out = append(out, byte(u>>8), byte(u))
			}
		}
		return out
	case "windows-1258":
		return to1258(tb, text)
	case "gzip", "gzip-cut":
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write([]byte(text))
		z.Close() // into memory
		if t.Encode == "gzip-cut" {
			return b.Bytes()[:b.Len()*3/5]
		}
		return b.Bytes()
	}
	return []byte(regexp.MustCompile(`\{\{x([0-9A-F]{2})\}\}`).ReplaceAllStringFunc(text, func(m string) string {
		n, _ := strconv.ParseUint(m[3:5], 16, 8)
		return string([]byte{byte(n)})
	}))
}

// to1258 writes Vietnamese as windows-1258 has it: a letter with its breve,
// circumflex or horn, then a combining tone.
func to1258(tb testing.TB, text string) []byte {
	var out []byte
	for _, r := range text {
		if b, ok := charmap.Windows1258.EncodeRune(r); ok {
			out = append(out, b)
			continue
		}
		var rest []byte
		base := []rune(norm.NFD.String(string(r)))
		for len(base) > 1 { // peel marks until the composed rest is one byte
			done := false
			for i := len(base) - 1; i > 0 && !done; i-- {
				b, ok := charmap.Windows1258.EncodeRune(base[i])
				left := append(append([]rune{}, base[:i]...), base[i+1:]...)
				c := []rune(norm.NFC.String(string(left)))
				if ok && len(c) == 1 {
					if cb, ok := charmap.Windows1258.EncodeRune(c[0]); ok {
						rest, done = []byte{cb, b}, true
					}
				}
			}
			break
		}
		if rest == nil {
			tb.Fatalf("no windows-1258 for %q", r)
		}
		out = append(out, rest...)
	}
	return out
}

func fixtures(t *testing.T, kind string, run func(t *testing.T, name string, tr trait, body []byte) any) {
	files, err := filepath.Glob(filepath.Join("..", "testdata", kind, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures of kind %s: %v", kind, err)
	}
	for _, f := range files {
		if filepath.Ext(f) == ".json" {
			continue
		}
		name := strings.TrimSuffix(filepath.Base(f), filepath.Ext(f))
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		line, text, _ := strings.Cut(string(raw), "\n")
		line = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(line, "#"), "<!--"), "-->"))
		var tr trait
		if err := json.Unmarshal([]byte(line), &tr); err != nil || tr.Trait == "" {
			t.Fatalf("%s: the first line must name the trait: %v", f, err)
		}
		if *half == "held" && !tr.Held || *half == "dev" && tr.Held {
			continue
		}
		t.Run(name, func(t *testing.T) {
			got := plain(t, run(t, name, tr, tr.bytes(t, text)))
			path := strings.TrimSuffix(f, filepath.Ext(f)) + ".json"
			if *update {
				var b bytes.Buffer
				e := json.NewEncoder(&b)
				e.SetEscapeHTML(false)
				e.SetIndent("", "  ")
				if err := e.Encode(got); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want any
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				g, _ := json.MarshalIndent(got, "", " ")
				w, _ := json.MarshalIndent(want, "", " ")
				t.Errorf("%s\n got %s\nwant %s", tr.Trait, g, w)
			}
		})
	}
}

func plain(t *testing.T, v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func showDate(d media.Date) string {
	if d.Precision == media.NoDate {
		return ""
	}
	s := d.At.In(time.FixedZone("", 7*3600)).Format(time.RFC3339) + " " + string(d.Precision) + " " + d.Found
	if d.ZoneGiven {
		s += " zone"
	}
	return s
}

// odd are the notes that say that something is wrong with the page.
func odd(notes []Note) (out []string) {
	for _, n := range notes {
		switch n.Code {
		case "spam", "web_part", "no_body", "date_format", "too_deep_item", "cut_off", "one_by_one":
			out = append(out, n.Code)
		}
	}
	return out
}

type shownEntry struct {
	URL     string `json:"url,omitempty"`
	Key     string `json:"key,omitempty"`
	Title   string `json:"title,omitempty"`
	Lead    string `json:"lead,omitempty"`
	Section string `json:"section,omitempty"`
	Date    string `json:"date,omitempty"`

	Number   string `json:"number,omitempty"`
	Signed   string `json:"signed,omitempty"`
	Issuer   string `json:"issuer,omitempty"`
	State    string `json:"state,omitempty"`
	Asked    string `json:"asked,omitempty"`
	Answered string `json:"answered,omitempty"`
}

// showDay is a local day, "" for none.
func showDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(time.FixedZone("", 7*3600)).Format("2006-01-02 15:04")
}

func showListing(t *testing.T, l Listing, err error) any {
	if err != nil {
		return showBlind(t, err)
	}
	out := struct {
		Entries []shownEntry `json:"entries"`
		Partial bool         `json:"partial,omitempty"`
		Notes   []string     `json:"notes,omitempty"`
	}{Partial: l.Partial, Notes: odd(l.Notes)}
	seen := map[string]bool{}
	for _, e := range l.Entries {
		if seen[e.Key] || e.Key == "" {
			t.Errorf("key %q twice or empty", e.Key)
		}
		seen[e.Key] = true
		key := e.Key
		if regexp.MustCompile(`#[0-9a-f]{32}$`).MatchString(key) {
			key = "*"
		}
		s := shownEntry{URL: e.URL, Key: key, Title: e.Title, Lead: e.Lead, Section: e.Section, Date: showDate(e.Date)}
		if d := e.Document; d != nil {
			s.Number, s.Signed, s.Issuer = d.Number, showDay(d.Signed), d.Issuer
		}
		if q := e.Question; q != nil {
			s.Key, s.Number, s.State, s.Asked, s.Answered = "", q.Number, q.State, showDay(q.Asked), showDay(q.Answered)
		}
		out.Entries = append(out.Entries, s)
	}
	return out
}

func showBlind(t *testing.T, err error) any {
	var b *BlindError
	if !errors.As(err, &b) {
		t.Fatalf("not a BlindError: %v", err)
	}
	t.Log(b)
	return map[string]string{"blind": b.Reason}
}

func TestFeed(t *testing.T) {
	fixtures(t, "feed", func(t *testing.T, _ string, tr trait, body []byte) any {
		text, err := Decode(body, tr.ContentType)
		if err != nil {
			return showBlind(t, err)
		}
		l, err := Feed(text, tr.source(t), tr.Base)
		t.Log(l.Notes)
		return showListing(t, l, err)
	})
}

func TestDocuments(t *testing.T) { listings(t, "documents", Documents) }
func TestQuestions(t *testing.T) { listings(t, "questions", Questions) }

func listings(t *testing.T, kind string, read func(string, media.Source, string) (Listing, error)) {
	fixtures(t, kind, func(t *testing.T, _ string, tr trait, body []byte) any {
		text, err := Decode(body, tr.ContentType)
		if err != nil {
			return showBlind(t, err)
		}
		l, err := read(text, tr.source(t), tr.Base)
		t.Log(l.Notes)
		return showListing(t, l, err)
	})
}

func TestList(t *testing.T) {
	fixtures(t, "list", func(t *testing.T, _ string, tr trait, body []byte) any {
		text, err := Decode(body, tr.ContentType)
		if err != nil {
			return showBlind(t, err)
		}
		l, err := List(text, tr.source(t), tr.Base)
		t.Log(l.Notes)
		return showListing(t, l, err)
	})
}

// announced are the columns that schedules of fixtures are read for.
func announced() []media.Column {
	return []media.Column{{ID: "chung-tay", Agency: "tinh/dai", Name: "Chung tay cải cách hành chính"}, {ID: "khac", Agency: "tinh/bao", Name: "Thời sự"}}
}

func TestUploadFeed(t *testing.T) {
	fixtures(t, "uploads", func(t *testing.T, _ string, tr trait, body []byte) any {
		text, err := Decode(body, tr.ContentType)
		if err != nil {
			return showBlind(t, err)
		}
		all, err := UploadFeed(text, media.Source{ID: "tinh/video", Agency: "tinh/dai", Channel: "ytv"}, tr.Base, announced())
		if err != nil {
			return showBlind(t, err)
		}
		var out []string
		for _, u := range all {
			out = append(out, showDay(u.At)+" "+u.Title+" "+u.URL+" ["+u.Column+"]")
		}
		return out
	})
}

func TestSchedule(t *testing.T) {
	fixtures(t, "schedule", func(t *testing.T, _ string, tr trait, body []byte) any {
		text, err := Decode(body, tr.ContentType)
		if err != nil {
			return showBlind(t, err)
		}
		src := tr.source(t)
		src.ID, src.Agency, src.Channel = "tinh/lich", "tinh/dai", "ytv"
		all, err := Schedule(text, src, tr.Base, announced())
		if err != nil {
			return showBlind(t, err)
		}
		var out []string
		for _, p := range all {
			s := showDay(p.Start) + " " + p.Programme
			if p.Duration > 0 {
				s += " " + p.Duration.String()
			}
			if local := showDay(p.Day)[:10]; !strings.HasPrefix(s, local) {
				s += " of " + local
			}
			for _, mark := range []string{p.Run, p.Column, map[bool]string{true: "live"}[p.Live]} {
				if mark != "" {
					s += " [" + mark + "]"
				}
			}
			if p.Source != src.ID || p.Channel != src.Channel || p.Printed == "" || p.ID == "" {
				t.Errorf("%+v", p)
			}
			out = append(out, s)
		}
		return out
	})
}

// TestProbe: what has to be posted on a page and is not.
func TestProbe(t *testing.T) {
	fixtures(t, "probe", func(t *testing.T, _ string, tr trait, body []byte) any {
		text, err := Decode(body, tr.ContentType)
		if err != nil {
			return showBlind(t, err)
		}
		missing, err := Missing(text, tr.source(t), tr.Base)
		if err != nil {
			return showBlind(t, err)
		}
		return map[string][]string{"missing": missing}
	})
	src := media.Source{Expect: []media.Expect{{Name: "x", Selector: "div["}}}
	if _, err := Missing("<p>chữ</p>", src, "http://so.example/"); showBlind(t, err).(map[string]string)["blind"] != media.ParseError {
		t.Errorf("a selector that is none: %v", err)
	}
	for _, e := range []media.Expect{{Name: "a", Selector: "div["}, {Name: "b", Regexp: "("}, {Name: "c", Selector: "#x", Regexp: "^x"}} {
		if errs := CheckExpect(e); len(errs) > 0 != (e.Name != "c") {
			t.Errorf("%+v: %v", e, errs)
		}
	}
}

func TestPage(t *testing.T) {
	fixtures(t, "article", func(t *testing.T, _ string, tr trait, body []byte) any {
		text, err := Decode(body, tr.ContentType)
		if err != nil {
			return showBlind(t, err)
		}
		a, err := Page(text, tr.source(t), tr.Base)
		if err != nil {
			return showBlind(t, err)
		}
		t.Log(a.Notes)
		return struct {
			Title   string   `json:"title,omitempty"`
			Lead    string   `json:"lead,omitempty"`
			Body    string   `json:"body,omitempty"`
			Byline  string   `json:"byline,omitempty"`
			Section string   `json:"section,omitempty"`
			Credit  string   `json:"credit,omitempty"`
			Date    string   `json:"date,omitempty"`
			Images  int      `json:"images,omitempty"`
			How     string   `json:"how,omitempty"`
			Notes   []string `json:"notes,omitempty"`
		}{a.Title, a.Lead, a.Body, a.Byline, a.Section, a.Credit, showDate(a.Date), a.Images, a.How, odd(a.Notes)}
	})
}
