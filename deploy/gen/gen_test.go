package gen

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write the committed files anew")

// TestCommittedFilesAreGenerated: what is committed in deploy is what this
// package makes, and nothing lies beside it.
func TestCommittedFilesAreGenerated(t *testing.T) {
	files, err := Files(Address)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, f := range files {
		name := filepath.Join("..", filepath.FromSlash(f.Path))
		known[name] = true
		if *update {
			if err := os.WriteFile(name, f.Body, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, f.Body) {
			t.Errorf("%s is not what is generated (loa gen writes it): %v", name, err)
		}
	}
	there, err := filepath.Glob("../grafana/dashboards/*/*.json")
	if err != nil || len(there) != 6 {
		t.Errorf("%d boards, want six: %v", len(there), err)
	}
	for _, name := range there {
		if !known[name] {
			t.Errorf("nothing generates %s", name)
		}
	}
}

// each decodes every board.
func each(t *testing.T, do func(name string, body []byte, b board)) {
	t.Helper()
	files, err := Files("https://loa.tinh.example")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Path, ".json") {
			continue
		}
		n++
		var b board
		if err := json.Unmarshal(f.Body, &b); err != nil {
			t.Fatalf("%s: %v", f.Path, err)
		}
		do(f.Path, f.Body, b)
	}
	if n != 6 {
		t.Fatalf("%d boards", n)
	}
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("testdata/schema/dashboard.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchema: every board is a dashboard by the types that Grafana publishes,
// its panels by their own options. A board with a mistake is refused.
func TestSchema(t *testing.T) {
	s := schema(t)
	check := func(body []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return s.Validate(v)
	}
	each(t, func(name string, body []byte, _ board) {
		if err := check(body); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for what, wrong := range map[string][2]string{"a colour mode": {`"colorMode": "value"`, `"colorMode": "loud"`}, "an unknown option": {`"showPercentChange"`, `"showPercentages"`},
			"an unknown panel": {`"type": "stat"`, `"type": "piechart-panel"`}, "a number for text": {`"noValue": "chưa có dữ liệu"`, `"noValue": 0`}} {
			if err := check(bytes.Replace(body, []byte(wrong[0]), []byte(wrong[1]), 1)); err == nil {
				t.Errorf("%s with %s passes", name, what)
			}
		}
	})
}

// TestBoards: what every board keeps to.
func TestBoards(t *testing.T) {
	clock := regexp.MustCompile(`\b(time|timestamp|now|hour|minute|day_of_week|day_of_month|month|year)\s*\(`)
	address := regexp.MustCompile(`https?://[^"/ ]+`)
	uids := map[string]bool{}
	each(t, func(name string, body []byte, b board) {
		if uids[b.UID] || b.UID == "" || len(b.UID) > 40 {
			t.Errorf("%s: uid %q", name, b.UID)
		}
		uids[b.UID] = true
		for _, host := range address.FindAllString(string(body), -1) {
			if host != "https://loa.tinh.example" {
				t.Errorf("%s leads to %s", name, host)
			}
		}
		taken := map[[2]int]string{}
		for _, p := range b.Panels {
			if p.Type != "text" && (p.Title == "" || len(p.Targets) == 0 || p.FieldConfig.Defaults.NoValue != none || p.Datasource == nil || *p.Datasource != prometheus) {
				t.Errorf("%s: panel %d «%s» lacks a title, queries, its source or the word for no data", name, p.ID, p.Title)
			}
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					if other := taken[[2]int{x, y}]; other != "" || x > 23 {
						t.Fatalf("%s: «%s» lies on «%s» or outside at %d,%d", name, p.Title, other, x, y)
					}
					taken[[2]int{x, y}] = p.Title + "."
				}
			}
			if p.Type == "table" {
				columns(t, name, p)
			}
			if p.Type != "text" && (len(p.FieldConfig.Defaults.Links) != 1 || !strings.HasPrefix(p.FieldConfig.Defaults.Links[0].URL, "${loa:raw}/")) {
				t.Errorf("%s «%s» leads nowhere", name, p.Title)
			}
			for _, q := range p.Targets {
				if clock.MatchString(q.Expr) {
					t.Errorf("%s «%s» reckons with the clock: %s", name, p.Title, q.Expr)
				}
				for _, m := range regexp.MustCompile(`(\w+ without \(instance[^)]*\) \((?:rate\()?|)(loa_[a-z_]+)`).FindAllStringSubmatch(q.Expr, -1) {
					want := "max without (instance" // every node tells the same of what the store knows
					if each := regexp.MustCompile(`^loa_(store_|visit_|source_fetched_)`); each.MatchString(m[2]) {
						want = "sum without (instance" // and of itself of what it does
					}
					if !strings.HasPrefix(m[1], want) && !strings.Contains(q.Expr, want+") (increase("+m[2]) {
						t.Errorf("%s «%s» wants %s) of %s: %s", name, p.Title, want, m[2], q.Expr)
					}
				}
			}
			if p.Type == "stat" || p.Type == "table" || p.Type == "timeseries" {
				grey(t, name, p)
			}
		}
	})
}

