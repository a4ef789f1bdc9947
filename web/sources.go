package web

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// sourcesPage is the health of every source and log.
type sourcesPage struct {
	Counts   []stateCount
	Groups   []sourceGroup
	Receipts []media.Receipt
	Planned  []media.Planned // the next days', those of the plan's columns
	Announce bool            // schedules are read
	Add      bool            // the reader may add sources
	Pages    bool            // every source has a page of its own
	Penned   bool            // there is a list of what the program did not get on with,
	Waiting  int             // so much waits
}

type stateCount struct {
	State media.SourceState
	N     int
}

// sourceGroup is the sources of one state, those in trouble first.
type sourceGroup struct {
	State media.SourceState
	Rows  []sourceRow
}

type sourceRow struct {
	Source media.Source
	Health media.Health
	How    media.Condition
	Next   time.Time // business clock, when it is visited next; zero: as soon as may be
	Spark  *spark    // nil without a history
	Visits []visitCount

	Strange []string // what has left the source's own history, in words
}

type visitCount struct {
	Outcome string
	N       int64
}

// spark is a line of weeks, drawn as bars.
type spark struct {
	Bars  []bar
	Width int
	Words string // the same for those who do not see it
}

// bar is one week; a week not seen is drawn as a gap with a foot.
type bar struct {
	X, Y, H int
	Unseen  bool
	Last    bool
}

const (
	sparkHeight = 28
	barWidth    = 7 // with the space after it
)

func newSpark(weeks []int) *spark {
	if len(weeks) == 0 {
		return nil
	}
	most, seen := 1, []string{}
	for _, n := range weeks {
		most = max(most, n)
	}
	s := &spark{Width: len(weeks) * barWidth}
	for i, n := range weeks {
		b := bar{X: i * barWidth, Unseen: n < 0, Last: i == len(weeks)-1}
		b.H = max(1, int(math.Round(float64(max(0, n))*sparkHeight/float64(most))))
		b.Y = sparkHeight - b.H
		s.Bars = append(s.Bars, b)
		if n < 0 {
			seen = append(seen, "chưa rõ")
		} else {
			seen = append(seen, fmt.Sprint(n))
		}
	}
	s.Words = fmt.Sprintf("Số tin từng 7 ngày, cũ đến mới: %s", strings.Join(seen, ", "))
	return s
}

// conditions tells how every source of the plan stands, in its order.
func (s *site) conditions(ctx context.Context) ([]sourceRow, error) {
	health, err := s.Items.Health(ctx)
	if err != nil {
		return nil, err
	}
	var off func(time.Time) bool
	if s.Calendar != nil {
		off = func(day time.Time) bool { _, ok := s.Calendar.Holiday(day); return ok }
	}
	now := s.Business()
	var out []sourceRow
	for _, src := range s.Plan.Sources {
		row := sourceRow{Source: src, Health: health[src.ID]}
		row.How = src.Condition(row.Health, now, off)
		if in := row.Health.NextDue.Sub(s.Machine()); in > time.Minute && row.Health.Active {
			row.Next = now.Add(in)
		}
		out = append(out, row)
	}
	return out, nil
}

func countStates(rows []sourceRow) (out []stateCount) {
	for _, state := range media.SourceStates() {
		n := 0
		for _, r := range rows {
			if r.How.State == state {
				n++
			}
		}
		if n > 0 {
			out = append(out, stateCount{state, n})
		}
	}
	return out
}

func (s *site) sources(w http.ResponseWriter, r *http.Request) {
	rows, err := s.conditions(r.Context())
	if err != nil {
		s.fail(w, r, "read the sources' health", err)
		return
	}
	receipts, err := s.Items.Receipts(r.Context())
	if err != nil {
		s.fail(w, r, "read receipts", err)
		return
	}
	slices.SortStableFunc(receipts, func(a, b media.Receipt) int { return b.From.Compare(a.From) })
	p := sourcesPage{Receipts: receipts, Counts: countStates(rows)}
	if p.Planned, err = s.planned(r.Context()); err != nil {
		s.fail(w, r, "read announced schedules", err)
		return
	}
	for i := range rows {
		row := &rows[i]
		p.Announce = p.Announce || row.Source.Kind == media.KindSchedule && !row.Source.Verify
		row.fill()
	}
	p.Add = s.Sourcing != nil && s.actor(r).May(access.Settings)
	p.Pages = s.Sourcing != nil
	if p.Penned = s.Quarantine != nil; p.Penned {
		open, err := s.Quarantine.Open(r.Context())
		if err != nil {
			s.fail(w, r, "count the quarantine", err)
			return
		}
		for _, n := range open {
			p.Waiting += n
		}
	}
	if s.asSheet(w, r, func() (sheet, error) { return s.sourceSheet(rows), nil }) {
		return
	}
	for _, c := range p.Counts {
		g := sourceGroup{State: c.State}
		for _, row := range rows {
			if row.How.State == c.State {
				g.Rows = append(g.Rows, row)
			}
		}
		slices.SortStableFunc(g.Rows, func(a, b sourceRow) int { // doubts first
			if a.How.Doubt == "" && b.How.Doubt == "" {
				return cmp.Compare(len(b.Strange), len(a.Strange))
			}
			return strings.Compare(b.How.Doubt, a.How.Doubt)
		})
		p.Groups = append(p.Groups, g)
	}
	s.render(w, r, http.StatusOK, "sources", frame{Title: "Nguồn", Here: "/nguon", Page: p})
}

