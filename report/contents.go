package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// contents is section II.1 of the plan: what was to be told of, and the credited
// pieces that did. Every figure is counted from Pieces.
type contents struct {
	From   time.Time    `json:"from"` // from which what is to date is counted
	Groups []toldGroup  `json:"groups"`
	Pieces []servesLine `json:"pieces"` // newest first
}

// toldGroup is one table: "noi-dung" (the plan's contents), the groups of
// media.FacetKind, "van-ban" (documents its contents name), "van-ban-moi" (new ones).
type toldGroup struct {
	Group    string    `json:"group"`
	Name     string    `json:"name"`
	Subjects []subject `json:"subjects"`
}

// subject is one thing to be told of.
type subject struct {
	Key    string     `json:"key"`
	Name   string     `json:"name"`
	Line   int        `json:"line,omitempty"` // of the plan
	Date   *time.Time `json:"date,omitempty"` // of issue, of a document
	Items  int        `json:"items"`          // in the report's period
	ToDate int        `json:"to_date"`
	First  *time.Time `json:"first,omitempty"`
	Days   *int       `json:"days,omitempty"` // from Date to First
}

// servesLine is one credited piece and what it serves.
type servesLine struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	URL      string    `json:"url,omitempty"`
	At       time.Time `json:"at"`
	InPeriod bool      `json:"in_period"`
	Serves   []serves  `json:"serves"`
}

// serves is one subject and the words of the piece that say so; none where a
// person named the topic.
type serves struct {
	Key   string   `json:"key"`
	Words []string `json:"words"`
}

// servedPiece is a piece in the list of one subject.
type servedPiece struct {
	servesLine
	Words []string
}

// mostListed is how many pieces a printed list names: the newest.
const mostListed = 30

func firstOf(ps []servedPiece) []servedPiece { return ps[:min(len(ps), mostListed)] }

// served lists the pieces of one subject, newest first.
func (c *contents) served(key string) []servedPiece {
	var out []servedPiece
	for _, p := range c.Pieces {
		for _, s := range p.Serves {
			if s.Key == key {
				out = append(out, servedPiece{p, s.Words})
			}
		}
	}
	return out
}

// told is how many subjects of a group have a piece to date, of how many.
func (c *contents) told(group string) (had, all int) {
	for _, g := range c.Groups {
		if g.Group != group {
			continue
		}
		for _, s := range g.Subjects {
			if all++; s.ToDate > 0 {
				had++
			}
		}
	}
	return had, all
}

// count counts every figure from the pieces.
func (c *contents) count() *contents {
	if c == nil {
		return nil
	}
	out := *c
	out.Groups = slices.Clone(c.Groups)
	for i := range out.Groups {
		out.Groups[i].Subjects = slices.Clone(c.Groups[i].Subjects)
		for j := range out.Groups[i].Subjects {
			s := &out.Groups[i].Subjects[j]
			s.Items, s.ToDate, s.First, s.Days = 0, 0, nil, nil
			for _, p := range c.served(s.Key) {
				if s.ToDate++; p.InPeriod {
					s.Items++
				}
				if at := p.At; s.First == nil || at.Before(*s.First) {
					s.First = &at
				}
			}
			if s.First != nil && s.Date != nil {
				days := calendar.DaysBetween(*s.Date, *s.First)
				s.Days = &days
			}
		}
	}
	return &out
}

