package crawler

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loa/media"
)

// pen keeps what is quarantined.
type pen struct{ held []media.Quarantined }

func (p *pen) Quarantine(_ context.Context, q media.Quarantined) error {
	p.held = append(p.held, q)
	return nil
}

// picky is a judge that panics on one title.
type picky struct{ title string }

func (picky) Version() string { return "v" }
func (j picky) Judge(r media.Revision) media.Verdict {
	if r.Title == j.title {
		panic("cannot judge " + r.Title)
	}
	return media.Verdict{Reform: true}
}

// TestGuard: a list and a page on which a reader panics are quarantined with the
// bytes that were kept of them; the others are read. Of an entry on which the judge
// panics the verdict is left to who comes later.
func TestGuard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w, p := newMemory(), newWeb(t), &pen{}
		w.set("http://xau.example/rss", "!panic")
		w.set("http://bao.example/rss", "http://bao.example/poison | C | 2023-03-10 09:00\nhttp://bao.example/ok | F | 2023-03-10 06:00\n")
		w.set("http://bao.example/poison", "!panic")
		w.set("http://bao.example/ok", "thân")
		w.set("http://tin.example/rss", "http://tin.example/a | Độc | 2023-03-10 09:00\nhttp://tin.example/b | Lành | 2023-03-10 06:00\n")
		b := build(t, m, w, Options{Quarantine: p, Judge: picky{"Độc"}, Words: func(r media.Revision) (int64, bool) { return int64(len(r.Title[:5])), true }, Sources: []media.Source{
			feed("xau", "http://xau.example/rss", false), feed("bao", "http://bao.example/rss", true), feed("tin", "http://tin.example/rss", false)}})
		round(t, b)
		want := map[string]string{"tinh/xau http://xau.example/rss": "source", "tinh/bao http://bao.example/poison": "page"}
		if len(p.held) != len(want) {
			t.Errorf("%d are quarantined: %+v", len(p.held), p.held)
		}
		for _, q := range p.held {
			if q.Kind != want[q.ID] || q.Stage != media.StageRead || m.kept[q.Kept] == 0 || q.Words != "panic(string)" || !strings.HasPrefix(q.Frames, "loa/crawler.") || q.At.IsZero() {
				t.Errorf("%+v", q)
			}
			if (q.Kind == "page") != (q.Item == media.ItemID("tinh", "http://bao.example/poison")) {
				t.Errorf("of item %q", q.Item)
			}
		}
		if m.texts[media.ItemID("tinh", "http://bao.example/ok")].From != "page" {
			t.Error("the other page was not read")
		}
		judged := map[string]bool{}
		for _, v := range m.visits {
			if v.Source == "tinh/tin" && v.Outcome != media.OK {
				t.Errorf("%+v", v)
			}
			for _, s := range v.Seen {
				judged[s.Item.Title] = s.Verdict != nil
			}
		}
		if judged["Độc"] || !judged["Lành"] {
			t.Errorf("judged with the list: %v", judged)
		}
		time.Sleep(time.Hour)
		round(t, b)
		if len(p.held) < 4 {
			t.Errorf("%d after another look, want each told again", len(p.held))
		}
	})
}

// TestTurnSurvives: what panics outside of any reader puts its host off; the other hosts are visited.
func TestTurnSurvives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, w, p := newMemory(), newWeb(t), &pen{}
		w.set("http://xau.example/rss", "http://xau.example/a | A | 2023-03-10 09:00\n")
		w.set("http://bao.example/rss", "http://bao.example/b | B | 2023-03-10 09:00\n")
		m.poison = func(v Visit) error {
			if v.Source == "tinh/xau" {
				panic("a column too many")
			}
			return nil
		}
		b := build(t, m, w, Options{Quarantine: p, Sources: []media.Source{feed("xau", "http://xau.example/rss", false), feed("bao", "http://bao.example/rss", false)}})
		s, err := b.c.Round(t.Context())
		if err != nil || s.Visits[media.OK] != 1 || len(s.Left) != 1 {
			t.Errorf("%+v, %v; want the other visited, this one left", s, err)
		}
		if len(p.held) == 0 || p.held[0].Kind != "host" || p.held[0].ID != "xau.example" || p.held[0].Words != "panic(string)" {
			t.Errorf("quarantined: %+v", p.held)
		}
	})
}