// fill draws what a row shows beside its state.
func (row *sourceRow) fill() {
	row.Spark = newSpark(row.How.Weeks)
	for _, f := range row.Health.Drift.Figures {
		if f.Unusual {
			row.Strange = append(row.Strange, viet.DriftFigure(f.Name, f.Now, f.Median))
		}
	}
	for _, o := range append([]string{media.OK, media.NotModified}, media.BlindReasons()...) {
		if n := row.Health.Visits[o]; n > 0 {
			row.Visits = append(row.Visits, visitCount{o, n})
		}
	}
}

// sourceSheet is the list of sources as a table.
func (s *site) sourceSheet(rows []sourceRow) sheet {
	sh := sheet{Name: "nguon", Title: "Nguồn thu thập", Head: []string{"Nguồn", "Cơ quan", "Loại", "Địa chỉ", "Tình trạng", "Lý do", "Từ lúc", "Đọc được gần nhất", "Đã thu thập từ", "Đã thu thập đến", "Tin 7 ngày qua", "Thường lệ", "Tổng số tin, bài"}}
	for _, row := range rows {
		why := ""
		if row.How.Reason != "" {
			why = viet.OutcomeOf(row.Health.Outcome, row.Health.Detail)
		} else if row.How.Doubt != "" {
			why = viet.SourceWord(row.How.Doubt)
		}
		sh.Rows = append(sh.Rows, []any{row.Source.Name, s.names.Agency(row.Source.Agency), sourceKind(row.Source.Kind), row.Source.URL, viet.SourceWord(string(row.How.State)), why,
			row.Health.BlindSince, row.Health.LastOK, row.Health.CoveredFrom, row.Health.CoveredTo, row.How.Count, row.How.Median, row.Health.Items})
	}
	return sh
}

// troubled says in one line which sources a reader of the board should know
// of; "" when all is well.
func troubled(rows []sourceRow) string {
	blind, quiet, doubt, strange := 0, 0, 0, 0
	for _, r := range rows {
		switch {
		case r.How.State == media.SourceBlind:
			blind++
		case r.How.State == media.SourceQuiet:
			quiet++
		case r.How.Doubt != "":
			doubt++
		case r.Health.Drift.Unusual():
			strange++
		}
	}
	var out []string
	for _, c := range []struct {
		n     int
		words string
	}{{blind, "chưa thu thập được"}, {quiet, "ít tin bất thường"}, {doubt, "cần xem lại danh sách"}, {strange, "phân loại khác thường"}} {
		if c.n > 0 {
			out = append(out, fmt.Sprintf("%d %s", c.n, c.words))
		}
	}
	return strings.Join(out, " · ")
}

// wait is a span between visits in words.
func wait(d time.Duration) string {
	switch d = d.Round(time.Minute); {
	case d <= 0:
		return ""
	case d < 2*time.Hour:
		return fmt.Sprintf("%d phút", int(d.Minutes()))
	default:
		return viet.Decimal(math.Round(d.Hours()*10)/10) + " giờ"
	}
}

// planned is what stations announce of the plan's columns for the next days.
func (s *site) planned(ctx context.Context) ([]media.Planned, error) {
	if s.Planned == nil {
		return nil, nil
	}
	from := calendar.Day(s.Business())
	all, err := s.Planned(ctx, from, from.AddDate(0, 0, 8))
	return slices.DeleteFunc(all, func(p media.Planned) bool { return p.Column == "" }), err
}

// freeKey is a source's slug that no other source has.
func (s *site) freeKey(want string) string {
	taken := func(key string) bool {
		return key == "" || key == "them" || slices.ContainsFunc(s.Plan.Sources, func(x media.Source) bool { return s.slug(x.ID) == key })
	}
	if want == "" {
		want = "nguon"
	}
	key := want
	for n := 2; taken(key); n++ {
		key = fmt.Sprintf("%s-%d", want, n)
	}
	return key
}
