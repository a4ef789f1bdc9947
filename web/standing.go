package web

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// standingPage is one quota of one owner in one period.
type standingPage struct {
	Quota      schedule.Quota
	Standing   schedule.Standing
	Period     calendar.Period
	Owner      media.Agency
	Chip       chip
	Shadow     bool      // being tried: nobody is told
	Counted    bool      // only counted, never short
	Produce    time.Time // last moment to begin what is missing; zero if there is none
	Closed     *closedLine
	Proposal   string            // what would come out otherwise today, "" if nothing
	Reasons    []schedule.Reason // those not told elsewhere on the page
	Measures   []measureLine
	None       []noneLine // statements that nothing arose
	Pages      []provingPage
	Waiting    []pieceLine // decisions not posted yet, questions not answered
	Credits    []pieceLine
	Near       []pieceLine // rejected, but a person may judge otherwise
	Rejected   []pieceLine
	More       int // rejected pieces not listed
	Decisions  []decisionLine
	Cases      []caseLine
	Feed       string // address of the owner's calendar, "" if there is none
	Earlier    string // address of the period before, "" if none
	Later      string
	Conditions []conditionLine
	Facts      *factsBlock // planned, aired, uploaded; nil where the quota is about no broadcast
	Chart      *chart      // its owner's latest periods, this one among them; nil while fewer than two have begun
	Choices    choices
	Notes      []schedule.Note // calls, objections and answers about it
	Message    string          // what is said or copied to its owner
	Here       string          // its own address
	OwnerURL   string
	Breaks     []breakRow // numbers and weeks of its columns that do not go on as they should
}

type measureLine struct {
	schedule.Measure
	Ratio string
}

// noneLine is a statement that nothing arose in the period (không phát sinh).
type noneLine struct {
	Text  string
	Paper string // number, issuer, day, file
	Grade string // with what it means
	File  string // hex SHA-256 of its kept file
	By    string
	At    time.Time // recorded
}

// provingPage is a page that is the posting or column a quota asks for.
type provingPage struct {
	Name, URL string
	Seen      time.Time // when it was last found; zero if nothing tells
}

// closedLine says in which report a row was closed.
type closedLine struct {
	Period   string // in words
	Revision string
	Dataset  string
	At       time.Time
}

// decisionLine is a decision with what is said of its paper.
type decisionLine struct {
	schedule.Decision
	Paper string // «số 12/KH-SNV, Sở Nội vụ ban hành ngày 18/01/2023»
}

// caseLine is a make-good case of the standing.
type caseLine struct {
	ID, State string
	Lines     []string
}

// cases are the make-good cases that repair a standing.
func (s *site) cases(ctx context.Context, st schedule.Standing) ([]caseLine, error) {
	acts, err := s.Standings.CaseActs(ctx, s.Plan.ID, time.Time{})
	if err != nil {
		return nil, err
	}
	all, err := schedule.Cases(acts)
	if err != nil {
		return nil, fmt.Errorf("make-good cases of %s: %w", s.Plan.ID, err)
	}
	var out []caseLine
	for _, c := range all {
		if c.Owner == st.Owner && slices.ContainsFunc(c.Misses, func(m schedule.Miss) bool { return m.Quota == st.Quota && m.Period == st.Period }) {
			out = append(out, caseLine{c.ID, viet.CaseState(string(c.State)), s.names.Case(c)})
		}
	}
	return out, nil
}

type conditionLine struct {
	Text  string
	Basis schedule.Basis
}

// pieceLine is one piece of evidence with why it counts or does not.
type pieceLine struct {
	Evidence  media.Evidence
	Item      bool     // has a page of its own
	Meta      []string // where, how long, what paper, what grade
	Reasons   []string
	Cues      []string
	By        string
	File      string         // hex SHA-256 of its kept file
	Condition string         // the first condition it failed
	Basis     schedule.Basis // of that condition
	Only      bool           // it fails nothing that the plan itself states
	Too       bool           // its unit declared the same piece, which counts when this does not
}

