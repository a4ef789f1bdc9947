package schedule

import (
	"slices"
	"strconv"
	"strings"

	"loa/media"
	"loa/viet"
)

// Conditions on items inside programmes (segments) and on loudspeakers'
// bulletins. They hold what was declared: by a column's agreed topics, by the
// script or the station's list, by the form. What was not declared waits for a
// person; nothing is read out of a title.

// segmentConditions are rows of the table of conditions.
func segmentConditions() [8]ConditionKind {
	const of, bulletin = media.EvSegment, media.EvBulletin
	return [...]ConditionKind{
		{Name: "segment_topic", Doc: "tin, bài trong chương trình được khai chủ đề trong danh sách", Of: of, List: true, Holds: HoldsTopics, test: testSegmentTopic},
		{Name: "carrier", Doc: "phát trong chuyên mục trong danh sách", Of: of, List: true, Holds: HoldsColumns, test: testCarrier},
		{Name: "tone", Doc: "đài ghi tính chất trong danh sách", Of: of, List: true, Holds: HoldsTones, test: testTone},
		{Name: "live", Doc: "phát trực tiếp", Of: of, test: testLive},
		{Name: "guest", Doc: "khách mời, người trả lời là lãnh đạo sở, ban, ngành có chức vụ trong danh sách", Of: of, List: true, Holds: HoldsOffices, test: testGuest},
		{Name: "language", Doc: "phát bằng tiếng trong danh sách", Of: of, List: true, Holds: HoldsLanguages, test: testLanguage},
		{Name: "medium", Doc: "phát trên sóng trong danh sách", Of: of, List: true, Holds: HoldsMediums, test: testMedium},
		{Name: "bulletin_reform", Doc: "tin, bài trên đài truyền thanh được khai là về cải cách hành chính", Of: bulletin, test: testBulletin},
	}
}

// topicsOf are the topics of a segment and where they are from: its column's
// agreed ones, else those that the script or the list declares.
func topicsOf(p *Plan, e media.Evidence) (topics []string, by string) {
	for _, c := range p.Columns {
		if c.ID == e.Column && len(c.Topics) > 0 && len(c.Names(e.At)) > 0 {
			return c.Topics, "column"
		}
	}
	if len(e.Segment.Topics) > 0 {
		return e.Segment.Topics, "list"
	}
	return nil, ""
}

func testSegmentTopic(p *Plan, _ Quota, c Condition, e media.Evidence) finding {
	topics, by := topicsOf(p, e)
	switch {
	case by == "" && e.Segment.Other:
		return finding{why: because("declared_other", nil)}
	case by == "":
		return finding{awaiting: true, why: because("topic_undeclared", nil)}
	}
	var hit []string
	for _, t := range topics {
		if slices.Contains(c.List, t) {
			hit = append(hit, t)
		}
	}
	if len(hit) == 0 {
		return finding{why: because("wrong_topic", args{"topics": slices.Clone(topics)})}
	}
	why := args{"topics": hit}
	if by == "column" {
		why["column"] = columnName(p, e.Column)
	}
	return finding{ok: true, why: because("declared_topic", why)}
}

func testCarrier(p *Plan, _ Quota, c Condition, e media.Evidence) finding {
	if slices.Contains(c.List, e.Column) {
		return finding{ok: true, why: because("carrier", args{"column": columnName(p, e.Column)})}
	}
	var wanted []string
	for _, id := range c.List {
		wanted = append(wanted, columnName(p, id))
	}
	return finding{why: because("wrong_carrier", args{"column": wanted, "programme": e.Segment.Programme})}
}

func testTone(_ *Plan, _ Quota, c Condition, e media.Evidence) finding {
	for _, t := range e.Segment.Tones {
		if slices.Contains(c.List, t) {
			return finding{ok: true, why: because("tone", args{"tones": slices.Clone(e.Segment.Tones)})}
		}
	}
	return finding{why: because("wrong_tone", args{"tones": slices.Clone(e.Segment.Tones), "wanted": slices.Clone(c.List)})}
}

func testLive(_ *Plan, _ Quota, _ Condition, e media.Evidence) finding {
	switch e.Segment.Mode {
	case media.ModeLive:
		return finding{ok: true, why: because("live", nil)}
	case "":
		return finding{awaiting: true, why: because("live_undeclared", nil)}
	}
	return finding{why: because("recorded", nil)}
}

// testGuest wants somebody of one of the offices at a department or a
// central-line body («giám đốc các sở, ngành»): «giám đốc» is no deputy, and no
// company's. An agency that the plan does not know is for a person to look at.
func testGuest(p *Plan, _ Quota, c Condition, e media.Evidence) finding {
	var who []string
	unknown := false
	for _, g := range e.Segment.Guests {
		said := strings.TrimSpace(g.Office + " " + g.Body)
		who = append(who, said)
		if !slices.ContainsFunc(c.List, func(office string) bool { return viet.Fold(office) == viet.Fold(g.Office) }) {
			continue
		}
		switch a, known := agencyCalled(p, g.Body); {
		case !known:
			unknown = true
		case a.Level == media.Department || a.Level == media.Central:
			return finding{ok: true, why: because("guest", args{"guest": said})}
		}
	}
	switch {
	case unknown:
		return finding{awaiting: true, why: because("guest_unknown", args{"guest": who})}
	case len(who) == 0:
		return finding{awaiting: true, why: because("guest_undeclared", nil)}
	}
	return finding{why: because("wrong_guest", args{"guest": who})}
}

