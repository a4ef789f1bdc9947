package web

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web/access"
)

// reportsPage lists the papers that can be had.
type reportsPage struct {
	Groups   []reportGroup
	Closings []closingLine // latest first
	Formats  []report.Format
	Period   string // what was asked for
	Format   string
	Wrong    string // why that cannot be

	Papers    bool // each period has a page
	MayClose  bool
	MayPack   bool
	Session   bool   // «Phiên chốt kỳ» and letters of reminder are for whoever asks
	Score     bool   // so is the simulation of points
	YearEnd   string // the period after the yearly report, once it is over
	Proposals int    // closed rows that would come out otherwise, and of which nobody said that they stay
}

// closingLine is one revision of a closed period.
type closingLine struct {
	schedule.Closing
	Name        string // of the period
	InForce     bool   // no later revision: what the period's report prints
	Certificate string // its address, "" if there is none
}

type reportGroup struct {
	Name    string
	Periods []reportPeriod
}

type reportPeriod struct {
	calendar.Period
	Revision    int      // in which it was closed last, 0 if it is open
	Issued      []string // numbers of that revision's papers
	Certificate string   // of that revision
}

func (s *site) reports(w http.ResponseWriter, r *http.Request) {
	v := r.URL.Query()
	p := reportsPage{Formats: s.formats, Period: strings.TrimSpace(v.Get("ky")), Format: v.Get("dang"), Groups: s.reportGroups()}
	closings, err := s.closings(r.Context())
	if err != nil {
		s.fail(w, r, "read the closed periods", err)
		return
	}
	p.Closings, p.Papers = closings, s.Papers != nil && s.ReportInput != nil
	var issued []report.IssuedPaper
	if s.Papers != nil {
		if issued, err = s.Papers.Issued(r.Context(), ""); err != nil {
			s.fail(w, r, "read the issued papers", err)
			return
		}
	}
	if v.Get("ky") == "" && s.asSheet(w, r, func() (sheet, error) { return closingSheet(closings), nil }) {
		return
	}
	p.MayPack = s.mayPack(r)
	p.Session, p.Score = s.has(s.actor(r), "GET", "/phien-chot"), s.has(s.actor(r), "GET", "/mo-phong-diem")
	if s.Closer != nil {
		p.MayClose = s.actor(r).May(access.Decide)
		if end := schedule.YearEnd(s.Plan, s.Calendar); !end.End.After(s.Business()) {
			p.YearEnd = end.ID
		}
		waiting, ok := s.restatementsPage(w, r)
		if !ok {
			return
		}
		p.Proposals = len(waiting.Rows)
	}
	for _, g := range p.Groups {
		for i := range g.Periods {
			for _, c := range closings {
				if c.InForce && c.Period == g.Periods[i].ID {
					g.Periods[i].Revision, g.Periods[i].Certificate = c.Revision, c.Certificate
					for _, x := range issued {
						if x.Period == c.Period && x.Revision == c.Revision {
							g.Periods[i].Issued = append(g.Periods[i].Issued, x.Number)
						}
					}
				}
			}
		}
	}
	if p.Period != "" {
		period, ok := typedPeriod(p.Period, s.Plan.To.Add(-time.Nanosecond).In(calendar.Zone).Year())
		if ok {
			format := p.Format
			if format == "" {
				format = s.formats[0].Name
			}
			http.Redirect(w, r, reportURL(period.ID, format), http.StatusSeeOther)
			return
		}
		p.Wrong = "Chưa hiểu kỳ «" + p.Period + "»: xin ghi như tuần 10, tháng 3, từ 15/02 đến 14/3, quý I, 6 tháng, năm 2023."
	}
	s.render(w, r, http.StatusOK, "reports", frame{Title: "Báo cáo", Here: "/bao-cao", Page: p})
}

// closings lists the revisions of every closed period, latest first.
func (s *site) closings(ctx context.Context) ([]closingLine, error) {
	if s.Closings == nil {
		return nil, nil
	}
	list, err := s.Closings(ctx)
	if err != nil {
		return nil, err
	}
	inForce := map[string]string{}
	for _, c := range schedule.InForce(list) {
		inForce[c.Period] = c.ID
	}
	var out []closingLine
	for _, c := range list {
		line := closingLine{Closing: c, Name: calendar.Period{ID: c.Period, Start: c.Start, End: c.End}.Name(), InForce: inForce[c.Period] == c.ID}
		if s.Certificate != nil {
			line.Certificate = "/bien-ban/" + url.PathEscape(c.ID)
		}
		out = append(out, line)
	}
	slices.SortStableFunc(out, func(a, b closingLine) int {
		return cmp.Or(b.At.Compare(a.At), b.Start.Compare(a.Start), cmp.Compare(b.Revision, a.Revision))
	})
	return out, nil
}