// How many rejected pieces one page lists.
const rejectedMost = 300

func (s *site) standing(w http.ResponseWriter, r *http.Request) { s.standingWith(w, r, nil, "") }

// standingAgain shows a standing's page once more, with why what was asked for was not done.
func (s *site) standingAgain(w http.ResponseWriter, r *http.Request, why error, form string) {
	if refusal(why) == "" {
		s.fail(w, r, "act on a standing", why)
		return
	}
	s.standingWith(w, r, why, form)
}

func (s *site) standingWith(w http.ResponseWriter, r *http.Request, why error, form string) {
	quota, owner, period := r.PathValue("quota"), r.PathValue("owner"), r.PathValue("period")
	if province := r.PathValue("province"); province != "" {
		owner = province + "/" + owner
	}
	if s.keepsOut(w, r, s.agencyID(owner)) {
		return
	}
	e, _, err := s.Standings.Some(r.Context(), s.Plan.ID, StandingQuery{Quotas: []string{quota}, Owners: []string{s.agencyID(owner)}})
	if err != nil {
		s.fail(w, r, "read the evaluation", err)
		return
	}
	if st, word := s.pointed(e.Standings, quota, owner, period); word && st != nil {
		http.Redirect(w, r, s.standingURL(st.Quota, st.Owner, st.Period), http.StatusFound)
		return
	}
	q, known := s.quotas[quota]
	i := slices.IndexFunc(e.Standings, func(st schedule.Standing) bool {
		return st.Quota == quota && st.Period == period && (s.slug(st.Owner) == owner || st.Owner == owner)
	})
	if !known || i < 0 {
		s.missing(w, r, "Chưa có kết quả theo dõi cho nhiệm vụ, cơ quan và kỳ này.")
		return
	}
	if s.asSheet(w, r, func() (sheet, error) {
		st := e.Standings[i]
		m, err := s.Standings.Detail(r.Context(), s.Plan.ID, st.Quota, st.Owner, st.Period)
		return s.evidenceSheet(st, m), err
	}) {
		return
	}
	p, err := s.standingPage(r, q, e.Standings, e.Standings[i])
	if err != nil {
		s.fail(w, r, "gather a standing", err)
		return
	}
	if why != nil {
		p.Choices.Open, p.Choices.Typed = form, typed(r)
	}
	f := frame{Title: fmt.Sprintf("%s – %s – %s", q.ID, s.names.Agency(p.Standing.Owner), p.Period.Name()), Here: "/bang-theo-doi", Evaluated: e.Now, Page: p}
	s.answer(w, r, "act on a standing", why, "standing", f)
}

