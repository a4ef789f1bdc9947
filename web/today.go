package web

import (
	"context"
	"fmt"
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
	"loa/viet/mask"
	"loa/web/access"
)

// todayRoutes are the first page, the board, agencies, and what is done about a standing.
func (s *site) todayRoutes() []route {
	return []route{
		{"GET", "/{$}", access.See, true, s.today},
		{"GET", "/bang-theo-doi", access.See, false, s.board},
		{"GET", "/co-quan", access.See, true, s.agencies},
		{"GET", "/co-quan/{slug}", access.See, true, s.agency},
		{"POST", "/co-quan/{slug}/tra-loi", access.Handover, true, s.reply},
		{"POST", "/co-quan/{slug}/phan-hoi", access.Handover, true, s.object},
		{"POST", "/phan-hoi/{id}", access.Decide, false, s.settleObjection},
		{"POST", "/tien-do/{quota}/{owner}/{period}/goi", access.Call, false, s.call},
		{"POST", "/tien-do/{quota}/{owner}/{period}/quyet-dinh", access.Decide, false, s.decide},
		{"POST", "/tien-do/{quota}/{owner}/{period}/so-noi-vu", access.Exempt, false, s.exempt},
		{"POST", "/tong-hop-thang/{month}", access.Remind, false, s.releaseMonth},
		{"GET", "/tep-van-ban/{hash}", access.See, true, s.keptFile},
	}
}

// How much of each the first page lists, so that it prints on one A4.
const mostReview, mostSave, mostBlind, mostConfirm, mostMonths = 20, 12, 6, 8, 2

// todayPage is «Việc hôm nay»: what one person does on a Monday in ten minutes.
type todayPage struct {
	Ready       bool
	Results     []resultLine
	Logs        []logLine
	Save        []saveLine // what one call can still help, the called ones last
	SaveMore    int
	Groups      []groupLine // duties of many owners that are short, one line each
	Confirm     []saveLine  // computed misses that wait for a person's word
	ConfirmMore int
	Months      []calendar.Period // whose summary waits to be released
	Objections  []objectionLine
	Review      []reviewLine
	ReviewTotal int
	ReviewURL   string // where one after the other is decided
	Proposals   []proposal
	MoreProp    int
	Recordings  []recording
	Blind       []sourceRow
	BlindMore   int
	MayCall     bool
	MayDecide   bool
	MayRelease  bool
	Session     *sessionNotice // what was drafted after the last cut-off, until it is sent
	HomeAffairs bool           // only what waits for Sở Nội vụ
}

// resultLine is how a number of the plan's came out: the last period that is over, and the one that runs.
type resultLine struct {
	Quota   schedule.Quota
	Owner   string
	Periods []resultPeriod
}

type resultPeriod struct {
	Period calendar.Period
	Now    bool
	Chip   chip // of one owner
	Figure string
	Counts []count // of many owners
	URL    string
}

// logLine is a log or register that is not in.
type logLine struct {
	What   string // Vietnamese
	Owner  media.Agency
	Period calendar.Period
	Days   int // working out since the period ended
	URL    string
	Call   *schedule.Note
}

// saveLine is a standing about which somebody is called.
type saveLine struct {
	N        int
	Standing schedule.Standing
	Quota    schedule.Quota
	Period   calendar.Period
	Chip     chip
	Owner    media.Agency
	Save     time.Time // the nearer last moment still ahead, zero if none
	Produce  bool
	Missing  string // one sentence
	Message  string // text to copy
	URL      string
	Call     *schedule.Note // the last one about it
	Due      bool           // what was promised then is due
	brief    bool           // its reasons were read without their arguments
}

type groupLine struct {
	Quota schedule.Quota
	N     int
	URL   string
}

type objectionLine struct {
	schedule.Note
	Owned  media.Agency
	Period calendar.Period
	URL    string
}

type reviewLine struct {
	ID, Title, Agency string
	At                time.Time
	Gain              string // what the answer would change, "" if nothing
}