// agencyCalled finds the agency of a name as lists print it, with or without
// its province behind it.
func agencyCalled(p *Plan, name string) (media.Agency, bool) {
	bare := func(s string) string {
		return strings.TrimSpace(strings.TrimSuffix(viet.Fold(s), " "+viet.Fold(p.ProvinceName)))
	}
	want := bare(name)
	for _, tail := range []string{"", " tinh"} {
		want := strings.TrimSuffix(want, tail)
		for _, a := range p.Agencies {
			for _, n := range append([]string{a.Name, a.Short}, a.Aliases...) {
				if n != "" && want != "" && bare(n) == want {
					return a, true
				}
			}
		}
	}
	return media.Agency{}, false
}

func testLanguage(_ *Plan, _ Quota, c Condition, e media.Evidence) finding {
	if slices.Contains(c.List, e.Segment.Language) {
		return finding{ok: true, why: because("language", args{"language": e.Segment.Language})}
	}
	return finding{why: because("wrong_language", args{"language": e.Segment.Language})}
}

func testMedium(p *Plan, _ Quota, c Condition, e media.Evidence) finding {
	name, medium := "", ""
	for _, ch := range p.Channels {
		if ch.ID == e.Segment.Channel {
			name, medium = ch.Name, ch.Medium
		}
	}
	switch {
	case slices.Contains(c.List, medium):
		return finding{ok: true, why: because("medium", args{"channel": name})}
	case medium == "":
		return finding{awaiting: true, why: because("channel_undeclared", nil)}
	}
	return finding{why: because("wrong_medium", args{"channel": name})}
}

func testBulletin(_ *Plan, _ Quota, _ Condition, e media.Evidence) finding {
	switch b := e.Bulletin; {
	case b.Reform && b.Form:
		return finding{ok: true, why: because("declared_by_form", args{"month": b.Month, "n": b.N, "of": b.Of, "signed": strconv.FormatBool(b.Signed)})}
	case b.Reform:
		return finding{ok: true, why: because("declared_by_system", args{"subject": b.Subject})}
	case b.Other:
		return finding{why: because("declared_other", args{"subject": b.Subject})}
	}
	return finding{awaiting: true, why: because("topic_undeclared", nil)}
}

// inSystem are the months of which the province's system has rows of an owner:
// what a form declares for them is not counted beside.
func inSystem(own []*media.Evidence) map[string]bool {
	var out map[string]bool
	for _, e := range own {
		if e.Kind == media.EvBulletin && e.Bulletin != nil && !e.Bulletin.Form {
			if out == nil {
				out = map[string]bool{}
			}
			out[e.Bulletin.Month] = true
		}
	}
	return out
}

// segmentKey tells which runs of a segment are one production: of first runs
// the nth on one channel and the nth on another, for a weekly item may bear one
// title for years; a repeat is of the latest before it.
func (s *slot) segmentKey(e media.Evidence, runs map[string]int) string {
	key := "segment " + e.Segment.Of
	latest := s.period.ID + key
	n := runs[latest]
	if e.Segment.FirstRun {
		on := latest + " on " + e.Segment.Channel
		runs[on]++
		n = runs[on]
		runs[latest] = max(runs[latest], n)
	}
	return key + " " + strconv.Itoa(n)
}

// bulletins adds what neither the province's system nor a monthly form tells of
// an owner's radio.
func (s *sight) bulletins(v view, obs Observation, elapsed Span) {
	seen := append(slices.Clone(obs.Spans[RegisterSource(media.RegRadioLog, v.owner.ID)]), obs.Spans[RegisterSource(media.RegRadioForm, v.owner.ID)]...)
	if missing := subtract(elapsed, seen); len(missing) > 0 {
		s.Gaps = merge(append(s.Gaps, missing...))
		s.reasons = append(s.reasons, because("register_missing", args{"register": string(media.RegRadioForm)}))
	}
}

// firstRun reports whether a broadcast piece is no repeat.
func firstRun(e media.Evidence) bool {
	if e.Segment != nil {
		return e.Segment.FirstRun
	}
	return e.Airing == nil || e.Airing.FirstRun
}

// hollow reports whether a piece lacks what makes it one of its kind.
func hollow(e media.Evidence) bool {
	return e.Kind == media.EvAiring && e.Airing == nil || e.Kind == media.EvSegment && e.Segment == nil || e.Kind == media.EvBulletin && e.Bulletin == nil
}

// answers reports whether a condition's «no» is an answer to what the piece is
// about, judged or declared.
func answers(condition string) bool {
	return condition == "reform" || condition == "segment_topic" || condition == "bulletin_reform"
}

// waits tells for whom so many pieces wait: for a person who reads them, or for
// what their station has not declared.
func (b bench) waits(n int) []Reason {
	untold := 0
	for _, r := range b.rejections {
		if r.Awaiting && (r.Evidence.Segment != nil || r.Evidence.Bulletin != nil) && !when(r.Evidence).After(b.now) {
			untold++
		}
	}
	var out []Reason
	if untold > 0 {
		out = append(out, because("undeclared", args{"n": untold}))
	}
	if n > untold {
		out = append(out, because("awaiting_review", args{"n": n - untold}))
	}
	return out
}