// standingPage gathers what one standing's page tells; mine are its owner's standings of the same quota.
func (s *site) standingPage(r *http.Request, q schedule.Quota, mine []schedule.Standing, st schedule.Standing) (p standingPage, err error) {
	ctx := r.Context()
	m, err := s.Standings.Detail(ctx, s.Plan.ID, st.Quota, st.Owner, st.Period)
	if err != nil {
		return p, fmt.Errorf("read credits: %w", err)
	}
	ds, err := s.Standings.Decisions(ctx, s.Plan.ID, time.Time{})
	if err != nil {
		return p, fmt.Errorf("read decisions: %w", err)
	}
	notes, err := s.notes(ctx)
	if err != nil {
		return p, fmt.Errorf("read notes: %w", err)
	}
	q = report.Definition(q, st.Start)
	p = standingPage{Quota: q, Standing: st, Period: calendar.Period{ID: st.Period, Start: st.Start, End: st.End}, Chip: chipOf(st), Shadow: st.Shadow(),
		Counted: report.OnlyCounted(q), Owner: s.agencyOf(st.Owner), Here: s.standingURL(st.Quota, st.Owner, st.Period), OwnerURL: agencyURL(s.slug(st.Owner))}
	if st.LastSave != nil {
		p.Produce = instant(reasonOf(st, "produce_by"), "at")
	}
	s.fillReasons(&p)
	for _, x := range st.Measures {
		p.Measures = append(p.Measures, measureLine{x, ratio(x)})
	}
	for _, c := range q.Conditions {
		p.Conditions = append(p.Conditions, conditionLine{s.conditionText(c), c.Basis})
	}
	s.fillPieces(&p, m, ds)
	p.Pages = s.provingPages(q, st)
	for _, d := range about(ds, st, m) {
		p.Decisions = append(p.Decisions, decisionLine{d, paperOf(d)})
	}
	if s.Feed != nil {
		p.Feed = "/lich/" + url.PathEscape(s.slug(st.Owner)) + ".ics"
	}
	actor := s.actor(r)
	p.Choices = s.choices(actor, q, st, p.Proposal != "")
	for _, n := range notes {
		if n.Owner == st.Owner && n.Quota == st.Quota && n.Period == st.Period && (n.Kind != schedule.NoteCall || !actor.Role.Scoped()) {
			p.Notes = append(p.Notes, n)
		}
	}
	if s.Acts.Message != nil && p.Choices.Call {
		p.Message = s.Acts.Message(st)
	}
	if p.Cases, err = s.cases(ctx, st); err != nil {
		return p, fmt.Errorf("read make-good cases: %w", err)
	}
	if p.Facts, err = s.facts(ctx, q, st); err != nil {
		return p, fmt.Errorf("reconcile schedules and logs: %w", err)
	}
	if p.Breaks, err = s.breaks(ctx, q, st); err != nil {
		return p, fmt.Errorf("look through the numbers of columns: %w", err)
	}
	p.Earlier, p.Later = s.neighbours(mine, st)
	if p.Chart = s.chartOf(q, st.Owner, st.Period, mine, s.Business()); p.Chart != nil {
		p.Chart.Title, p.Chart.URL = "Các kỳ gần đây", ""
	}
	return p, nil
}

// fillReasons takes out of a standing's reasons what the page tells elsewhere.
func (s *site) fillReasons(p *standingPage) {
	for _, r := range p.Standing.Reasons {
		switch r.Code {
		case "produce_by":
		case "closed":
			p.Closed = &closedLine{Period: fmt.Sprint(r.Args["period"]), Revision: fmt.Sprint(r.Args["revision"]), Dataset: fmt.Sprint(r.Args["dataset"]), At: instant(&r, "at")}
			if period, err := calendar.Parse(p.Closed.Period); err == nil {
				p.Closed.Period = period.Name()
			}
		case "restate_proposed":
			p.Proposal = s.proposalWords(p.Standing, r)
		default:
			p.Reasons = append(p.Reasons, r)
		}
	}
}

// ratio prints what was delivered against what is wanted, «1/02»; of what has
// an upper bound, of a share, and of what wants no number, what it is.
func ratio(m schedule.Measure) string {
	switch {
	case m.Unit == "percent":
		return report.Exact(m.Delivered)
	case m.Bound == "at_most" || m.Wanted == 0:
		return viet.Decimal(m.Delivered)
	}
	want := viet.Decimal(m.Wanted)
	if m.Wanted < 10 && m.Wanted == math.Trunc(m.Wanted) {
		want = "0" + want
	}
	return viet.Decimal(m.Delivered) + "/" + want
}

// paperOf tells of a decision's document: number, who issued it and when.
func paperOf(d schedule.Decision) string {
	var out []string
	if d.Document != "" {
		out = append(out, "văn bản "+d.Document)
	}
	if d.Issuer != "" {
		out = append(out, d.Issuer+" ban hành")
	}
	if !d.Issued.IsZero() {
		out = append(out, "ngày "+viet.Day(d.Issued))
	}
	if d.FileName != "" {
		out = append(out, "tệp «"+d.FileName+"»")
	}
	if d.Form == "integrated" {
		out = append(out, "lồng ghép trong văn bản chung")
	}
	if d.Form == schedule.Several {
		out = append(out, "văn bản nêu nhiều việc")
	}
	return strings.Join(out, ", ")
}