// today leads everybody to their own first page.
func (s *site) today(w http.ResponseWriter, r *http.Request) {
	a := s.actor(r)
	if a.Role.Scoped() {
		to := "/co-quan"
		if len(a.Agencies) == 1 {
			to = agencyURL(s.slug(a.Agencies[0]))
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	v := r.URL.Query()
	for _, old := range []string{"nhiem-vu", "trang-thai", "ky", "co-quan"} { // addresses from before the board moved
		if v.Has(old) {
			http.Redirect(w, r, "/bang-theo-doi?"+v.Encode(), http.StatusFound)
			return
		}
	}
	if a.Role == access.Reader {
		s.leader(w, r)
		return
	}
	p, at, err := s.todayPage(r.Context(), a)
	if err != nil {
		s.fail(w, r, "gather what there is to do", err)
		return
	}
	s.render(w, r, http.StatusOK, "today", frame{Title: "Việc hôm nay", Here: "/", Evaluated: at, Page: p})
}

// singles are the quotas owed by one body, many those owed by each of several.
func (s *site) singles() (one, many []string) {
	for _, q := range s.Plan.Quotas {
		if q.Owner.Agency != "" {
			one = append(one, q.ID)
		} else {
			many = append(many, q.ID)
		}
	}
	return one, many
}

// latest are the ids of the periods of some quotas that have begun, the last n of each.
func (s *site) latest(quotas []string, n int) []string {
	now, out := s.Business(), []string(nil)
	for _, id := range quotas {
		q, ok := s.quotas[id]
		if !ok {
			continue
		}
		begun := slices.DeleteFunc(schedule.Periods(s.Plan, q), func(p calendar.Period) bool { return p.Start.After(now) })
		for _, p := range begun[max(0, len(begun)-n):] {
			if !slices.Contains(out, p.ID) {
				out = append(out, p.ID)
			}
		}
	}
	return out
}

// manyQuery asks for the last two periods of the quotas that many owe.
func (s *site) manyQuery(many []string) StandingQuery {
	return StandingQuery{Quotas: many, Periods: s.latest(many, 2), Brief: true}
}

func (s *site) todayPage(ctx context.Context, a access.Actor) (p todayPage, at time.Time, err error) {
	p = todayPage{MayCall: a.May(access.Call) && s.Acts.Note != nil, MayDecide: a.May(access.Decide) && s.Acts.Decide != nil,
		MayRelease: a.May(access.Remind) && s.Acts.Release != nil, HomeAffairs: a.Role == access.HomeAffairs}
	one, many := s.singles()
	e, ok, err := s.Standings.Some(ctx, s.Plan.ID, StandingQuery{Quotas: one})
	if err != nil || !ok {
		return p, at, err
	}
	p.Ready = true
	var others schedule.Evaluation
	if len(many) > 0 {
		if others, _, err = s.Standings.Some(ctx, s.Plan.ID, s.manyQuery(many)); err != nil {
			return p, at, err
		}
	}
	notes, err := s.notes(ctx)
	if err != nil {
		return p, at, err
	}
	now := s.Business()
	if p.Months, err = s.unreleased(ctx, now); err != nil {
		return p, at, err
	}
	if p.Session, err = s.sessionNotice(ctx, a); err != nil {
		return p, at, err
	}
	s.fillConfirm(&p, e.Standings, others.Standings, notes)
	if err := s.fillWhy(ctx, p.Confirm, notes); err != nil {
		return p, at, err
	}
	for _, n := range schedule.Unsettled(notes) {
		o := objectionLine{Note: n, Owned: s.agencyOf(n.Owner), URL: s.standingURL(n.Quota, n.Owner, n.Period)}
		if o.Period, err = calendar.Parse(n.Period); err != nil {
			o.Period, err = calendar.Period{ID: n.Period}, nil
		}
		p.Objections = append(p.Objections, o)
	}
	if p.HomeAffairs {
		return p, e.Now, nil
	}
	p.Results = s.results(e.Standings, others.Standings, now)
	p.Logs = s.logs(e.Standings, notes, now)
	s.fillSave(&p, e.Standings, others.Standings, notes)
	p.Proposals, p.MoreProp = s.proposals(e)
	if p.Recordings, err = s.recordings(ctx, e.Standings); err != nil {
		return p, at, err
	}
	rows, err := s.conditions(ctx)
	if err != nil {
		return p, at, err
	}
	for _, row := range rows {
		if row.How.State == media.SourceBlind {
			if len(p.Blind) < mostBlind {
				p.Blind = append(p.Blind, row)
			} else {
				p.BlindMore++
			}
		}
	}
	return p, e.Now, s.fillReview(ctx, a, &p)
}

func (s *site) notes(ctx context.Context) ([]schedule.Note, error) {
	if s.Acts.Notes == nil {
		return nil, nil
	}
	return s.Acts.Notes(ctx)
}

// fillReview takes the pieces whose answer the plan needs most.
func (s *site) fillReview(ctx context.Context, a access.Actor, p *todayPage) error {
	rows, total, err := s.Items.Search(ctx, ItemQuery{Verdict: "review", Plan: s.Plan.ID, Limit: mostReview})
	if err != nil {
		return err
	}
	p.ReviewTotal, p.ReviewURL = total, "/tin-bai?ket-qua=review"
	if s.has(a, "GET", "/duyet") {
		p.ReviewURL = "/duyet"
	}
	for _, row := range rows {
		m := mask.Of(row.Item.Section, row.Item.Title, row.Item.Lead)
		l := reviewLine{ID: row.Item.ID, Title: m.Text(row.Item.Title), Agency: s.names.Agency(row.Item.Agency), At: row.Item.Claimed.At}
		if len(row.Gains) > 0 {
			l.Gain = s.names.Gain(row.Gains[0])
		}
		p.Review = append(p.Review, l)
	}
	return nil
}

// has reports whether the desk answers somebody at an address.
func (s *site) has(a access.Actor, method, path string) bool {
	return slices.ContainsFunc(s.routes(), func(rt route) bool { return rt.method == method && rt.path == path && rt.lets(a.Role) })
}

// results tells each number of the plan's.
func (s *site) results(one, many []schedule.Standing, now time.Time) []resultLine {
	byQuota := map[string][]schedule.Standing{}
	for _, st := range slices.Concat(one, many) {
		if !st.Start.After(now) && !st.Shadow() {
			byQuota[st.Quota] = append(byQuota[st.Quota], st)
		}
	}
	var out []resultLine
	for _, q := range s.Plan.Quotas {
		if q.Basis == schedule.ByReference || report.OnlyCounted(q) || len(byQuota[q.ID]) == 0 {
			continue
		}
		line := resultLine{Quota: q, Owner: s.names.Owner(q.Owner)}
		for _, x := range s.quotaPeriods(q, byQuota[q.ID], now) {
			rp := resultPeriod{Period: x.Period, Now: x.Now, URL: quotaURL(q.ID)}
			tally := map[string]int{}
			for _, st := range byQuota[q.ID] {
				if st.Period == x.Period.ID {
					rp.Chip, rp.Figure = s.chip(st), figure(st)
					tally[rp.Chip.Key]++
					if q.Owner.Agency != "" {
						rp.URL = s.standingURL(st.Quota, st.Owner, st.Period)
					}
				}
			}
			if q.Owner.Agency == "" {
				rp.Counts = countsOf(tally)
			}
			line.Periods = append(line.Periods, rp)
		}
		out = append(out, line)
	}
	return out
}

// logs are those that a period which is over still waits for, the oldest first.
func (s *site) logs(sts []schedule.Standing, notes []schedule.Note, now time.Time) []logLine {
	var out []logLine
	seen := map[string]bool{}
	for _, st := range sts {
		r := reasonOf(st, "receipt_missing")
		if r == nil {
			r = reasonOf(st, "register_missing")
		}
		if r == nil || st.State != schedule.Insufficient || st.Shadow() || st.End.After(now) {
			continue
		}
		l := logLine{What: s.names.Reason(*r), Owner: s.agencyOf(st.Owner), Period: calendar.Period{ID: st.Period, Start: st.Start, End: st.End},
			Days: calendar.DaysBetween(st.End, now), URL: s.standingURL(st.Quota, st.Owner, st.Period)}
		if key := l.What + st.Period; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		if n, ok := schedule.LastCall(notes, st); ok {
			l.Call = &n
		}
		out = append(out, l)
	}
	slices.SortStableFunc(out, func(a, b logLine) int { return a.Period.Start.Compare(b.Period.Start) })
	return out
}

// fillSave lists who can still be helped: promises that are due, then by the last
// moment; those who were called already come last.
func (s *site) fillSave(p *todayPage, one, many []schedule.Standing, notes []schedule.Note) {
	now := s.Business()
	for _, st := range one {
		c := s.chip(st)
		n, called := schedule.LastCall(notes, st)
		due := called && n.PromiseDue(now) && n.Quota != "" && st.State != schedule.Met && st.State != schedule.Exempt
		if st.Start.After(now) || c.Key != "risk" && !due {
			continue
		}
		p.Save = append(p.Save, s.saveLine(st, notes, now))
	}
	rank := func(l saveLine) int {
		switch {
		case l.Due:
			return 0
		case l.Call == nil && l.Standing.Basis != schedule.ByReference:
			return 1
		case l.Call == nil:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(p.Save, func(a, b saveLine) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return a.until().Compare(b.until())
	})
	p.SaveMore = max(0, len(p.Save)-mostSave)
	p.Save = p.Save[:len(p.Save)-p.SaveMore]
	for i := range p.Save {
		p.Save[i].N = i + 1
	}
	short := map[string]int{}
	for _, st := range many {
		if c := s.chip(st); c.Key == "risk" && st.Contains(now) {
			short[st.Quota]++
		}
	}
	for _, q := range s.Plan.Quotas {
		if n := short[q.ID]; n > 0 {
			p.Groups = append(p.Groups, groupLine{q, n, boardURL(url.Values{"nhiem-vu": {q.ID}, "trang-thai": {"risk"}})})
		}
	}
}

func (l saveLine) until() time.Time {
	if !l.Save.IsZero() {
		return l.Save
	}
	return l.Standing.End
}

func (s *site) saveLine(st schedule.Standing, notes []schedule.Note, now time.Time) saveLine {
	q := s.quotas[st.Quota]
	l := saveLine{Standing: st, Quota: q, Period: calendar.Period{ID: st.Period, Start: st.Start, End: st.End}, Chip: s.chip(st), Owner: s.agencyOf(st.Owner), URL: s.standingURL(st.Quota, st.Owner, st.Period)}
	l.Save, l.Produce = nearest(st, now)
	if l.Save.Before(now) {
		l.Save = time.Time{}
	}
	if len(st.Reasons) > 0 {
		l.Missing = s.names.Reason(st.Reasons[0])
		if word, rest, ok := strings.Cut(l.Missing, ": "); ok && strings.EqualFold(word, l.Chip.Word) {
			l.Missing = rest // the chip beside it says the word
		}
	}
	if lacks := stillLacks(st); lacks != "" && l.Chip.Key == "open" { // its reason tells how long the period runs, not what is missing
		l.Missing = strings.TrimSuffix(lacks+"; "+viet.Uncapital(l.Missing), "; ")
	}
	if s.Acts.Message != nil {
		l.Message = s.Acts.Message(st)
	}
	if n, ok := schedule.LastCall(notes, st); ok {
		l.Call, l.Due = &n, n.PromiseDue(now) && st.State != schedule.Met
	}
	return l
}

// fillConfirm lists the computed misses of the plan's numbers that wait for a person's word, the latest first.
func (s *site) fillConfirm(p *todayPage, one, many []schedule.Standing, notes []schedule.Note) {
	now := s.Business()
	for i, st := range slices.Concat(one, many) {
		key, q := s.chip(st).Key, s.quotas[st.Quota]
		asked := key == "review" || key == "judge"
		if p.HomeAffairs { // what may be handed in on paper: whether there is any
			asked = (asked || key == "nodata") && (q.Attestable || q.Class == schedule.Proc)
		}
		if st.Basis == schedule.ByReference || !asked || st.End.After(now) {
			continue
		}
		line := s.saveLine(st, notes, now)
		if line.brief = i >= len(one); line.brief {
			line.Missing = ""
		}
		p.Confirm = append(p.Confirm, line)
	}
	slices.SortStableFunc(p.Confirm, func(a, b saveLine) int { return b.Standing.Start.Compare(a.Standing.Start) })
	most := mostConfirm
	if p.HomeAffairs {
		most = 40
	}
	p.ConfirmMore = max(0, len(p.Confirm)-most)
	p.Confirm = p.Confirm[:len(p.Confirm)-p.ConfirmMore]
}

// fillWhy reads whole those of the lines whose reasons were read without their arguments: few of many are listed.
func (s *site) fillWhy(ctx context.Context, lines []saveLine, notes []schedule.Note) error {
	var q StandingQuery
	for _, l := range lines {
		if l.brief {
			q.Quotas, q.Owners, q.Periods = append(q.Quotas, l.Standing.Quota), append(q.Owners, l.Standing.Owner), append(q.Periods, l.Standing.Period)
		}
	}
	if q.Quotas == nil {
		return nil
	}
	for _, list := range []*[]string{&q.Quotas, &q.Owners, &q.Periods} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	e, _, err := s.Standings.Some(ctx, s.Plan.ID, q)
	if err != nil {
		return err
	}
	for i, l := range lines {
		k := slices.IndexFunc(e.Standings, func(st schedule.Standing) bool {
			return st.Quota == l.Standing.Quota && st.Owner == l.Standing.Owner && st.Period == l.Standing.Period
		})
		if l.brief && k >= 0 {
			lines[i] = s.saveLine(e.Standings[k], notes, s.Business())
			lines[i].N = l.N
		}
	}
	return nil
}

// unreleased are the months that are over and whose summary nobody released, the latest first.
func (s *site) unreleased(ctx context.Context, now time.Time) ([]calendar.Period, error) {
	if s.Acts.Releases == nil || s.Plan.Tell.Reminders == "" {
		return nil, nil
	}
	given, err := s.Acts.Releases(ctx)
	if err != nil {
		return nil, err
	}
	over := slices.DeleteFunc(s.months(now), func(m calendar.Period) bool {
		return m.End.After(now) || slices.ContainsFunc(given, func(r schedule.Release) bool { return r.Kind == schedule.ReleaseSummary && r.Period == m.ID })
	})
	return over[:min(len(over), mostMonths)], nil
}

// agencyOf is an agency of the plan; one that it does not know has its id for a name.
func (s *site) agencyOf(id string) media.Agency {
	for _, a := range s.Plan.Agencies {
		if a.ID == id {
			return a
		}
	}
	return media.Agency{ID: id, Name: s.slug(id)}
}

// boardURL is the address of the board with filters.
func boardURL(v url.Values) string {
	if len(v) == 0 {
		return "/bang-theo-doi"
	}
	return "/bang-theo-doi?" + v.Encode()
}

func agencyURL(slug string) string { return "/co-quan/" + url.PathEscape(slug) }

// dialled is a telephone number as a telephone takes it.
func dialled(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
}

// callWords tells of a call in one line.
func callWords(n schedule.Note) string {
	out := fmt.Sprintf("đã gọi %s: %s", n.Whom, n.Words)
	if !n.By.IsZero() {
		out += " (hẹn " + viet.Day(n.By.In(calendar.Zone)) + ")"
	}
	return out
}
