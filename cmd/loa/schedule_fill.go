package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"loa/plans"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/schedule/propose"
	"loa/viet"
)

// fillSlots says what could fill the slots of a newspaper or station: pieces of
// agencies, and times in its grid. It is for the outlet itself.
func (e *engine) fillSlots(ev schedule.Evaluation, slots []schedule.Slot, owner, grid string, pieces bool, until time.Time) error {
	if owner == "" {
		return usagef("--fill, --grid cần --owner: gợi ý là của riêng từng Báo, Đài")
	}
	outlet, err := e.pressAgency(owner)
	if err != nil {
		return err
	}
	opt := propose.Options{Now: e.business()}.Filled()
	openings := propose.Openings(e.plan, ev.Standings, outlet.ID, until, opt)
	put := func(quota, period string, f schedule.Filling) {
		for i := range slots {
			if s := &slots[i]; s.Owner == outlet.ID && s.Quota == quota && s.Period == period {
				s.Fill = append(s.Fill, f)
			}
		}
	}
	if grid != "" {
		g, problems := plans.Grid(os.DirFS(filepath.Dir(grid)), filepath.Base(grid), e.plan)
		if err := refuse(problems); err != nil {
			return fmt.Errorf("khung chương trình %s: %w", grid, err)
		}
		if g.Station != outlet.ID {
			return usagef("khung chương trình %s không phải của %s", grid, outlet.Name)
		}
		e.airtimes(e.plan, g, ev, openings, opt, until, put)
	}
	if pieces {
		for _, c := range propose.Gather(e.plan, ev.Evidence, outlet.ID, opt).Choose(openings, 0).Choices {
			put(c.Opening.Quota, c.Opening.Period, schedule.Filling{Kind: "item", ID: c.Evidence.ID, Title: report.Masked(c.Evidence).Title, URL: c.Evidence.URL, Why: c.Reasons})
		}
	}
	return nil
}

// airtimes puts the times that a station's grid has for what it still lacks.
func (e *engine) airtimes(plan *schedule.Plan, g propose.Grid, ev schedule.Evaluation, openings []propose.Opening, opt propose.Options, until time.Time, put func(quota, period string, f schedule.Filling)) {
	for _, q := range plan.Quotas {
		if q.Owner.Agency != g.Station || q.Kind != "airing" {
			continue
		}
		ask := propose.Ask{Quota: q.ID, Column: firstColumn(q), Minutes: proposedMinutes, From: calendar.Day(opt.Now), To: until, Now: opt.Now, Need: map[string]int{}}
		for _, o := range openings {
			if o.Quota == q.ID {
				ask.Need[o.Period] = o.Missing
			}
		}
		for _, x := range propose.Airtimes(plan, e.cal, g, lately(ev.Matching, q.ID, opt.Now), ask).Times {
			if !x.Start.IsZero() {
				put(q.ID, x.Period.ID, schedule.Filling{Kind: "airtime", Title: report.NamesOf(plan).Channel(x.Channel), At: x.Start, Why: x.Reasons})
			}
		}
	}
}

// fillings prints what could fill slots, below their table.
func fillings(out io.Writer, names report.Names, list []schedule.Slot) error {
	if !slices.ContainsFunc(list, func(s schedule.Slot) bool { return len(s.Fill) > 0 }) {
		return nil
	}
	fmt.Fprintln(out, "\nCó thể dùng (tham khảo):")
	for _, s := range list {
		for _, f := range s.Fill {
			what := "«" + f.Title + "»"
			if f.Kind == "airtime" {
				what = f.Title + ", " + viet.Moment(f.At.In(calendar.Zone)) + " (" + viet.Weekday(f.At.In(calendar.Zone).Weekday()) + ")"
			}
			fmt.Fprintf(out, "%s %s: %s\n    %s\n", s.Quota, s.Period, what, reasonWords(names, f.Why))
		}
	}
	_, err := fmt.Fprintln(out)
	return err
}
