package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// comparedPage is what differs between two revisions of a closed period.
type comparedPage struct {
	calendar.Period
	A, B  paperRevision
	Lines []paperRevision
	Rows  []comparedRow
	Sheet string
	Wrong string
}

// comparedRow is one row that differs: in its state, in what was counted for it, or in its level.
type comparedRow struct {
	Title, Owner, Period, URL string
	Basis                     schedule.Basis
	Was, Now                  *comparedSide // nil: it is not there
	Why                       []string
}

type comparedSide struct {
	chip
	Delivered, Level string
	Pieces           int
}

func (s *site) comparePapers(w http.ResponseWriter, r *http.Request) {
	period, _, ok := s.paperOf(w, r, "")
	if !ok {
		return
	}
	lines, err := s.closings(r.Context())
	if err != nil {
		s.fail(w, r, "read the closed periods", err)
		return
	}
	p := comparedPage{Period: period}
	for _, c := range lines {
		if c.Period == period.ID {
			p.Lines = append(p.Lines, paperRevision{closingLine: c})
		}
	}
	if len(p.Lines) < 2 || s.Certificate == nil {
		s.missing(w, r, "Kỳ này chưa có hai lần chốt để so sánh.")
		return
	}
	p.B, p.A = p.Lines[0], p.Lines[1]
	pick := func(name string, to *paperRevision) bool {
		v := r.URL.Query().Get(name)
		if v == "" {
			return true
		}
		n, err := strconv.Atoi(v)
		i := slices.IndexFunc(p.Lines, func(l paperRevision) bool { return l.Revision == n })
		if err != nil || i < 0 {
			return false
		}
		*to = p.Lines[i]
		return true
	}
	if !pick("a", &p.A) || !pick("b", &p.B) {
		s.missing(w, r, "Không có lần chốt này của kỳ.")
		return
	}
	if p.A.Revision > p.B.Revision {
		p.A, p.B = p.B, p.A
	}
	a, err := s.Certificate(r.Context(), p.A.ID)
	if err == nil {
		var b schedule.Closing
		if b, err = s.Certificate(r.Context(), p.B.ID); err == nil {
			p.Rows = s.compared(a, b)
		}
	}
	if err != nil {
		s.fail(w, r, "read a closing", err)
		return
	}
	if s.asSheet(w, r, func() (sheet, error) { return comparedSheet(p), nil }) {
		return
	}
	p.Sheet = "/bao-cao/" + period.ID + "/so-sanh?a=" + strconv.Itoa(p.A.Revision) + "&b=" + strconv.Itoa(p.B.Revision) + "&dang="
	s.render(w, r, http.StatusOK, "paperdiff", frame{Title: "So sánh hai lần chốt", Here: "/bao-cao", Page: p})
}

type rowKey struct{ quota, owner, period string }

// keyOf: the one period of a duty that is owed once is the same row whatever its deadline.
func keyOf(st schedule.Standing) rowKey {
	k := rowKey{st.Quota, st.Owner, st.Period}
	if strings.Contains(st.Period, "..") {
		k.period = ".."
	}
	return k
}

// compared lists the rows that differ, as they stand in the later revision, then those that are gone.
func (s *site) compared(a, b schedule.Closing) []comparedRow {
	was := map[rowKey]*schedule.ClosedRow{}
	for i := range a.Rows {
		was[keyOf(a.Rows[i].Standing)] = &a.Rows[i]
	}
	var out []comparedRow
	seen := map[rowKey]bool{}
	for i := range b.Rows {
		k := keyOf(b.Rows[i].Standing)
		seen[k] = true
		if row, differs := s.comparedRow(was[k], &b.Rows[i]); differs {
			out = append(out, row)
		}
	}
	for i := range a.Rows {
		if !seen[keyOf(a.Rows[i].Standing)] {
			row, _ := s.comparedRow(&a.Rows[i], nil)
			out = append(out, row)
		}
	}
	return out
}

