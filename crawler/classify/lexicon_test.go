package classify

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestLexiconAlive: every phrase of an unconditional rule is found when it is
// all a title says; a block or a slip of spelling would hide it.
func TestLexiconAlive(t *testing.T) {
	c := must(t)
	var file struct {
		Rules []struct {
			ID                          string
			Weight                      float64
			Terms                       []string
			Near, With, Without, Fields []string
		}
	}
	var loose map[string]yaml.Node
	if err := yaml.Unmarshal([]byte(builtin), &loose); err != nil {
		t.Fatal(err)
	}
	rules := loose["rules"]
	if err := rules.Decode(&file.Rules); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, r := range file.Rules {
		if len(r.Near) > 0 || len(r.With) > 0 || len(r.Without) > 0 || len(r.Fields) > 0 && !slices.Contains(r.Fields, "title") {
			continue
		}
		for _, term := range r.Terms {
			checked++
			found := false
			for _, cue := range c.Read(Doc{Title: term}).Cues {
				found = found || cue.At == 0 && strings.EqualFold(cue.Term, term) && (cue.Weight > 0) == (r.Weight > 0)
			}
			if !found {
				t.Errorf("rule %s: %q is never found: %v", r.ID, term, c.Read(Doc{Title: term}).Cues)
			}
		}
	}
	if checked < 300 {
		t.Errorf("only %d phrases checked", checked)
	}
	if problems := Check([]byte(builtin)); len(problems) > 0 {
		t.Error(problems)
	}
}

const small = `fields: {title: 1, lead: 0.7, body: 0.2, tail: 0.1, section: 1}
scoring: {bias: 2, scale: 1, decay: 0.5, again: 0.3, accept: 0.5, review_from: 0.2, review_to: 0.8}
blocks: [một cửa hàng]
sets:
  co-quan: [sở, huyện]
rules:
  - {id: a, topic: tthc, weight: 3, terms: [một cửa], with: [co-quan]}
documents:
  - {id: d, topic: chi-dao, weight: 3, numbers: [76/NQ-CP]}
`

func TestCheck(t *testing.T) {
	if p := Check([]byte(small)); len(p) > 0 {
		t.Fatal(p)
	}
	for _, x := range []struct {
		old, new string
		line     int
		msg      string
	}{
		{"weight: 3, terms", "weight: heavy, terms", 7, "expected a number"},
		{"weight: 3, terms", "weight: 30, terms", 7, "expected a number from -10 to 10"},
		{"weight: 3, terms", "weigth: 3, weight: 3, terms", 7, `unknown key "weigth"`},
		{"topic: tthc", "topic: thu-tuc", 7, "unknown topic"},
		{"topic: tthc, ", "", 7, "has no topic"},
		{"id: a, ", "", 7, "rule without id"},
		{"[một cửa]", "[]", 7, ""},
		{"[một cửa]", "[một  cửa]", 7, "NFC without doubled"},
		{"[một cửa]", "[một cửa, Một Cửa]", 7, "stands twice"},
		{"[một cửa]", "[một cửa hàng]", 7, "also blocked"},
		{"with: [co-quan]", "with: [co-qan]", 7, `unknown set "co-qan"`},
		{"with: [co-quan]", "within: 3, with: [co-quan]", 7, "within without near"},
		{"with: [co-quan]", "with: [co-quan], fields: [header]", 7, "unknown field"},
		{"numbers: [76/NQ-CP]", "numbers: [NQ-CP]", 9, "is not a document number"},
		{"numbers: [76/NQ-CP]", "pattern: '('", 9, "pattern"},
		{"lead: 0.7, ", "", 1, `missing multiplier of "lead"`},
		{"review_to: 0.8", "review_to: 0.4", 2, "review_from ≤ accept"},
		{"co-quan: [sở, huyện]", "co-quan: sở", 5, "expected a list"},
		{"rules:\n", "rule:\n", 6, "unknown key"},
		{"blocks: [", "blocks: [[", 3, "not YAML"},
	} {
		bad := strings.Replace(small, x.old, x.new, 1)
		if bad == small {
			t.Fatalf("%q is not there", x.old)
		}
		problems := Check([]byte(bad))
		if x.msg == "" {
			continue
		}
		found := false
		for _, p := range problems {
			found = found || strings.Contains(p.Msg, x.msg) && (p.Line == x.line || x.msg == "not YAML")
		}
		if !found {
			t.Errorf("%q: %v, want line %d %q", x.new, problems, x.line, x.msg)
		}
	}
	two := strings.Replace(strings.Replace(small, "tthc", "x", 1), "76/NQ-CP", "y", 1)
	if p := Check([]byte(two)); len(p) != 2 || p[0].Line != 7 || p[1].Line != 9 {
		t.Errorf("all mistakes at once: %v", p)
	}
	if _, err := New(WithLexicon([]byte(two))); err == nil || !strings.Contains(err.Error(), "line 7") || !strings.Contains(err.Error(), "line 9") {
		t.Errorf("New: %v", err)
	}
	for _, empty := range []string{"", "[]", "a", "\x00", "{"} {
		if len(Check([]byte(empty))) == 0 {
			t.Errorf("%q passes", empty)
		}
	}
}
