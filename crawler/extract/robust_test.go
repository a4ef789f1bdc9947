package extract

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loa/media"
)

func TestCheckRule(t *testing.T) {
	if errs := CheckRule(media.Rule{}); len(errs) > 0 {
		t.Errorf("the empty rule is right: %v", errs)
	}
	if errs := CheckRule(media.Rule{Item: "ul > li.tin", Link: "a[href]", Headline: "#news-title, h1", Key: "query:UserKey", DateLayout: "mdy", ArticleURL: `^/\d+/\d+/`}); len(errs) > 0 {
		t.Errorf("a good rule: %v", errs)
	}
	bad := media.Rule{Item: "ul >> li", Body: "div[", DateLayout: "ymd", ArticleURL: "(", Key: "guid"}
	fields := map[string]bool{}
	for _, err := range CheckRule(bad) {
		var re RuleError
		if !errors.As(err, &re) || re.Msg == "" {
			t.Fatalf("%v is no RuleError", err)
		}
		fields[re.Field] = true
	}
	for _, f := range []string{"item", "body", "date_layout", "article_url", "key"} {
		if !fields[f] {
			t.Errorf("nothing said of %s: %v", f, fields)
		}
	}
	if errs := CheckRule(media.Rule{Date: ".ngay"}); len(errs) != 1 {
		t.Errorf("a date selector without item: %v", errs)
	}
}

// What is hostile must end in a result or a BlindError (how soon: BenchmarkHostile).
func TestHostile(t *testing.T) {
	item := func(i int) string {
		return fmt.Sprintf("<item><title>Tin số %d</title><link>http://a.example/%d</link></item>", i, i)
	}
	var many strings.Builder
	for i := range maxEntries + 500 {
		many.WriteString(item(i))
	}
	rss := func(s string) string { return "<rss><channel>" + s + "</channel></rss>" }
	for name, c := range map[string]struct{ text, want string }{
		"too many items":       {rss(many.String()), "partial"},
		"deep nesting":         {rss("<item><description>" + strings.Repeat("<b>", 300_000) + "</description></item>"), media.ParseError},
		"open comment":         {rss(item(1) + "<!-- " + strings.Repeat("<item>", 100_000)), "partial"},
		"open cdata":           {rss(item(1) + "<item><![CDATA[ " + strings.Repeat("x", 100_000)), "partial"},
		"attributes":           {rss("<item " + strings.Repeat(`a="b" `, 400) + "><title>x y</title></item>"), ""},
		"a million attributes": {rss("<item " + strings.Repeat(`a="b" `, 1_000_000) + "><title>x y</title></item>"), ""},
		"stray signs":          {rss(item(1) + strings.Repeat("<", 300_000)), ""},
		"open quotes":          {rss(item(1) + strings.Repeat(`<a b="`, 50_000)), ""},
		"unclosed items":       {rss(strings.Repeat("<item><title>x", 50_000)), media.Empty},
		"end tags":             {rss(item(1) + strings.Repeat("</b>", 100_000)), ""},
		"nothing":              {"", media.Empty},
		"words":                {"xin chào", media.NotAFeed},
		"bare channel":         {"<channel>" + item(1) + "</channel>", ""},
		"json of another use":  {`{"items": 5}`, media.NotAFeed},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := Feed(c.text, media.Source{}, "http://a.example/rss")
			var b *BlindError
			switch {
			case c.want == "partial":
				if err != nil || !l.Partial || len(l.Entries) == 0 || len(l.Entries) > maxEntries {
					t.Errorf("%d entries, partial %v, %v", len(l.Entries), l.Partial, err)
				}
			case c.want == "":
				if err != nil || len(l.Entries) != 1 {
					t.Errorf("%d entries, %v", len(l.Entries), err)
				}
			case !errors.As(err, &b) || b.Reason != c.want:
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	deep := "<html><body>" + strings.Repeat(`<div class="x">`, 20_000) + "chữ" + strings.Repeat("</div>", 20_000)
	if _, err := Page(deep, media.Source{}, "http://a.example/x"); err == nil {
		t.Error("a page of nothing but divs is no article")
	}
	if _, err := List(deep, media.Source{}, "http://a.example/x"); err == nil {
		t.Error("a page of nothing but divs is no list")
	}
}

// BenchmarkHostile shows how the time grows with the input: the ns/byte of 2n
// should be those of n.
func BenchmarkHostile(b *testing.B) {
	for name, unit := range map[string]string{"stray-signs": "<", "open-quotes": `<a b="`, "end-tags": "</b>", "unclosed-items": "<item><title>x"} {
		for _, n := range []int{50_000, 100_000, 200_000} {
			text := "<rss><channel><item><title>Tin</title><link>http://a.example/1</link></item>" + strings.Repeat(unit, n) + "</channel></rss>"
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					_, _ = Feed(text, media.Source{}, "http://a.example/rss") // the time is what is looked at
				}
			})
		}
	}
}

func seed(f *testing.F, kind string) {
	files, _ := filepath.Glob(filepath.Join("..", "testdata", kind, "*ml"))
	for _, name := range files {
		if b, err := os.ReadFile(name); err == nil {
			f.Add(string(b))
		}
	}
}

