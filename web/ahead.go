package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// aheadWeeks is how far the page of the weeks ahead looks.
const aheadWeeks = 8

// aheadPage is «Các kỳ sắp tới»: where the duties of single bodies can still be met.
type aheadPage struct {
	Until  time.Time
	Owners []aheadOwner
}

type aheadOwner struct {
	ID     string
	Feed   string   // address of its calendar, "" if there is none
	Advice string   // address of the suggestions for it, "" if there are none
	NoPlan []string // channels whose schedule for the next week is not known
	Slots  []aheadSlot
}

// aheadSlot is one period that runs or is to come.
type aheadSlot struct {
	schedule.Slot
	Title   string
	Period  calendar.Period
	Chip    chip
	URL     string // of its standing, "" while it is to come
	Planned []aheadPlanned
	None    bool   // a schedule is known, and has nothing
	Usual   string // "" where nothing is usual
}

// aheadPlanned is one announced transmission.
type aheadPlanned struct {
	At    time.Time
	Where string
	State string // "fits", "unsure" or "not"
	Words string // what it is, or why it would not count
}

func (s *site) ahead(w http.ResponseWriter, r *http.Request) {
	if s.Slots == nil {
		s.missing(w, r, "Không có trang này.")
		return
	}
	now := s.Business()
	page := aheadPage{Until: calendar.Day(now).AddDate(0, 0, 7*aheadWeeks)}
	list, err := s.Slots(r.Context(), page.Until)
	if err != nil {
		s.fail(w, r, "look ahead", err)
		return
	}
	for _, x := range list {
		q := s.quotas[x.Quota]
		if report.OnlyCounted(q) || x.Short == 0 && len(x.Planned) == 0 || !s.actor(r).Sees(x.Owner) {
			continue
		}
		i := slices.IndexFunc(page.Owners, func(o aheadOwner) bool { return o.ID == x.Owner })
		if i < 0 {
			o := aheadOwner{ID: x.Owner}
			if s.Feed != nil {
				o.Feed = "/lich/" + s.slug(x.Owner) + ".ics"
			}
			if s.Air.Advise != nil && slices.ContainsFunc(s.outlets(s.actor(r), ""), func(c choice) bool { return s.agencyID(c.Value) == x.Owner }) {
				o.Advice = "/sap-toi/goi-y?cho=" + url.QueryEscape(s.slug(x.Owner))
			}
			page.Owners, i = append(page.Owners, o), len(page.Owners)
		}
		page.Owners[i].Slots = append(page.Owners[i].Slots, s.aheadSlot(x, q.Title, now))
	}
	if err := s.noPlans(r.Context(), page.Owners, now); err != nil {
		s.fail(w, r, "look for schedules", err)
		return
	}
	for _, o := range page.Owners {
		slices.SortStableFunc(o.Slots, func(a, b aheadSlot) int { return a.Slot.End.Compare(b.Slot.End) })
	}
	if s.asSheet(w, r, func() (sheet, error) { return s.aheadSheet(page), nil }) {
		return
	}
	s.render(w, r, http.StatusOK, "ahead", frame{Title: "Tuần tới", Here: "/sap-toi", Evaluated: now, Page: page})
}

// noPlans tells of each station which channels announce nothing for the next seven days: «chưa có lịch».
func (s *site) noPlans(ctx context.Context, owners []aheadOwner, now time.Time) error {
	if s.Planned == nil {
		return nil
	}
	has := map[string]bool{}
	list, err := s.Planned(ctx, now, now.AddDate(0, 0, 7))
	for _, p := range list {
		has[p.Channel] = true
	}
	for _, c := range s.Plan.Channels {
		for i := range owners {
			if owners[i].ID == c.Agency && !has[c.ID] {
				owners[i].NoPlan = append(owners[i].NoPlan, c.Name)
			}
		}
	}
	return err
}

// aheadSheet is the page as a table.
func (s *site) aheadSheet(p aheadPage) sheet {
	sh := sheet{Name: "tuan-toi", Title: "Các kỳ sắp tới, đến hết " + viet.Day(p.Until.AddDate(0, 0, -1)), Head: []string{"Cơ quan", "Nhiệm vụ", "Kỳ", "Tình trạng", "Còn thiếu", "Đơn vị tính", "Hạn cuối còn kịp", "Hạn cuối còn kịp sản xuất", "Theo lịch dự kiến", "Thường lệ"}}
	for _, o := range p.Owners {
		for _, x := range o.Slots {
			var planned []string
			for _, l := range x.Planned {
				planned = append(planned, viet.Moment(l.At)+", "+l.Where+": "+l.Words)
			}
			sh.Rows = append(sh.Rows, []any{s.names.Agency(o.ID), x.Quota + " " + x.Title, x.Period.Name(), x.Chip.Word, x.Short, viet.Unit(x.Unit), x.LastSave, x.ProduceBy, strings.Join(planned, "; "), x.Usual})
		}
	}
	return sh
}

func (s *site) aheadSlot(x schedule.Slot, title string, now time.Time) aheadSlot {
	out := aheadSlot{Slot: x, Title: title, Period: calendar.Period{ID: x.Period, Start: x.Start, End: x.End},
		Chip: s.chip(schedule.Standing{Quota: x.Quota, Owner: x.Owner, Period: x.Period, Start: x.Start, End: x.End, Basis: x.Basis, State: x.State, Risk: x.Risk, Reasons: x.Reasons})}
	if !x.Start.After(now) {
		out.URL = s.standingURL(x.Quota, x.Owner, x.Period)
	}
	for _, p := range x.Planned {
		line := aheadPlanned{At: p.Planned.Start, Where: s.names.Channel(p.Planned.Channel), State: "not"}
		switch {
		case p.Fits:
			line.State, line.Words = "fits", "đủ điều kiện nếu phát đúng như vậy, "+viet.Duration(p.Planned.Duration)
		case p.Unsure:
			line.State, line.Words = "unsure", "chưa rõ thời lượng"
		default:
			line.Words = "không được tính: " + viet.Reason(p.Why.Code, schedule.Untimed(p.Why).Args)
		}
		out.Planned = append(out.Planned, line)
	}
	for _, r := range x.Reasons {
		switch r.Code {
		case "usually":
			out.Usual = s.names.Reason(r)
		case "planned_none":
			out.None = true
		}
	}
	return out
}