// conditionText says what a condition asks, with its own numbers and names.
func (s *site) conditionText(c schedule.Condition) string {
	text := conditionName(c.Name)
	if c.Value > 0 {
		text += fmt.Sprintf(": %d phút", c.Value)
	}
	if names := s.names.Listed(c); names != nil {
		text += ": " + strings.Join(names, "; ")
	}
	return text
}

func (s *site) fillPieces(p *standingPage, m schedule.Matching, ds []schedule.Decision) {
	pieceOf := func(e media.Evidence) pieceLine { return s.pieceOf(e, ds) }
	for _, c := range m.Credits {
		line := pieceOf(c.Evidence)
		said := c.By == ""
		for _, why := range c.Reasons {
			text := s.names.Reason(why)
			line.Reasons = append(line.Reasons, text)
			said, line.Too = said || strings.Contains(text, c.By), line.Too || why.Code == "declared_too"
		}
		if !said {
			line.By = c.By
		}
		p.Credits = append(p.Credits, line)
	}
	for _, x := range m.Rejections {
		if x.Condition == "none" {
			p.None = append(p.None, noneOf(x.Evidence, ds))
			continue
		}
		line := pieceOf(x.Evidence)
		line.Reasons = []string{s.names.Reason(x.Reason)}
		line.Condition, line.Basis, line.Only = conditionName(x.Condition), x.Basis, x.OnlyReference
		switch {
		case x.Condition == "posted" || x.Condition == "answered":
			line.Condition = "" // the heading says it
			p.Waiting = append(p.Waiting, line)
		case x.OnlyReference || x.Awaiting || x.Near:
			p.Near = append(p.Near, line)
		case len(p.Rejected) < rejectedMost:
			p.Rejected = append(p.Rejected, line)
		default:
			p.More++
		}
	}
	for _, list := range [][]pieceLine{p.Credits, p.Near, p.Waiting, p.Rejected} {
		slices.SortStableFunc(list, func(a, b pieceLine) int { return a.Evidence.At.Compare(b.Evidence.At) })
	}
}

// noneOf is a statement that nothing arose; of a decision that is not at hand
// it tells what the evidence keeps of it.
func noneOf(e media.Evidence, ds []schedule.Decision) noneLine {
	paper := schedule.Decision{Document: e.Document, Form: e.Form}
	line := noneLine{Text: report.Masked(e).Title, Grade: gradeWords(e.Grade), File: e.Kept, By: e.Decided, At: e.Seen}
	if i := slices.IndexFunc(ds, func(d schedule.Decision) bool { return d.ID == e.ID }); i >= 0 {
		paper = ds[i]
		line.By, line.At = ds[i].Actor, ds[i].At
	}
	line.Paper = viet.Capital(paperOf(paper))
	return line
}

// provingPages are the owner's pages that are what a quota asks for, in use in
// the period, with when the standing's reason says they were last found.
func (s *site) provingPages(q schedule.Quota, st schedule.Standing) []provingPage {
	if q.Kind != "exists" {
		return nil
	}
	var out []provingPage
	seen := reasonOf(st, "page_found")
	for _, src := range s.Plan.Sources {
		if src.Agency != st.Owner || src.Verify || !slices.Contains(src.Proves, q.ID) ||
			!src.From.IsZero() && !src.From.Before(st.End) || !src.To.IsZero() && !src.To.After(st.Start) {
			continue
		}
		page := provingPage{Name: src.Name, URL: src.URL}
		if seen != nil && seen.Args["page"] == src.Name {
			page.Seen = instant(seen, "at")
		}
		out = append(out, page)
	}
	return out
}