func (s *site) comparedRow(was, now *schedule.ClosedRow) (comparedRow, bool) {
	at := now
	if now == nil {
		at = was
	}
	st := at.Standing
	row := comparedRow{Title: cmp.Or(s.quotas[st.Quota].Title, st.Quota), Owner: s.names.Agency(st.Owner), Period: nameOfPeriod(st.Period), URL: s.standingURL(st.Quota, st.Owner, st.Period), Basis: st.Basis}
	row.Was, row.Now = side(was), side(now)
	switch {
	case was == nil:
		row.Why = []string{"Chưa có ở lần trước."}
		return row, true
	case now == nil:
		row.Why = []string{"Không còn ở lần sau."}
		return row, true
	}
	row.Why = append(row.Why, piecesOnly("Thêm", now.Credits, was.Credits)...)
	row.Why = append(row.Why, piecesOnly("Bớt", was.Credits, now.Credits)...)
	if row.Was.Level != row.Now.Level || was.Standing.Basis != now.Standing.Basis {
		row.Why = append(row.Why, "Mức đổi: "+viet.Basis(string(was.Standing.Basis))+" "+cmp.Or(row.Was.Level, "không có")+" thành "+viet.Basis(string(now.Standing.Basis))+" "+cmp.Or(row.Now.Level, "không có")+".")
	}
	differs := len(row.Why) > 0 || row.Was.Word != row.Now.Word || row.Was.Delivered != row.Now.Delivered
	if row.Was.Word != row.Now.Word && len(now.Standing.Reasons) > 0 {
		row.Why = append(row.Why, viet.Capital(s.names.Reason(now.Standing.Reasons[0]))+".")
	}
	return row, differs
}

// side is how a row stands in one revision.
func side(row *schedule.ClosedRow) *comparedSide {
	if row == nil {
		return nil
	}
	out := comparedSide{chip: chipOf(row.Standing), Pieces: len(row.Credits)}
	var levels, delivered []string
	for _, m := range row.Standing.Measures {
		levels = append(levels, report.Exact(m.Wanted))
		if !report.Unmeasured(row.Standing, m) {
			delivered = append(delivered, report.Exact(m.Delivered))
		}
	}
	out.Level, out.Delivered = strings.Join(levels, "; "), strings.Join(delivered, "; ")
	return &out
}

// mostWhy is how many pieces are named of a row.
const mostWhy = 5

// piecesOnly names the pieces that one list has and another has not.
func piecesOnly(word string, has, other []schedule.Credit) []string {
	var out []string
	n := 0
	for _, c := range has {
		if slices.ContainsFunc(other, func(o schedule.Credit) bool { return o.Evidence.ID == c.Evidence.ID }) {
			continue
		}
		if n++; n <= mostWhy {
			out = append(out, word+": "+report.Masked(c.Evidence).Title+" ("+viet.Day(c.Evidence.At.In(calendar.Zone))+").")
		}
	}
	if n > mostWhy {
		out = append(out, word+" "+viet.Number(n-mostWhy)+" minh chứng khác.")
	}
	return out
}

// comparedSheet takes the differences out.
func comparedSheet(p comparedPage) sheet {
	a, b := "Lần "+viet.Number(p.A.Revision)+": ", "Lần "+viet.Number(p.B.Revision)+": "
	sh := sheet{Name: "so-sanh-" + p.ID + "-" + strconv.Itoa(p.A.Revision) + "-" + strconv.Itoa(p.B.Revision), Title: "So sánh hai lần chốt: " + p.Name(),
		Head: []string{"Nhiệm vụ", "Căn cứ", "Cơ quan", "Kỳ", a + "kết quả", a + "có", a + "mức", a + "số minh chứng", b + "kết quả", b + "có", b + "mức", b + "số minh chứng", "Vì sao"}}
	cells := func(x *comparedSide) []any {
		if x == nil {
			return []any{"không có", "", "", 0}
		}
		return []any{x.Word, x.Delivered, x.Level, x.Pieces}
	}
	for _, x := range p.Rows {
		sh.Rows = append(sh.Rows, slices.Concat([]any{x.Title, viet.Basis(string(x.Basis)), x.Owner, x.Period}, cells(x.Was), cells(x.Now), []any{strings.Join(x.Why, " ")}))
	}
	return sh
}
