package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"loa/report"
	"loa/schedule/calendar"
)

// reportsPage lists the papers that can be had.
type reportsPage struct {
	Groups  []reportGroup
	Formats []report.Format
	Period  string // what was asked for
	Format  string
	Wrong   string // why that cannot be
}

type reportGroup struct {
	Name    string
	Periods []calendar.Period
}

func (s *site) reports(w http.ResponseWriter, r *http.Request) {
	v := r.URL.Query()
	p := reportsPage{Formats: s.formats, Period: strings.TrimSpace(v.Get("ky")), Format: v.Get("dang"), Groups: s.reportGroups()}
	if p.Period != "" {
		period, err := calendar.Parse(p.Period)
		if err == nil {
			format := p.Format
			if format == "" {
				format = s.formats[0].Name
			}
			http.Redirect(w, r, reportURL(period.ID, format), http.StatusSeeOther)
			return
		}
		p.Wrong = "Chưa hiểu kỳ «" + p.Period + "»."
	}
	s.render(w, r, http.StatusOK, "reports", frame{Title: "Báo cáo", Here: "/bao-cao", Page: p})
}

// reportGroups are the plan's periods that have begun, latest first.
func (s *site) reportGroups() []reportGroup {
	now, year := s.Business(), s.Plan.Year
	var months, windows, longer []calendar.Period
	for m := 12; m >= 1; m-- {
		months = s.begun(months, fmt.Sprintf("%04d-%02d", year, m), now)
		windows = s.begun(windows, fmt.Sprintf("%04d-%02d@14", year, m), now)
	}
	for _, id := range []string{"%d@14", "%d-9M@14", "%d-H1@14", "%d-Q4@14", "%d-Q3@14", "%d-Q2@14", "%d-Q1@14", "%d"} {
		longer = s.begun(longer, fmt.Sprintf(id, year), now)
	}
	return []reportGroup{{"Theo tháng", months}, {"Kỳ báo cáo 15–14", windows}, {"Quý, 6 tháng, 9 tháng, năm", longer}}
}

func (s *site) begun(list []calendar.Period, id string, now time.Time) []calendar.Period {
	p, err := calendar.Parse(id)
	if err != nil || p.Start.After(now) || !p.Start.Before(s.Plan.To) {
		return list
	}
	return append(list, p)
}

func reportURL(period, format string) string { return "/bao-cao/" + period + "/" + format }

func (s *site) report(w http.ResponseWriter, r *http.Request) {
	i := slices.IndexFunc(s.formats, func(f report.Format) bool { return f.Name == r.PathValue("format") })
	period, err := calendar.Parse(r.PathValue("period"))
	if i < 0 || err != nil || s.ReportInput == nil {
		s.missing(w, r, "Không có báo cáo của kỳ này ở định dạng này.")
		return
	}
	in, err := s.ReportInput(r.Context(), period)
	if err != nil {
		s.fail(w, r, "gather the report", err)
		return
	}
	var buf strings.Builder
	if err := s.formats[i].Write(&buf, report.Build(in)); err != nil {
		s.fail(w, r, "write the report", err)
		return
	}
	if h := s.formats[i].StyleHash; h != "" { // a paper carries its style within, known by its hash
		w.Header().Set("Content-Security-Policy", strings.Replace(policy, "style-src 'self'", "style-src "+h, 1))
	}
	w.Header().Set("Content-Type", s.formats[i].ContentType)
	w.Header().Set("Content-Disposition", fmt.Sprintf("inline; filename=%q", "bao-cao-"+period.ID+"."+s.formats[i].Name))
	if _, err := w.Write([]byte(buf.String())); err != nil {
		s.Log.DebugContext(r.Context(), "write report", "error", err)
	}
}
