package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/viet/mask"
	"loa/web/access"
)

// shownText is the text of an item as people read it: masked, what led to the verdict marked.
type shownText struct {
	mask     mask.Mask
	Revision *media.Revision // the text the verdict was given on, else the current one; nil if none was read
	Title    []segment
	Lead     []segment
	Section  []segment
	Body     [][]segment // paragraphs
	Cues     []cueLine
	Facets   []facetLine
}

// itemPage is one item with its cues and revisions.
type itemPage struct {
	ItemRow
	shownText
	Chip      chip
	Revisions []revisionLine // latest first
	Words     []string       // who said what of it, the latest first
	Counts    []countLine    // where it counts, and where not
	Form      *decideForm    // nil: the person may not decide
	Copies    bool           // a page can be compared with another
	Text      bool           // kept bodies can be read as text
	Crashed   bool           // the classifier could not read the text
}

// countLine is one quota and period for which the item counts, or why not.
type countLine struct {
	Text, URL string
	Counts    bool
	Why       []string
}

// decideForm is how the answer about an item is changed.
type decideForm struct {
	Seen   string // «item:review in force»
	Again  bool   // somebody has answered before
	Cau    string // "co", "khong", "" for none yet
	Reason string
	Topics []topicBox
}

type cueLine struct {
	media.Cue
	Where string
}

// facetLine is one thing the item tells of beside its topics.
type facetLine struct {
	media.Facet
	Name, Where string
}

// facets names the facets of a verdict: documents by number, year and province.
func (s *site) facets(v *media.Verdict) []facetLine {
	if v == nil {
		return nil
	}
	var out []facetLine
	for _, f := range v.Facets {
		line := facetLine{Facet: f, Name: f.ID, Where: fieldName(f.Field)}
		if number, ok := strings.CutPrefix(f.ID, media.DocumentFacet); ok {
			line.Name = "Văn bản " + number
			if f.Year != 0 && !strings.Contains(number, strconv.Itoa(f.Year)) {
				line.Name += " năm " + strconv.Itoa(f.Year)
			}
			if f.Place != "" {
				line.Name += ", " + f.Place
			}
		} else if i := slices.IndexFunc(s.Facets, func(k media.FacetKind) bool { return k.ID == f.ID }); i >= 0 {
			line.Name = s.Facets[i].Name
		}
		out = append(out, line)
	}
	return out
}

// segment is a stretch of text; a marked one is a cue, which may speak against.
type segment struct {
	Text    string
	Mark    bool
	Against bool
}

func (s *site) item(w http.ResponseWriter, r *http.Request) { s.itemAgain(w, r, nil, nil) }

// itemOf is the item of the address with its texts, if the person may see it; it answers if not.
func (s *site) itemOf(w http.ResponseWriter, r *http.Request) (row ItemRow, revs []media.Revision, ok bool) {
	row, revs, ok, err := s.Items.Item(r.Context(), r.PathValue("id"))
	switch {
	case err != nil:
		s.fail(w, r, "read an item", err)
		return row, nil, false
	case !ok:
		s.missing(w, r, "Không có tin, bài này.")
		return row, nil, false
	}
	return row, revs, !s.keepsOut(w, r, row.Item.Agency)
}

// itemAgain shows an item; after a form that was refused with why and what was typed.
func (s *site) itemAgain(w http.ResponseWriter, r *http.Request, wrong error, typed *decideForm) {
	row, revs, ok := s.itemOf(w, r)
	if !ok {
		return
	}
	p := itemPage{ItemRow: row, Chip: verdictChip(row), shownText: s.shown(row, revs)}
	p.Item.Title, p.Item.Lead = p.mask.Text(row.Item.Title), p.mask.Text(row.Item.Lead)
	revs = latestFirst(revs)
	p.Revisions = history(p.mask, revs)
	p.Copies, p.Text = len(revs) > 1, s.Reviewing.Kept != nil
	var err error
	if p.Crashed, err = s.unreadable(r.Context(), row.Item.ID); err != nil {
		s.fail(w, r, "look an item up in the quarantine", err)
		return
	}
	if err := s.fillWords(r, &p, typed); err != nil {
		s.fail(w, r, "read what was said of an item", err)
		return
	}
	f := frame{Title: p.Item.Title, Here: "/tin-bai", Page: p}
	s.answer(w, r, "record an answer", wrong, "item", f)
}