// gradeWords is a grade with what it means, "" for none.
func gradeWords(g media.Grade) string {
	if g == "" {
		return ""
	}
	return viet.GradeWords(string(g))
}

func (s *site) pieceOf(e media.Evidence, ds []schedule.Decision) pieceLine {
	e = report.Masked(e)
	line := pieceLine{Evidence: e, Item: e.Kind == media.EvItem}
	say := func(format, v string) {
		if v != "" {
			line.Meta = append(line.Meta, viet.Capital(fmt.Sprintf(format, v)))
		}
	}
	if e.Airing != nil {
		line.File = e.Kept // the log, or the scan its rows were typed from
		say("%s", s.names.Channel(e.Airing.Channel))
		say("%s", viet.Duration(e.Airing.Duration))
	}
	if e.Segment == nil {
		say("mục %s", e.Section)
	}
	switch e.Kind {
	case media.EvSegment:
		for _, text := range s.names.Segment(e) {
			say("%s", text)
		}
	case media.EvBulletin:
		for _, text := range report.Bulletin(e) {
			say("%s", text)
		}
	case media.EvAttestation:
		line.File = e.Kept
		paper := schedule.Decision{Document: e.Document, Form: e.Form}
		if i := slices.IndexFunc(ds, func(d schedule.Decision) bool { return d.ID == e.ID }); i >= 0 {
			paper = ds[i]
		}
		say("%s", paperOf(paper))
	case media.EvDeclared:
		line.File = e.Kept
		say("%s", "theo đơn vị khai, không do hệ thống quan sát; người chấp nhận: "+e.Decided)
	case media.EvPrint:
		say("báo in, số %s", e.Document)
		say("trang %s", e.Page)
	case media.EvProcedure:
		say("Quyết định số %s", e.Document)
	case media.EvQuestion:
		say("câu hỏi số %s", e.Document)
	default:
		say("văn bản %s", e.Document)
	}
	say("minh chứng %s", gradeWords(e.Grade))
	credit := ""
	if e.Repost {
		credit = e.Credit
	}
	say("%s", s.names.Copy(e.Copy, credit))
	if e.Verdict != nil {
		for _, c := range e.Verdict.Cues {
			if c.Weight > 0 && !slices.Contains(line.Cues, c.Term) && len(line.Cues) < 8 {
				line.Cues = append(line.Cues, c.Term)
			}
		}
	}
	return line
}

// about picks the decisions on a standing or on a piece in it.
func about(ds []schedule.Decision, st schedule.Standing, m schedule.Matching) []schedule.Decision {
	pieces := map[string]bool{}
	for _, c := range m.Credits {
		pieces[c.Evidence.ID] = true
	}
	for _, x := range m.Rejections {
		pieces[x.Evidence.ID] = true
	}
	var out []schedule.Decision
	for _, d := range ds {
		if d.Quota == st.Quota && d.Owner == st.Owner && (d.Period == st.Period || d.Period == "" && (d.Evidence == "" || pieces[d.Evidence] || pieces[d.ID])) {
			out = append(out, d)
		}
	}
	return out
}

// neighbours are the addresses of the periods before and after.
func (s *site) neighbours(sts []schedule.Standing, st schedule.Standing) (earlier, later string) {
	var before, after *schedule.Standing
	for i := range sts {
		o := &sts[i]
		if o.Quota != st.Quota || o.Owner != st.Owner || o.Period == st.Period {
			continue
		}
		if o.Start.Before(st.Start) && (before == nil || o.Start.After(before.Start)) {
			before = o
		}
		if o.Start.After(st.Start) && (after == nil || o.Start.Before(after.Start)) {
			after = o
		}
	}
	if before != nil {
		earlier = s.standingURL(before.Quota, before.Owner, before.Period)
	}
	if after != nil {
		later = s.standingURL(after.Quota, after.Owner, after.Period)
	}
	return earlier, later
}
