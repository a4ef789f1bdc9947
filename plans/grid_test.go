package plans

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"loa/schedule"
	"loa/schedule/propose"
)

func gridPlan(t testing.TB) *schedule.Plan {
	t.Helper()
	p, _, problems := Load(province(t, nil), "thu/2023")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return p
}

func TestGrid(t *testing.T) {
	p := gridPlan(t)
	g, problems := Grid(os.DirFS("testdata/grid"), "good.yaml", p)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if g.Station != "thu/dai" || len(g.Blocks) != 5 || len(g.Conflicts) != 3 {
		t.Fatalf("%+v", g)
	}
	b := g.Blocks[0]
	if len(b.Days) != 7 || b.Days[0] != time.Monday || b.Days[6] != time.Sunday || b.Start != 19*60+45 || b.End != 20*60+15 || b.Open || b.Programme != "Thời sự tỉnh" {
		t.Errorf("%+v", b)
	}
	if b := g.Blocks[2]; !b.Open || b.From.IsZero() || b.To.IsZero() || g.Blocks[1].Column != "chung-tay" || len(g.Blocks[4].Dates) != 2 {
		t.Errorf("%+v", b)
	}
	if c := g.Conflicts[0]; c.Channels[0] != "tv" || c.To.Sub(c.From) != 24*time.Hour || c.Start != 19*60 || c.End != 22*60 || c.Holidays {
		t.Errorf("%+v", c)
	}
	if c := g.Conflicts[1]; c.To.Sub(c.From) != 13*24*time.Hour {
		t.Errorf("%+v", c)
	}
	if c := g.Conflicts[2]; !c.Holidays || c.Start != 0 || c.End != 1440 || !c.From.IsZero() {
		t.Errorf("%+v", c)
	}
}

// TestBadGrid goes through testdata/grid/bad-<trait>.yaml: one mistake each,
// and beside it in .want what must be told, and nothing else.
func TestBadGrid(t *testing.T) {
	p := gridPlan(t)
	files, err := filepath.Glob("testdata/grid/bad-*.yaml")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		_, problems := Grid(os.DirFS("testdata/grid"), filepath.Base(file), p)
		var got strings.Builder
		for _, x := range problems {
			got.WriteString(x.String() + "\n")
		}
		want := strings.TrimSuffix(file, ".yaml") + ".want"
		if *update {
			if err := os.WriteFile(want, []byte(got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		expected, err := os.ReadFile(want)
		if err != nil || got.String() != string(expected) || strings.Count(got.String(), "\n") != 1 {
			t.Errorf("%s: told:\n%swant:\n%s%v", file, got.String(), expected, err)
		}
	}
}

// FuzzGrid: whatever the file holds, the reader ends without a panic and tells
// every mistake with its file, and what it reads can be asked of.
func FuzzGrid(f *testing.F) {
	for _, name := range []string{"good.yaml", "bad-overlap.yaml", "bad-empty-days.yaml"} {
		raw, err := os.ReadFile("testdata/grid/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
	}
	p := gridPlan(f)
	f.Fuzz(func(t *testing.T, text string) {
		g, problems := Grid(fstest.MapFS{"g.yaml": {Data: []byte(text)}}, "g.yaml", p)
		for _, x := range problems {
			if x.File != "g.yaml" || x.Msg == "" {
				t.Errorf("%+v", x)
			}
		}
		if len(problems) == 0 {
			from := p.From
			propose.Airtimes(p, nil, g, nil, propose.Ask{Quota: p.Quotas[0].ID, Minutes: 15, From: from, To: from.AddDate(0, 0, 14), Now: from})
		}
	})
}
