package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"loa/media"
	"loa/viet"
	"loa/viet/mask"
)

const itemsPerPage = 50

// itemsPage is the list of items with its search.
type itemsPage struct {
	Query    ItemQuery
	From, To string // as typed
	Wrong    string // why a date was not understood
	Rows     []itemLine
	Total    int
	First    int // number of the first row shown, from 1
	Last     int
	Earlier  string // address of the page before, "" if none
	Later    string
	Agencies []media.Agency
	Sources  []media.Source
	Verdicts []chip
}

type itemLine struct {
	ItemRow
	Chip chip
}

func verdictChips() []chip {
	return []chip{{"reform", "về CCHC"}, {"other", "không về CCHC"}, {"review", "chờ duyệt"}, {"unjudged", "chưa phân loại"}}
}

// verdictChip is what is known of an item. A person's answer ends the review.
func verdictChip(row ItemRow) chip {
	v := verdictChips()
	switch {
	case row.Verdict == nil:
		return v[3]
	case (row.Verdict.Review || row.Unread) && row.Decided == "":
		return v[2]
	case row.Verdict.Reform:
		return v[0]
	}
	return v[1]
}

func (s *site) items(w http.ResponseWriter, r *http.Request) {
	v := r.URL.Query()
	p := itemsPage{From: v.Get("tu"), To: v.Get("den"), Verdicts: verdictChips(), Sources: s.Plan.Sources}
	p.Query = ItemQuery{Text: viet.Clean(v.Get("q")), Agency: v.Get("co-quan"), Source: v.Get("nguon"), Verdict: v.Get("ket-qua"), Limit: itemsPerPage, Plan: s.Plan.ID}
	if !slices.ContainsFunc(p.Verdicts, func(c chip) bool { return c.Key == p.Query.Verdict }) {
		p.Query.Verdict = ""
	}
	if n := 200; len(p.Query.Text) > n {
		p.Query.Text = strings.ToValidUTF8(p.Query.Text[:n], "")
	}
	page, err := strconv.Atoi(v.Get("trang"))
	if err != nil || page < 1 {
		page = 1
	}
	page = min(page, 100_000)
	p.Query.Offset = (page - 1) * itemsPerPage
	for _, d := range []struct {
		text string
		to   *time.Time
		add  int
	}{{p.From, &p.Query.From, 0}, {p.To, &p.Query.To, 1}} {
		if strings.TrimSpace(d.text) == "" {
			continue
		}
		if date, ok := viet.ParseDate(d.text, viet.DateOptions{}); ok {
			*d.to = date.Time.AddDate(0, 0, d.add)
		} else {
			p.Wrong = "Chưa hiểu ngày «" + d.text + "»: xin ghi dạng 09/3/2023."
		}
	}
	if p.Query.Agency != "" && s.keepsOut(w, r, p.Query.Agency) {
		return
	}
	if a := s.actor(r); a.Role.Scoped() {
		p.Query.Agencies = a.Agencies
		if len(a.Agencies) == 0 {
			s.forbidden(w, r)
			return
		}
	}
	rows, total, err := s.Items.Search(r.Context(), p.Query)
	if err != nil {
		s.fail(w, r, "search items", err)
		return
	}
	for _, row := range rows {
		chip := verdictChip(row)
		m := mask.Of(row.Item.Section, row.Item.Title, row.Item.Lead)
		row.Item.Title, row.Item.Lead = m.Text(row.Item.Title), m.Text(row.Item.Lead)
		p.Rows = append(p.Rows, itemLine{row, chip})
	}
	p.Total, p.First, p.Last = total, p.Query.Offset+1, p.Query.Offset+len(rows)
	at := func(n int) string {
		q := url.Values{}
		for _, k := range []string{"q", "co-quan", "nguon", "ket-qua", "tu", "den"} {
			if x := v.Get(k); x != "" {
				q.Set(k, x)
			}
		}
		if n > 1 {
			q.Set("trang", strconv.Itoa(n))
		}
		if len(q) == 0 {
			return "/tin-bai"
		}
		return "/tin-bai?" + q.Encode()
	}
	if page > 1 {
		p.Earlier = at(page - 1)
	}
	if p.Last < total && len(rows) > 0 {
		p.Later = at(page + 1)
	}
	p.Sources = slices.DeleteFunc(slices.Clone(p.Sources), func(x media.Source) bool { return !s.actor(r).Sees(x.Agency) })
	publishers := map[string]bool{}
	for _, src := range s.Plan.Sources {
		publishers[src.Agency] = true
	}
	for _, a := range s.Plan.Agencies {
		if publishers[a.ID] && s.actor(r).Sees(a.ID) {
			p.Agencies = append(p.Agencies, a)
		}
	}
	s.render(w, r, http.StatusOK, "items", frame{Title: "Tin, bài", Here: "/tin-bai", Page: p})
}

// itemPage is one item with its cues and revisions.
type itemPage struct {
	ItemRow
	Chip      chip
	Revision  *media.Revision // the text the verdict was given on, else the current one
	Title     []segment
	Lead      []segment
	Section   []segment
	Body      [][]segment // paragraphs
	Cues      []cueLine
	Facets    []facetLine
	Revisions []revisionLine // latest first
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

func (s *site) item(w http.ResponseWriter, r *http.Request) {
	row, revs, ok, err := s.Items.Item(r.Context(), r.PathValue("id"))
	if err != nil {
		s.fail(w, r, "read an item", err)
		return
	}
	if !ok {
		s.missing(w, r, "Không có tin, bài này.")
		return
	}
	if s.keepsOut(w, r, row.Item.Agency) {
		return
	}
	p := itemPage{ItemRow: row, Chip: verdictChip(row)}
	revs = slices.Clone(revs)
	slices.SortStableFunc(revs, func(a, b media.Revision) int { return b.Seen.Compare(a.Seen) })
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
	shown := media.Revision{Title: row.Item.Title, Lead: row.Item.Lead, Section: row.Item.Section}
	if p.Revision != nil {
		shown = *p.Revision
	}
	words := []string{row.Item.Title, row.Item.Lead, shown.Title, shown.Lead, shown.Body}
	for _, rev := range revs {
		words = append(words, rev.Title, rev.Lead, rev.Body)
	}
	m := mask.Of(cmp.Or(shown.Section, row.Item.Section), words...)
	p.Facets = s.facets(row.Verdict)
	spots := slices.Clone(cues) // the words of facets are shown in the text too
	for _, f := range p.Facets {
		spots = append(spots, media.Cue{Term: f.Term, Field: f.Field, At: f.At})
	}
	p.Title, p.Lead = mark(m, shown.Title, "title", spots), mark(m, shown.Lead, "lead", spots)
	if p.Revision != nil {
		p.Section = mark(m, shown.Section, "section", spots)
		p.Body = paragraphs(mark(m, shown.Body, "body", spots))
	}
	p.Item.Title, p.Item.Lead = m.Text(row.Item.Title), m.Text(row.Item.Lead)
	p.Revisions = history(m, revs)
	for _, c := range cues {
		p.Cues = append(p.Cues, cueLine{c, fieldName(c.Field)})
	}
	s.render(w, r, http.StatusOK, "item", frame{Title: p.Item.Title, Here: "/tin-bai", Page: p})
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
