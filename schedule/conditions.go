package schedule

import (
	"slices"
	"sort"
	"strings"
	"time"

	"loa/media"
	"loa/viet"
)

// ConditionKind is one named test on a piece of evidence.
type ConditionKind struct {
	Name   string
	Doc    string             // Vietnamese, for people
	Of     media.EvidenceKind // the evidence it can be asked of; "" any
	Value  bool               // needs a value above zero
	List   bool               // needs a list
	Print  bool               // it can be asked of printed pieces too
	Inside bool               // it can be asked of segments too, where another condition asks of them
	Holds  Holds              // what its list holds
	test   func(p *Plan, q Quota, c Condition, e media.Evidence) finding
}

// Holds says what the list of a condition holds.
type Holds string

const (
	HoldsNothing   Holds = ""
	HoldsColumns   Holds = "columns"
	HoldsTopics    Holds = "topics"
	HoldsTones     Holds = "tones"
	HoldsLanguages Holds = "languages"
	HoldsMediums   Holds = "mediums"
	HoldsOffices   Holds = "offices" // words: «giám đốc»
)

// finding is what a test says of one piece.
type finding struct {
	ok       bool
	awaiting bool // not ok, but a person or the classifier may still say otherwise
	near     bool // not ok, but by no more than the quota's tolerance
	why      Reason
}

// Conditions lists every condition a quota may name. distinct_days has no test
// of its own: it is about pieces together, and Match keeps it.
func Conditions() []ConditionKind {
	all := conditions()
	return all[:]
}

// conditions are an array so that looking one up costs no memory.
func conditions() [19]ConditionKind {
	inside := segmentConditions()
	return [...]ConditionKind{
		{Name: "reform", Doc: "tin, bài được xác định là về cải cách hành chính", Of: media.EvItem, test: testReform},
		{Name: "column", Doc: "tin, bài thuộc chuyên mục trong danh sách", Of: media.EvItem, List: true, Holds: HoldsColumns, Print: true, test: testColumn},
		{Name: "topics", Doc: "tin, bài có ít nhất một chủ đề trong danh sách", Of: media.EvItem, List: true, Holds: HoldsTopics, test: testTopics},
		{Name: "no_repost", Doc: "tin, bài không đăng lại của cơ quan khác", Of: media.EvItem, test: testNoRepost},
		{Name: "own_work", Doc: "tin, bài nói về công việc của chính cơ quan, đơn vị, không phải chỉ của nơi khác", Of: media.EvItem, test: testOwnWork},
		{Name: "decision", Doc: "tin, bài đăng một quyết định công bố thủ tục hành chính, có số hiệu", Of: media.EvItem, test: testDecision},
		{Name: "min_minutes", Doc: "một lần phát sóng dài ít nhất ngần ấy phút, không cộng dồn", Of: media.EvAiring, Value: true, test: testMinutes},
		{Name: "theme", Doc: "lần phát sóng thuộc chuyên mục trong danh sách", Of: media.EvAiring, List: true, Holds: HoldsColumns, test: testTheme},
		{Name: "first_run", Doc: "phát sóng mới, không phải phát lại", Of: media.EvAiring, Inside: true, test: testFirstRun},
		{Name: "in_window", Doc: "bắt đầu trong khung giờ có nhiều người theo dõi và đủ thời lượng trong khung giờ đó", Of: media.EvAiring, test: testWindow},
		{Name: "distinct_days", Doc: "các tin, bài cùng một ngày chỉ tính một lần"},
		inside[0], inside[1], inside[2], inside[3], inside[4], inside[5], inside[6], inside[7],
	}
}

// asks reports whether the condition can be asked of a kind of evidence.
func (c ConditionKind) asks(e media.EvidenceKind) bool {
	return c.Of == "" || c.Of == e || c.Print && e == media.EvPrint || c.Inside && e == media.EvSegment
}

// condition finds a row by name.
func condition(name string) (ConditionKind, bool) {
	all := conditions()
	for i := range all {
		if all[i].Name == name {
			return all[i], true
		}
	}
	return ConditionKind{}, false
}

// find returns the quota's condition of this name.
func (q Quota) find(name string) (Condition, bool) {
	for _, c := range q.Conditions {
		if c.Name == name {
			return c, true
		}
	}
	return Condition{}, false
}

// minLength is the shortest airing that counts; 0 if the quota names none.
func (q Quota) minLength() time.Duration {
	c, _ := q.find("min_minutes")
	return time.Duration(c.Value) * time.Minute
}

// pending reports whether the verdict on an item is not final: no one judged
// it yet, its page could not be read, or the classifier asks a person; and no
// person answered.
func pending(e media.Evidence) bool {
	return e.Verdict == nil || ((e.Verdict.Review || e.Unread) && e.Decided == "")
}

