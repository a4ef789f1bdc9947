package extract

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"loa/media"
)

// corpus is the folder of real pages and feeds; its absence is the one skip.
func corpus(t *testing.T) string {
	dir := os.Getenv("LOA_CORPUS")
	if dir == "" {
		t.Skip("LOA_CORPUS is not set")
	}
	return filepath.Join(dir, "data", "web")
}

func guessFile(t *testing.T, path string) Guessed {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	g, err := Guess(b, "", filepath.Base(path), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestGuessCorpus states what is read from each real file, without its words.
func TestGuessCorpus(t *testing.T) {
	dir := corpus(t)
	for _, c := range []struct {
		file, kind string
		items      int // at least
		dated      float64
		malformed  bool
		body       int // at least, in bytes
	}{
		{"rss/javascript0704b6.rss", "feed", 25, 1, false, 0},
		{"rss/javascript1603b5.rss", "feed", 25, 1, false, 0},
		{"rss/vnexpress2810.rss", "feed", 24, 1, true, 0}, // its 25th item has neither title nor link
		{"vpcp.chinhphu.vn-home.html", "list", 10, 0.7, false, 0},
		{"baochinhphu-template/1-index.html", "list", 1, 0, false, 0}, // every link leads to one page
		{"baochinhphu-template/2-category.html", "list", 1, 1, false, 0},
		{"baochinhphu-template/3-detail.html", "article", 0, 1, false, 4000},
		{"baochinhphu-template/4-detail-photo.html", "article", 0, 1, false, 20},
		{"VnExpress_2025_10_22.html", "article", 0, 1, false, 1500},
	} {
		t.Run(c.file, func(t *testing.T) {
			g := guessFile(t, filepath.Join(dir, c.file))
			t.Logf("%s %s, %d items, notes %q, rule %+v", g.Kind, g.Encoding, len(g.Listing.Entries), g.Notes, g.Source.Rule)
			if g.Kind != c.kind || g.Blind != nil || g.Encoding != "utf-8" {
				t.Fatalf("kind %s, blind %v, encoding %s; want %s", g.Kind, g.Blind, g.Encoding, c.kind)
			}
			if got := strings.Contains(details(g.Notes), "malformed"); got != c.malformed {
				t.Errorf("malformed %v, want %v", got, c.malformed)
			}
			if c.kind == "article" {
				if a := g.Article; len(a.Body) < c.body || a.Title == "" || a.Date.Precision == media.NoDate {
					t.Errorf("title %d, body %d bytes, date %+v", len(a.Title), len(a.Body), a.Date)
				}
				return
			}
			if n := len(g.Listing.Entries); n < c.items {
				t.Errorf("%d items, want %d", n, c.items)
			}
			dated := 0
			for _, e := range g.Listing.Entries {
				if e.Date.Precision != media.NoDate {
					dated++
				}
				if e.Title == "" || e.URL == "" || e.Key == "" || strings.ContainsAny(e.Title+e.Lead, "<>\n") {
					t.Errorf("entry %+v", e)
				}
				if e.Date.Found == "feed" && (!e.Date.ZoneGiven || e.Date.At.Year() != 2017) {
					t.Errorf("date %+v", e.Date)
				}
			}
			if share := float64(dated) / float64(len(g.Listing.Entries)); share < c.dated {
				t.Errorf("%.2f of the entries are dated, want %.2f", share, c.dated)
			}
		})
	}
}

// TestVnExpressTruth compares what Page reads with the hand-made record of the
// same article in the corpus.
func TestVnExpressTruth(t *testing.T) {
	dir := corpus(t)
	var truth map[string]struct {
		Authors []string `json:"authors"`
		Title   string   `json:"title"`
		Date    string   `json:"publishing_date"`
		Images  []any    `json:"images"`
		Body    struct {
			Summary  []string `json:"summary"`
			Sections []struct {
				Paragraphs []string `json:"paragraphs"`
			} `json:"sections"`
		} `json:"body"`
	}
	b, err := os.ReadFile(filepath.Join(dir, "VnExpress.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &truth); err != nil {
		t.Fatal(err)
	}
	want := truth["V1"]
	a := guessFile(t, filepath.Join(dir, "VnExpress_2025_10_22.html")).Article
	at, err := time.Parse("2006-01-02 15:04:05-07:00", want.Date)
	if err != nil {
		t.Fatal(err)
	}
	if a.Title != tidy(want.Title) || a.Lead != tidy(want.Body.Summary[0]) || a.Byline != tidy(want.Authors[0]) || a.Images != len(want.Images) {
		t.Errorf("title %v, lead %v, byline %v, images %d of %d", a.Title == tidy(want.Title), a.Lead == tidy(want.Body.Summary[0]), a.Byline == tidy(want.Authors[0]), a.Images, len(want.Images))
	}
	if !a.Date.At.Equal(at) || a.Date.Precision != media.ToSecond || !a.Date.ZoneGiven {
		t.Errorf("date %+v, want %s", a.Date, at)
	}
	var lines []string
	for _, s := range want.Body.Sections {
		for _, p := range s.Paragraphs {
			lines = append(lines, tidy(p))
		}
	}
	if a.Body != strings.Join(lines, "\n") {
		got := strings.Split(a.Body, "\n")
		t.Errorf("body of %d lines differs from %d true ones", len(got), len(lines))
	}
	// The referee, which knows no selector, agrees with the truth.
	raw, err := os.ReadFile(filepath.Join(dir, "VnExpress_2025_10_22.html"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := Decode(raw, "")
	if err != nil {
		t.Fatal(err)
	}
	_, alike, ok := Second(text, media.Source{}, "https://vnexpress.net/x-4954454.html", Article{Lead: tidy(want.Body.Summary[0]), Body: strings.Join(lines, "\n")})
	t.Logf("readability against the truth: %v %.3f", ok, alike)
	if !ok || alike < 0.9 {
		t.Errorf("readability against the truth: %v %.3f", ok, alike)
	}
}

// TestGuessFixtures pastes what Guess offers back into the reader: the source
// entry must be valid YAML, its rule must pass and must read the same.
func TestGuessFixtures(t *testing.T) {
	// Lists of one or two entries, which some fixtures are, cannot be guessed.
	kinds := map[string]string{"feed": "feed", "list": "list", "article": "article"}
	if *update {
		return // the expected files are other tests'
	}
	for kind, want := range kinds {
		right, all := 0, 0
		fixtures(t, kind, func(t *testing.T, name string, tr trait, body []byte) any {
			g, err := Guess(body, tr.ContentType, tr.Base, tr.now(t))
			if err != nil {
				t.Fatal(err)
			}
			var entries []map[string]any
			if err := yaml.Unmarshal([]byte(g.YAML()), &entries); err != nil || g.Kind != "unknown" && len(entries) != 1 {
				t.Errorf("no YAML: %v\n%s", err, g.YAML())
			}
			for _, e := range CheckRule(g.Source.Rule) {
				t.Errorf("guessed rule: %v", e)
			}
			if (g.Kind == "unknown") != (g.Blind != nil) && g.Kind != "feed" {
				t.Errorf("kind %s, blind %v", g.Kind, g.Blind)
			}
			if expected, _ := os.ReadFile(filepath.Join("..", "testdata", kind, name+".json")); !strings.Contains(string(expected), `"blind"`) {
				if all++; g.Kind == want {
					right++
				} else {
					t.Logf("taken for %s", g.Kind)
				}
			}
			var same any
			b, _ := os.ReadFile(filepath.Join("..", "testdata", kind, name+".json"))
			if err := json.Unmarshal(b, &same); err != nil {
				t.Fatal(err)
			}
			return same // kinds are counted, not compared
		})
		t.Logf("%s: %d of %d fixtures recognised", kind, right, all)
		if *half == "" && !*update && right*4 < all*3 {
			t.Errorf("%s: only %d of %d fixtures recognised", kind, right, all)
		}
	}
}

func TestGuessFeeds(t *testing.T) {
	g, err := Guess([]byte(`<html><head><title>Báo Mẫu</title><link rel="alternate" type="application/rss+xml" href="/rss/11.rss"><link rel="alternate" hreflang="en" href="/en"></head><body></body></html>`), "", "http://baomau.example/", time.Time{})
	if err != nil || len(g.Feeds) != 1 || g.Feeds[0] != "http://baomau.example/rss/11.rss" {
		t.Errorf("%v %v", g.Feeds, err)
	}
	if g.Kind != "unknown" || g.Blind == nil || !strings.HasPrefix(g.YAML(), "#") {
		t.Errorf("kind %s, blind %v, yaml %s", g.Kind, g.Blind, g.YAML())
	}
}
