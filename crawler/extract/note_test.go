package extract

import (
	"strings"
	"testing"
	"time"

	"loa/viet"
)

// TestNotesHaveSentences: every note can be told in both languages, and none
// is made that is not in the list.
func TestNotesHaveSentences(t *testing.T) {
	for code := range noteWords() {
		n := Note{Code: code, N: 1234, Of: 2345, Text: "x.y"}
		for lang, s := range map[string]string{"en": n.String(), "vi": viet.ReadingNote(n.Code, n.N, n.Of, n.Text)} {
			if s == "" || strings.ContainsAny(s, "{}") || strings.Contains(s, "("+code+")") {
				t.Errorf("%s %s: %q", lang, code, s)
			}
			if strings.Contains(noteWords()[code], "{n}") && !strings.Contains(strings.ReplaceAll(s, ".", ""), "1234") {
				t.Errorf("%s %s tells no number: %q", lang, code, s)
			}
		}
	}
	if s := viet.ReadingNote("new", 1, 0, ""); !strings.Contains(s, "new") {
		t.Errorf("unknown note: %q", s)
	}
}

// TestGuessedKeyTellsApart: addresses that begin with year and month are no
// newspaper's; the key guessed for them must not merge a month's items.
func TestGuessedKeyTellsApart(t *testing.T) {
	var items strings.Builder
	for _, s := range []string{"mot", "hai", "ba", "bon"} {
		items.WriteString("<item><title>Tin " + s + "</title><link>http://trang.example/2023/03/tin-" + s + "/</link></item>")
	}
	g, err := Guess([]byte(`<rss version="2.0"><channel><title>Trang</title>`+items.String()+`</channel></rss>`), "", "http://trang.example/feed/", time.Time{})
	if err != nil || len(g.Listing.Entries) != 4 {
		t.Fatalf("%d entries of 4, rule %+v, %v", len(g.Listing.Entries), g.Source.Rule, err)
	}
	if g.Source.ID != "trang-example-feed" {
		t.Errorf("id %s", g.Source.ID)
	}
}

func TestGuessRefusesWhatIsNoPage(t *testing.T) {
	g, err := Guess([]byte(`{"V1": {"title": "Một tiêu đề dài", "body": "`+strings.Repeat("Nội dung. ", 80)+`"}}`), "", "x.json", time.Time{})
	if err != nil || g.Kind != "unknown" || g.Blind == nil || g.Blind.Reason != "not_a_feed" {
		t.Errorf("kind %s, blind %v, %v", g.Kind, g.Blind, err)
	}
}