func latestFirst(revs []media.Revision) []media.Revision {
	revs = slices.Clone(revs)
	slices.SortStableFunc(revs, func(a, b media.Revision) int { return b.Seen.Compare(a.Seen) })
	return revs
}

// fillWords tells who said what of an item and where it counts.
func (s *site) fillWords(r *http.Request, p *itemPage, typed *decideForm) error {
	if s.Reviewing.History == nil {
		return nil
	}
	words, m, err := s.Reviewing.History(r.Context(), p.Item.ID, p.Item.Agency)
	if err != nil {
		return err
	}
	over := ""
	for _, x := range words {
		line := s.reviewedLine(x)
		if x.Note != "" {
			line += "; ghi chú: " + mask.Text(p.Item.Section, s.noteWords(x.Note))
		}
		if x.Audit {
			line += " (kiểm tra ngẫu nhiên)"
		}
		if !x.Undone.IsZero() {
			line += "; đã hoàn tác lúc " + viet.Moment(x.Undone.In(calendar.Zone))
		} else if over == "" {
			over = x.ID
		}
		p.Words = append(p.Words, line)
	}
	p.Counts = s.counts(m, s.actor(r))
	if !s.actor(r).May(access.Review) || s.Reviewing.Answer == nil {
		return nil
	}
	p.Form = &decideForm{Topics: topicBoxes(nil)}
	if v := p.Verdict; v != nil {
		p.Form.Topics = topicBoxes(v.Topics)
		if p.Decided != "" {
			p.Form.Cau = map[bool]string{true: "co", false: "khong"}[v.Reform]
		}
	}
	if typed != nil {
		p.Form = typed
	}
	p.Form.Seen, p.Form.Again = p.Item.ID+":"+over, over != ""
	return nil
}

// noteWords is a note as people read it: a copy's names the piece that was read.
func (s *site) noteWords(note string) string {
	rest, ok := strings.CutPrefix(note, "cùng nội dung với ")
	if !ok {
		return note
	}
	_, more, said := strings.Cut(rest, ": ")
	if said {
		return "trả lời chung với tin, bài cùng nội dung: " + more
	}
	return "trả lời chung với tin, bài cùng nội dung"
}

// mostCounts is how many periods an item's page lists in which it does not count.
const mostCounts = 20

// counts lists where an item counts and where not, with the way to each.
func (s *site) counts(m schedule.Matching, a access.Actor) []countLine {
	name := func(quota, period string) string {
		text := quota
		if q, ok := s.quotas[quota]; ok {
			text += " " + q.Title
		}
		if p, err := calendar.Parse(period); err == nil {
			period = p.Name()
		}
		return text + ", " + period
	}
	url := func(quota, owner, period string) string {
		if !a.Sees(owner) {
			return ""
		}
		return s.standingURL(quota, owner, period)
	}
	var out []countLine
	for _, c := range m.Credits {
		line := countLine{Text: name(c.Quota, c.Period) + " – " + s.names.Agency(c.Owner), URL: url(c.Quota, c.Owner, c.Period), Counts: true}
		for _, why := range c.Reasons {
			line.Why = append(line.Why, s.names.Reason(why))
		}
		out = append(out, line)
	}
	for i, x := range m.Rejections {
		if i == mostCounts {
			break
		}
		out = append(out, countLine{Text: name(x.Quota, x.Period) + " – " + s.names.Agency(x.Owner), URL: url(x.Quota, x.Owner, x.Period), Why: []string{s.names.Reason(x.Reason)}})
	}
	return out
}