// contents gathers what section II.1 asks for and the pieces that tell of it, nil
// where the plan lists neither contents nor documents.
func (b builder) contents() *contents {
	p := b.in.Plan
	if len(p.Contents) == 0 && len(p.Documents) == 0 {
		return nil
	}
	out := &contents{From: p.From, Groups: []toldGroup{}, Pieces: []servesLine{}}
	if b.in.Period.Start.Before(out.From) {
		out.From = b.in.Period.Start
	}
	add := func(group, name string, subjects []subject) {
		if len(subjects) > 0 {
			out.Groups = append(out.Groups, toldGroup{group, name, subjects})
		}
	}
	var said []subject
	for i, c := range p.Contents {
		said = append(said, subject{Key: contentKey(i), Name: viet.Capital(c.Words()), Line: c.Line})
	}
	add("noi-dung", "Nội dung nêu tại khoản 1 mục II", said)
	for _, g := range [...]struct{ id, name string }{
		{"mat", "Các mặt của công tác cải cách hành chính"}, {"chi-so", "Chỉ số"}, {"linh-vuc", "Lĩnh vực thủ tục hành chính"}, {"doi-tuong", "Đối tượng"},
	} {
		var of []subject
		for _, f := range b.in.Facets {
			if f.Group == g.id {
				of = append(of, subject{Key: f.ID, Name: f.Name})
			}
		}
		add(g.id, g.name, of)
	}
	var named, fresh []subject
	isNew := p.New()
	for _, d := range p.Documents {
		date := d.Date
		s := subject{Key: media.DocumentFacet + d.Number, Name: d.Number + " – " + d.Name, Date: &date}
		switch {
		case !slices.Contains(isNew, d):
			named = append(named, s)
		case d.Date.Before(b.in.Period.End):
			fresh = append(fresh, s)
		}
	}
	add("van-ban", "Văn bản kế hoạch nêu", named)
	add("van-ban-moi", "Văn bản mới cần phổ biến", fresh)
	for _, e := range b.credited(out.From) {
		line := piece(e)
		x := servesLine{ID: line.ID, Title: line.Title, URL: line.URL, At: line.At, InPeriod: b.in.Period.Contains(line.At), Serves: b.serves(e, line.At)}
		if len(x.Serves) > 0 {
			out.Pieces = append(out.Pieces, x)
		}
	}
	return out
}

func contentKey(i int) string { return "nd-" + pad(i+1) }

// credited lists the items that count for some quota, from a day to the period's
// end, newest first: each once, and of those that say the same the earliest. Their
// texts are as they are read today.
func (b builder) credited(from time.Time) []media.Evidence {
	counted := map[string]bool{}
	for _, c := range b.in.Evaluation.Matching.Credits {
		if c.Evidence.Kind == media.EvItem {
			counted[c.Evidence.ID] = true
		}
	}
	var out []media.Evidence
	had := map[string]int{} // item or group of copies → its place in out
	at := func(e media.Evidence) time.Time { return piece(e).At }
	for _, e := range b.in.Evaluation.Evidence {
		if e.Kind != media.EvItem || !counted[e.ID] || e.Verdict == nil {
			continue
		}
		if t := at(e); t.Before(from) || !t.Before(b.in.Period.End) {
			continue
		}
		key := e.ID
		if e.Copy != nil {
			key = e.Copy.Group
		}
		switch i, seen := had[key]; {
		case !seen:
			had[key] = len(out)
			out = append(out, e)
		case at(e).Before(at(out[i])):
			out[i] = e
		}
	}
	slices.SortStableFunc(out, func(a, b media.Evidence) int { return cmp.Or(at(b).Compare(at(a)), cmp.Compare(a.ID, b.ID)) })
	return out
}

// serves lists what a piece tells of.
func (b builder) serves(e media.Evidence, at time.Time) []serves {
	p, v := b.in.Plan, e.Verdict
	out := []serves{}
	for i, c := range p.Contents {
		if words, ok := p.Tells(c, v, at); ok {
			out = append(out, serves{contentKey(i), words})
		}
	}
	for _, f := range b.in.Facets {
		if w, ok := facetWords(v, f.ID); ok && !strings.HasPrefix(f.ID, media.DocumentFacet) {
			out = append(out, serves{f.ID, w})
		}
	}
	for _, d := range p.Documents {
		if w, ok := p.Cites(d, v, at); ok {
			out = append(out, serves{media.DocumentFacet + d.Number, w})
		}
	}
	return out
}

func facetWords(v *media.Verdict, id string) ([]string, bool) {
	f, ok := v.Facet(id)
	if !ok {
		return nil, false
	}
	return []string{f.Term}, true
}
