package extract

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loa/media"
)

// fixture reads one article fixture.
func fixture(tb testing.TB, name string) (text string, base string) {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "testdata", "article", name+".html"))
	if err != nil {
		tb.Fatal(err)
	}
	_, page, _ := strings.Cut(string(raw), "\n")
	if text, err = Decode([]byte(page), ""); err != nil {
		tb.Fatal(err)
	}
	return text, "http://baomau.example/11/304213/Cai-cach.aspx"
}

// Readability agrees with selectors that are right, and strongly disagrees with
// those that catch a teaser, a list of links or nothing of the article.
func TestSecond(t *testing.T) {
	for _, name := range []string{"newspaper", "related-inside", "spam-lines", "spam-hidden"} {
		text, base := fixture(t, name)
		for _, c := range []struct {
			body string
			from float64
			to   float64
		}{{"#content", 0.7, 1}, {".sapo", 0, 0.3}, {".footer p", 0, 0.3}} {
			src := media.Source{URL: base, Rule: media.Rule{Headline: "h1.title", Body: c.body}}
			a, err := Page(text, src, base)
			if err != nil {
				t.Fatal(err)
			}
			second, alike, ok := Second(text, src, base, a)
			if !ok || alike < c.from || alike > c.to || strings.Contains(second.Body, "xóc đĩa") {
				t.Errorf("%s by %q: ok %v, alike %.2f, want %.1f to %.1f", name, c.body, ok, alike, c.from, c.to)
			}
		}
	}
	if _, _, ok := Second("<html><body><p>Ngắn.</p></body></html>", media.Source{}, "http://a.example/1", Article{}); ok {
		t.Error("an opinion about a page without an article")
	}
	for _, c := range []struct {
		a, b string
		want float64
	}{{"", "", 1}, {"một hai", "", 0}, {"Một  HAI ba bốn", "bốn mot hai ba", 1}, {"a b c d", "a b", 2.0 / 3}, {"a a a", "a", 0.5}} {
		if got := Alike(c.a, c.b); got != c.want {
			t.Errorf("Alike(%q, %q) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func BenchmarkPage(b *testing.B) {
	text, base := fixture(b, "newspaper")
	src := media.Source{URL: base, Rule: media.Rule{Headline: "h1.title", Sapo: ".sapo", Body: "#content", PageDate: ".date"}}
	b.Run("selectors", func(b *testing.B) {
		for b.Loop() {
			if _, err := Page(text, src, base); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("readability", func(b *testing.B) {
		for b.Loop() {
			if _, _, ok := Second(text, src, base, Article{}); !ok {
				b.Fatal("no article")
			}
		}
	})
}

func FuzzSecond(f *testing.F) {
	seed(f, "article")
	f.Fuzz(func(t *testing.T, s string) {
		text, err := Decode([]byte(s), "")
		if err != nil {
			return
		}
		const url = "http://a.example/11/12/x.aspx"
		a, err := Page(text, media.Source{}, url)
		if err != nil {
			return
		}
		second, alike, ok := Second(text, media.Source{}, url, a)
		if alike < 0 || alike > 1 || !ok && (alike != 0 || second.Body != "") {
			t.Fatalf("alike %v, ok %v", alike, ok)
		}
		if a.How == "readability" && ok && alike < 0.99 && len(second.Body) > 0 && a.Body != "" && second.Title == a.Title && a.Lead == second.Lead {
			t.Fatalf("readability disagrees with itself: %.2f\n%q\n%q", alike, a.Body, second.Body)
		}
	})
}