// shown is the text of an item, masked, with what led to its verdict marked.
func (s *site) shown(row ItemRow, revs []media.Revision) shownText {
	var p shownText
	revs = latestFirst(revs)
	want := row.Item.Revision
	var cues []media.Cue
	if row.Verdict != nil {
		cues = row.Verdict.Cues
		if row.Verdict.Revision != "" {
			want = row.Verdict.Revision
		}
	}
	for i := range revs {
		if revs[i].ID == want || p.Revision == nil {
			p.Revision = &revs[i]
			if p.Revision.ID == want {
				break
			}
		}
	}
	text := media.Revision{Title: row.Item.Title, Lead: row.Item.Lead, Section: row.Item.Section}
	if p.Revision != nil {
		text = *p.Revision
	}
	p.mask = maskOf(row, revs, text)
	p.Facets = s.facets(row.Verdict)
	spots := slices.Clone(cues) // the words of facets are shown in the text too
	for _, f := range p.Facets {
		spots = append(spots, media.Cue{Term: f.Term, Field: f.Field, At: f.At})
	}
	p.Title, p.Lead = mark(p.mask, text.Title, "title", spots), mark(p.mask, text.Lead, "lead", spots)
	if p.Revision != nil {
		p.Section = mark(p.mask, text.Section, "section", spots)
		p.Body = paragraphs(mark(p.mask, text.Body, "body", spots))
	}
	for _, c := range cues {
		p.Cues = append(p.Cues, cueLine{c, fieldName(c.Field)})
	}
	return p
}

// maskOf is the mask of all texts of an item: who is named in one is masked in all.
func maskOf(row ItemRow, revs []media.Revision, text media.Revision) mask.Mask {
	words := []string{row.Item.Title, row.Item.Lead, text.Title, text.Lead, text.Body}
	for _, rev := range revs {
		words = append(words, rev.Title, rev.Lead, rev.Body)
	}
	return mask.Of(cmp.Or(text.Section, row.Item.Section), words...)
}

func fieldName(field string) string {
	switch field {
	case "title":
		return "tiêu đề"
	case "lead":
		return "đoạn dẫn"
	case "body":
		return "nội dung"
	case "section":
		return "chuyên mục"
	}
	return field
}

// mark masks a field's text and cuts it at the cues found in it. A cue that does
// not stand where it says (the text was read anew since) is not marked.
func mark(m mask.Mask, text, field string, cues []media.Cue) []segment {
	at := make([]int, len(cues))
	for i, c := range cues {
		at[i] = c.At
	}
	text, at = m.At(text, at...)
	cues = slices.Clone(cues)
	for i := range cues {
		cues[i].At = at[i]
	}
	type span struct {
		from, to int
		against  bool
	}
	var spans []span
	for _, c := range cues {
		if c.Field != field || c.Term == "" || c.At < 0 || c.At+len(c.Term) > len(text) || !utf8.RuneStart(text[c.At]) {
			continue
		}
		if there := text[c.At : c.At+len(c.Term)]; utf8.ValidString(there) && (strings.EqualFold(there, c.Term) || viet.Fold(there) == viet.Fold(c.Term)) {
			spans = append(spans, span{c.At, c.At + len(c.Term), c.Weight < 0})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	var out []segment
	end := 0
	for _, sp := range spans {
		if sp.to <= end {
			continue
		}
		sp.from = max(sp.from, end)
		if sp.from > end {
			out = append(out, segment{Text: text[end:sp.from]})
		}
		out = append(out, segment{text[sp.from:sp.to], true, sp.against})
		end = sp.to
	}
	if end < len(text) {
		out = append(out, segment{Text: text[end:]})
	}
	return out
}

// paragraphs cuts segments at line breaks.
func paragraphs(segs []segment) [][]segment {
	out := [][]segment{nil}
	for _, s := range segs {
		for i, part := range strings.Split(s.Text, "\n") {
			if i > 0 {
				out = append(out, nil)
			}
			if part != "" {
				out[len(out)-1] = append(out[len(out)-1], segment{part, s.Mark, s.Against})
			}
		}
	}
	return slices.DeleteFunc(out, func(p []segment) bool { return len(p) == 0 })
}