func testReform(_ *Plan, _ Quota, _ Condition, e media.Evidence) finding {
	switch {
	case e.Verdict == nil:
		return finding{awaiting: true, why: because("not_judged", nil)}
	case !e.Verdict.Reform:
		return finding{awaiting: pending(e), why: because("not_reform", args{"score": e.Verdict.Score})}
	}
	return finding{ok: true, why: because("is_reform", args{"terms": terms(e.Verdict.Cues), "score": e.Verdict.Score, "by": e.Decided})}
}

// terms names the heaviest few cues, each once, as the reason people read. What
// weighs little beside them (in logits) is no reason of its own.
func terms(cues []media.Cue) []string {
	const few, little = 5, 0.6
	by := slices.Clone(cues)
	sort.SliceStable(by, func(i, j int) bool { return by[i].Weight > by[j].Weight })
	out := []string{}
	for _, c := range by {
		if c.Weight > 0 && (c.Weight >= little || len(out) == 0) && len(out) < few && !slices.Contains(out, c.Term) {
			out = append(out, c.Term)
		}
	}
	return out
}

func testColumn(p *Plan, _ Quota, c Condition, e media.Evidence) finding {
	if slices.Contains(c.List, e.Column) {
		return finding{ok: true, why: because("in_column", args{"column": columnName(p, e.Column)})}
	}
	var wanted []string
	for _, id := range c.List {
		wanted = append(wanted, columnName(p, id))
	}
	return finding{why: because("not_in_column", args{"column": wanted, "section": e.Section})}
}

func testTopics(_ *Plan, _ Quota, c Condition, e media.Evidence) finding {
	if e.Verdict == nil {
		return finding{awaiting: true, why: because("not_judged", nil)}
	}
	var hit []string
	for _, t := range e.Verdict.Topics {
		if slices.Contains(c.List, t) {
			hit = append(hit, t)
		}
	}
	if len(hit) == 0 {
		return finding{awaiting: pending(e), why: because("wrong_topic", args{"topics": slices.Clone(e.Verdict.Topics)})}
	}
	return finding{ok: true, why: because("topic", args{"topics": hit})}
}

func testNoRepost(_ *Plan, _ Quota, _ Condition, e media.Evidence) finding {
	if e.Repost {
		return finding{why: because("is_repost", args{"credit": e.Credit})}
	}
	return finding{ok: true}
}

// testDecision looks for a posting of a decision that publishes administrative
// procedures: its words, and a document's number in the title or beside it in
// the list.
func testDecision(_ *Plan, _ Quota, _ Condition, e media.Evidence) finding {
	words := viet.Fold(e.Title)
	publishes := strings.Contains(words, "cong bo") && (strings.Contains(words, "thu tuc hanh chinh") || strings.Contains(words, "tthc")) ||
		e.Listed && viet.Fold(e.Section) == "thu tuc hanh chinh" // a row of a list of procedures
	if shows(e) == "" || !publishes { // without its number a person has to say which decision it is
		return finding{near: publishes, why: because("not_decision", nil)}
	}
	return finding{ok: true}
}

// testMinutes passes nothing by tolerance: 14 minutes 40 seconds is too short,
// and its arguments let a person see by how little (docs/RULES.md 3).
func testMinutes(_ *Plan, q Quota, c Condition, e media.Evidence) finding {
	d := e.Airing.Duration
	a := args{"minutes": int(d / time.Minute), "seconds": int(d % time.Minute / time.Second), "wanted": c.Value}
	if d < time.Duration(c.Value)*time.Minute {
		a["at"] = stamp(e.Airing.Start)
		short := time.Duration(c.Value)*time.Minute - d
		near := q.Tolerance > 0 && short <= time.Duration(q.Tolerance)*time.Second
		if near {
			a["short_seconds"] = int((short + time.Second - 1) / time.Second)
		}
		return finding{why: because("too_short", a), near: near}
	}
	return finding{ok: true, why: because("long_enough", a)}
}

func testTheme(p *Plan, _ Quota, c Condition, e media.Evidence) finding {
	if slices.Contains(c.List, e.Airing.Column) {
		return finding{ok: true, why: because("theme", args{"column": columnName(p, e.Airing.Column)})}
	}
	return finding{why: because("wrong_theme", args{"programme": e.Airing.Programme})}
}

func testFirstRun(_ *Plan, _ Quota, _ Condition, e media.Evidence) finding {
	if firstRun(e) {
		return finding{ok: true, why: because("first_run", nil)}
	}
	return finding{why: because("is_repeat", args{"at": stamp(e.At)})}
}