// certificate answers the certificate of one closing as plain text.
func (s *site) certificate(w http.ResponseWriter, r *http.Request) {
	heads, err := s.closings(r.Context())
	if err != nil {
		s.fail(w, r, "read the closed periods", err)
		return
	}
	id := r.PathValue("closing")
	if s.Certificate == nil || !slices.ContainsFunc(heads, func(c closingLine) bool { return c.ID == id }) {
		s.missing(w, r, "Không có biên bản chốt số liệu này.")
		return
	}
	c, err := s.Certificate(r.Context(), id)
	if err != nil {
		s.fail(w, r, "read the closing", err)
		return
	}
	var buf strings.Builder
	if err := report.WriteCertificate(&buf, s.Plan, c); err != nil {
		s.fail(w, r, "write the certificate", err)
		return
	}
	if !s.recorded(w, r, "export.certificate", map[string]any{"period": c.Period, "revision": c.Revision}) {
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf("inline; filename=%q", fmt.Sprintf("bien-ban-%s-lan-%d.txt", c.Period, c.Revision)))
	if _, err := io.WriteString(w, buf.String()); err != nil {
		s.Log.DebugContext(r.Context(), "write certificate", "error", err)
	}
}

// reportGroups are the plan's periods that have begun, latest first.
func (s *site) reportGroups() []reportGroup {
	now, year := s.Business(), s.Plan.Year
	var months, windows, longer []reportPeriod
	for m := 12; m >= 1; m-- {
		months = s.begun(months, fmt.Sprintf("%04d-%02d", year, m), now)
		windows = s.begun(windows, fmt.Sprintf("%04d-%02d@14", year, m), now)
	}
	for _, id := range []string{"%d@14", "%d-9M@14", "%d-H1@14", "%d-Q4@14", "%d-Q3@14", "%d-Q2@14", "%d-Q1@14", "%d"} {
		longer = s.begun(longer, fmt.Sprintf(id, year), now)
	}
	return []reportGroup{{"Theo tháng", months}, {"Kỳ báo cáo 15–14", windows}, {"Quý, 6 tháng, 9 tháng, năm", longer}}
}

func (s *site) begun(list []reportPeriod, id string, now time.Time) []reportPeriod {
	p, err := calendar.Parse(id)
	if err != nil || p.Start.After(now) || !p.Start.Before(s.Plan.To) {
		return list
	}
	return append(list, reportPeriod{Period: p})
}

func reportURL(period, format string) string { return "/bao-cao/" + period + "/" + format }

func (s *site) report(w http.ResponseWriter, r *http.Request) {
	i := slices.IndexFunc(s.formats, func(f report.Format) bool { return f.Name == r.PathValue("format") })
	period, err := calendar.Parse(r.PathValue("period"))
	if i < 0 || err != nil || s.ReportInput == nil {
		s.missing(w, r, "Không có báo cáo của kỳ này ở định dạng này.")
		return
	}
	f := s.formats[i]
	name := "bao-cao-" + period.ID
	var asked report.Paper
	if v := r.URL.Query().Get("van-ban"); v != "" {
		if !slices.ContainsFunc(report.Papers(), func(k report.PaperKind) bool { return string(k.Name) == v }) {
			s.missing(w, r, "Không có văn bản này.")
			return
		}
		asked = report.Paper(v)
		name = v + "-" + period.ID
	}
	if s.Papers != nil {
		p, sha, err := s.issuedFor(r.Context(), period, cmp.Or(asked, f.Paper, report.Internal), f.Name)
		if err != nil {
			s.fail(w, r, "read the issued papers", err)
			return
		}
		if sha != "" { // that paper cannot change any more
			s.giveIssued(w, r, p, f.Name, f, sha)
			return
		}
	}
	in, err := s.ReportInput(r.Context(), period, cmp.Or(asked, f.Paper))
	if err != nil {
		s.fail(w, r, "gather the report", err)
		return
	}
	var buf strings.Builder
	if err := f.Write(&buf, report.Build(in)); err != nil {
		s.fail(w, r, "write the report", err)
		return
	}
	if !s.recorded(w, r, "export.report", map[string]any{"format": f.Name, "period": period.ID}) {
		return
	}
	s.reportHead(w, f, name, f.Name)
	if _, err := w.Write([]byte(buf.String())); err != nil {
		s.Log.DebugContext(r.Context(), "write report", "error", err)
	}
}

// issuedFor is the file of a paper that was issued for the revision in force of a period, "" if it was not.
func (s *site) issuedFor(ctx context.Context, period calendar.Period, paper report.Paper, format string) (report.IssuedPaper, string, error) {
	all, err := s.Papers.Issued(ctx, period.ID)
	if err != nil || len(all) == 0 {
		return report.IssuedPaper{}, "", err
	}
	lines, err := s.closings(ctx)
	if err != nil {
		return report.IssuedPaper{}, "", err
	}
	for _, p := range all {
		if p.Paper != paper || !slices.ContainsFunc(lines, func(c closingLine) bool { return c.Period == period.ID && c.InForce && c.Revision == p.Revision }) {
			continue
		}
		for _, f := range p.Files {
			if f.Format == format {
				return p, f.Hash, nil
			}
		}
	}
	return report.IssuedPaper{}, "", nil
}