func FuzzFeed(f *testing.F) {
	seed(f, "feed")
	f.Fuzz(func(t *testing.T, s string) {
		text, err := Decode([]byte(s), "")
		if err != nil {
			return
		}
		l, err := Feed(text, media.Source{Rule: media.Rule{Key: "baoyenbai"}}, "http://a.example/rss")
		checkListing(t, l, err)
	})
}

func FuzzList(f *testing.F) {
	seed(f, "list")
	f.Fuzz(func(t *testing.T, s string) {
		text, err := Decode([]byte(s), "")
		if err != nil {
			return
		}
		l, err := List(text, media.Source{}, "http://a.example/tin/")
		checkListing(t, l, err)
	})
}

func checkListing(t *testing.T, l Listing, err error) {
	if err != nil {
		var b *BlindError
		if !errors.As(err, &b) || b.Detail == "" {
			t.Fatalf("%v is no BlindError", err)
		}
		return
	}
	seen := map[string]bool{}
	for _, e := range l.Entries {
		if e.Key == "" || seen[e.Key] || e.Title != tidy(e.Title) || e.Lead != tidy(e.Lead) {
			t.Fatalf("entry %+v", e)
		}
		seen[e.Key] = true
	}
	if len(l.Entries) == 0 {
		t.Fatal("no entries and no reason")
	}
}

func FuzzDocuments(f *testing.F) { fuzzListing(f, "documents", Documents) }
func FuzzQuestions(f *testing.F) { fuzzListing(f, "questions", Questions) }

// fuzzListing reads as a table and as labelled blocks.
func fuzzListing(f *testing.F, kind string, read func(string, media.Source, string) (Listing, error)) {
	seed(f, kind)
	f.Fuzz(func(t *testing.T, s string) {
		text, err := Decode([]byte(s), "")
		if err != nil {
			return
		}
		for _, item := range []string{"", "li, .vb, .hoidap"} {
			l, err := read(text, media.Source{Rule: media.Rule{Item: item}}, "http://a.example/van-ban/")
			checkListing(t, l, err)
		}
	})
}

func FuzzSchedule(f *testing.F) {
	seed(f, "schedule")
	f.Fuzz(func(t *testing.T, s string) {
		text, err := Decode([]byte(s), "")
		if err != nil {
			return
		}
		all, err := Schedule(text, media.Source{Channel: "ytv"}, "http://a.example/lich-tu-ngay-13032023-den-ngay-19032023/", announced())
		var b *BlindError
		if err != nil && (!errors.As(err, &b) || b.Detail == "" || all != nil) {
			t.Fatalf("%v, %d announced", err, len(all))
		}
		had := map[string]bool{}
		for _, p := range all {
			if had[p.ID] || p.Programme != tidy(p.Programme) || p.Programme == "" || p.Duration < 0 || p.Duration > maxAiring || p.Start.Before(p.Day) || p.Start.Sub(p.Day) > 48*time.Hour {
				t.Fatalf("%+v", p)
			}
			had[p.ID] = true
		}
	})
}

func FuzzUploadFeed(f *testing.F) {
	seed(f, "uploads")
	f.Fuzz(func(t *testing.T, s string) {
		text, err := Decode([]byte(s), "")
		if err != nil {
			return
		}
		all, err := UploadFeed(text, media.Source{Channel: "ytv"}, "https://www.youtube.com/feeds/videos.xml?channel_id=x", announced())
		var b *BlindError
		if err != nil && (!errors.As(err, &b) || b.Detail == "" || all != nil) || err == nil && len(all) == 0 {
			t.Fatalf("%v, %d uploads", err, len(all))
		}
		had := map[string]bool{}
		for _, u := range all {
			if had[u.ID] || u.Title == "" || u.At.IsZero() || !strings.HasPrefix(u.URL, "http") {
				t.Fatalf("%+v", u)
			}
			had[u.ID] = true
		}
	})
}

func FuzzProbe(f *testing.F) {
	seed(f, "probe")
	src := media.Source{Expect: []media.Expect{{Name: "đường dây nóng", Phrases: []string{"Đường dây nóng"}, Regexp: `0\d{3} \d{3}`}, {Name: "sơ đồ", Selector: "#so-do"}}}
	f.Fuzz(func(t *testing.T, s string) {
		text, err := Decode([]byte(s), "")
		if err != nil {
			return
		}
		missing, err := Missing(text, src, "http://so.example/lien-he")
		var b *BlindError
		if err != nil && (!errors.As(err, &b) || b.Detail == "" || missing != nil) || len(missing) > 2 {
			t.Fatalf("%v, %v", missing, err)
		}
	})
}

func FuzzPage(f *testing.F) {
	seed(f, "article")
	f.Fuzz(func(t *testing.T, s string) {
		text, err := Decode([]byte(s), "")
		if err != nil {
			return
		}
		a, err := Page(text, media.Source{}, "http://a.example/11/12/x.aspx")
		if err != nil {
			var b *BlindError
			if !errors.As(err, &b) || b.Detail == "" {
				t.Fatalf("%v is no BlindError", err)
			}
			return
		}
		if a.Body != canonical(a.Body) || a.How == "" {
			t.Fatalf("article %+v", a)
		}
	})
}