// columns: a table shows the fields it names and no other, and sorts by places.
func columns(t *testing.T, name string, p panel) {
	t.Helper()
	var known []string
	for _, o := range p.FieldConfig.Overrides {
		known = append(known, o.Matcher.Options)
	}
	organize := p.Transformations[len(p.Transformations)-1]
	for field := range organize.Options["excludeByName"].(map[string]any) {
		if slices.Contains(known, field) {
			t.Errorf("%s «%s»: %s is a column and excluded", name, p.Title, field)
		}
		known = append(known, field)
	}
	want := []string{"Time", "job"}
	for _, q := range p.Targets {
		want = append(want, "Value #"+q.RefID)
	}
	for _, field := range want {
		if len(p.Targets) == 1 && field == "Value #A" {
			field = "Value" // as Grafana names the only one
		}
		if !slices.Contains(known, field) {
			t.Errorf("%s «%s» shows %s without a heading", name, p.Title, field)
		}
	}
}

// grey: what is not known has a word and a colour of its own, never a state's.
func grey(t *testing.T, name string, p panel) {
	t.Helper()
	text, err := json.Marshal(p.FieldConfig.Defaults.Mappings)
	if err != nil || !strings.Contains(string(text), `"match":"null+nan","result":{"color":"`+noColor+`","index":100,"text":"`+none+`"}`) {
		t.Errorf("%s «%s»: no word for what is no number: %s", name, p.Title, text)
	}
}

// TestSharedScreen: what hangs on a wall asks for nothing but settled figures,
// and never ranks by a figure: rows come in the order of their places.
func TestSharedScreen(t *testing.T) {
	metric := regexp.MustCompile(`loa_[a-z_]+`)
	n := 0
	each(t, func(name string, body []byte, b board) {
		if !strings.Contains(name, "/"+shared+"/") {
			return
		}
		n++
		if bytes.Contains(body, []byte("rà soát")) || bytes.Contains(body, []byte(`"sortBy": "`)) || bytes.Contains(body, []byte("topk")) {
			t.Errorf("%s tells questions, or ranks", name)
		}
		for _, p := range b.Panels {
			for _, q := range p.Targets {
				for _, m := range metric.FindAllString(q.Expr, -1) {
					if !strings.HasPrefix(m, "loa_settled_") && m != "loa_quota_place" && m != "loa_owner_place" && m != "loa_plan_info" && m != "loa_evaluation_timestamp_seconds" {
						t.Errorf("%s «%s» asks for %s", name, p.Title, m)
					}
				}
			}
			if p.Type == "table" && !strings.Contains(p.Targets[0].Expr, "loa_quota_place") {
				t.Errorf("%s «%s» is not in the plan's order: %s", name, p.Title, p.Targets[0].Expr)
			}
		}
	})
	if n != 1 {
		t.Errorf("%d shared boards", n)
	}
}

// TestReferenceIsNeverRed: a level that is only followed is not judged, in
// colour or in word.
func TestReferenceIsNeverRed(t *testing.T) {
	for _, ws := range [][]word{settledWords("reference"), standingWords("reference")} {
		text := ""
		for _, w := range ws {
			text += w.text + ";"
			if w.color == red || w.color == green || w.text == "chưa đạt" {
				t.Errorf("%+v", w)
			}
		}
		if !strings.Contains(text, "thấp hơn mức tham chiếu;") {
			t.Errorf("words %s", text)
		}
	}
	each(t, func(name string, _ []byte, b board) {
		for _, p := range b.Panels {
			if !strings.Contains(strings.ToLower(p.Title), "mức tham chiếu") || strings.Contains(p.Title, "cần đạt") {
				continue
			}
			if text, err := json.Marshal(p); err != nil || bytes.Contains(text, []byte(red)) || bytes.Contains(text, []byte(green)) {
				t.Errorf("%s «%s» is judged by colour: %v", name, p.Title, err)
			}
		}
	})
}
