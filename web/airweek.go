package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// airRoutes are the pages of broadcasting, the weeks ahead, make-good and loudspeakers.
func (s *site) airRoutes() []route {
	return append([]route{{"GET", "/phat-song", access.See, true, s.airWeek}}, slices.Concat(s.handRoutes(), s.caseRoutes(), s.adviceRoutes(), s.radioRoutes())...)
}

// airWeekPage is «Phát sóng»: a week of every channel.
type airWeekPage struct {
	Week       calendar.Period
	Prev, Next string // ids of weeks, "" outside the plan
	Channels   []airChannel
	Pick       []choice // channels to show
	May        bool     // hand in
	Address    string   // of this page, with its filter
	Cases      bool     // there are pages of make-good
}

// airChannel is one channel in a week.
type airChannel struct {
	ID, Name, Agency string
	Rows             []airRow
	Receipts         []media.Receipt
	Bare             []string // days that are over and that no receipt covers
	Log              string   // where the week's log is handed in
}

// airRow is one transmission with its three facts, and what it counts for.
type airRow struct {
	factsRow
	Start     time.Time
	Programme string
	Column    string
	Counts    []airCount
}

// airCount is whether a transmission counts for a duty, and why not.
type airCount struct {
	Quota, URL string
	Key, Words string // Key "yes", "no", "would", "wouldnot", "unsure"
}

func (s *site) airWeek(w http.ResponseWriter, r *http.Request) {
	now := s.Business()
	week := calendar.WeekOf(now)
	if id := r.URL.Query().Get("tuan"); id != "" {
		p, err := calendar.Parse(id)
		if err != nil || p.Start.IsZero() || calendar.WeekOf(p.Start).ID != p.ID {
			s.missing(w, r, "Không có tuần này.")
			return
		}
		week = p
	}
	only := r.URL.Query().Get("kenh")
	page, err := s.airWeekOf(r.Context(), s.actor(r), week, only)
	if err != nil {
		s.fail(w, r, "read the week's broadcasts", err)
		return
	}
	if s.asSheet(w, r, func() (sheet, error) { return airSheet(page), nil }) {
		return
	}
	s.render(w, r, http.StatusOK, "air", frame{Title: "Phát sóng", Here: "/phat-song", Evaluated: now, Page: page})
}

func (s *site) airWeekOf(ctx context.Context, a access.Actor, week calendar.Period, only string) (airWeekPage, error) {
	page := airWeekPage{Week: week, May: s.Air.Take != nil && a.May(access.Log) && len(kindsFor(a)) > 0, Address: "/phat-song?tuan=" + week.ID, Cases: s.Air.Cases != nil}
	if only != "" {
		page.Address += "&kenh=" + only
	}
	if prev := calendar.WeekOf(week.Start.AddDate(0, 0, -3)); prev.End.After(s.Plan.From) {
		page.Prev = prev.ID
	}
	if next := calendar.WeekOf(week.End.AddDate(0, 0, 3)); next.Start.Before(s.Plan.To) {
		page.Next = next.ID
	}
	receipts, err := s.Items.Receipts(ctx)
	if err != nil {
		return page, err
	}
	counts := airCounts{site: s, week: week}
	for _, c := range s.Plan.Channels {
		if !a.Sees(c.Agency) {
			continue
		}
		page.Pick = append(page.Pick, choice{c.ID, c.Name, c.ID == only})
		if only != "" && c.ID != only {
			continue
		}
		if err := counts.of(ctx, c.Agency); err != nil {
			return page, err
		}
		page.Channels = append(page.Channels, s.airChannel(c, week, receipts, &counts))
	}
	return page, nil
}

func (s *site) airChannel(c schedule.Channel, week calendar.Period, receipts []media.Receipt, counts *airCounts) airChannel {
	out := airChannel{ID: c.ID, Name: c.Name, Agency: c.Agency, Log: "/phat-song/nhap?loai=" + media.FormAirings + "&kenh=" + c.ID + "&tu=" + week.Start.In(calendar.Zone).Format(time.DateOnly)}
	for _, r := range receipts {
		if r.Channel == c.ID && r.From.Before(week.End) && week.Start.Before(r.To) {
			out.Receipts = append(out.Receipts, r)
		}
	}
	for d := week.Start; d.Before(week.End) && !d.AddDate(0, 0, 1).After(s.Business()); d = d.AddDate(0, 0, 1) {
		if !slices.ContainsFunc(out.Receipts, func(r media.Receipt) bool { return !r.From.After(d) && !r.To.Before(d.AddDate(0, 0, 1)) }) {
			out.Bare = append(out.Bare, viet.Day(d))
		}
	}
	for _, run := range counts.runs[c.Agency] {
		if run.Channel == c.ID {
			out.Rows = append(out.Rows, airRow{factsRow: s.factsRow(run), Start: run.Start, Programme: run.Programme, Column: s.names.Column(run.Column), Counts: counts.says(run)})
		}
	}
	return out
}

// airCounts finds what the transmissions of a week count for, station by station.
type airCounts struct {
	*site
	week  calendar.Period
	eval  *schedule.Evaluation
	runs  map[string][]schedule.Run
	said  map[string][]airCount // by evidence id
	ahead map[string][]airCount // by id of what is announced
}

// of reads what is known of a station, once.
func (c *airCounts) of(ctx context.Context, station string) error {
	if c.runs == nil {
		c.runs, c.said, c.ahead = map[string][]schedule.Run{}, map[string][]airCount{}, map[string][]airCount{}
	}
	if _, done := c.runs[station]; done {
		return nil
	}
	if c.Runs == nil {
		c.runs[station] = nil
		return nil
	}
	runs, err := c.Runs(ctx, station, c.week.Start, c.week.End)
	if err != nil {
		return err
	}
	c.runs[station] = runs
	if c.eval == nil {
		ev, _, err := c.Standings.Evaluation(ctx, c.Plan.ID)
		if err != nil {
			return err
		}
		c.eval = &ev
	}
	for _, st := range c.eval.Standings {
		if st.Owner != station || !st.Start.Before(c.week.End) || !c.week.Start.Before(st.End) || !broadcasts(c.quotas[st.Quota]) {
			continue
		}
		m, err := c.Standings.Detail(ctx, c.Plan.ID, st.Quota, st.Owner, st.Period)
		if err != nil {
			return err
		}
		url := c.standingURL(st.Quota, st.Owner, st.Period)
		for _, x := range m.Credits {
			c.said[x.Evidence.ID] = append(c.said[x.Evidence.ID], airCount{st.Quota, url, "yes", "được tính"})
		}
		for _, x := range m.Rejections {
			c.said[x.Evidence.ID] = append(c.said[x.Evidence.ID], airCount{st.Quota, url, "no", "không được tính: " + viet.Reason(x.Reason.Code, schedule.Untimed(x.Reason).Args)})
		}
	}
	if c.Slots == nil || !c.week.End.After(c.Business()) {
		return nil
	}
	slots, err := c.Slots(ctx, c.week.End)
	if err != nil {
		return err
	}
	for _, slot := range slots {
		for _, p := range slot.Planned {
			if slot.Owner != station {
				continue
			}
			count := airCount{slot.Quota, quotaURL(slot.Quota), "wouldnot", ""}
			switch {
			case p.Fits:
				count.Key, count.Words = "would", "đủ điều kiện nếu phát đúng như vậy"
			case p.Unsure:
				count.Key, count.Words = "unsure", "chưa rõ thời lượng"
			default:
				count.Words = "sẽ không được tính: " + viet.Reason(p.Why.Code, schedule.Untimed(p.Why).Args)
			}
			c.ahead[p.Planned.ID] = append(c.ahead[p.Planned.ID], count)
		}
	}
	return nil
}

// broadcasts reports whether a quota is about what is broadcast.
func broadcasts(q schedule.Quota) bool {
	return q.Kind == "airing" || slices.ContainsFunc(q.Conditions, func(c schedule.Condition) bool { return c.Name == "theme" })
}

func (c *airCounts) says(run schedule.Run) (out []airCount) {
	for _, a := range run.Aired {
		for _, x := range c.said[a.ID] {
			if !slices.Contains(out, x) {
				out = append(out, x)
			}
		}
	}
	if len(run.Aired) == 0 && run.Planned != nil {
		out = append(out, c.ahead[run.Planned.ID]...)
	}
	return out
}

// airSheet is the week as a table.
func airSheet(p airWeekPage) sheet {
	sh := sheet{Name: "phat-song-" + p.Week.ID, Title: "Phát sóng, " + p.Week.Name(), Head: []string{"Kênh", "Bắt đầu", "Chương trình", "Chuyên mục", "Theo lịch dự kiến", "Đã phát", "Đã đăng", "Đối chiếu", "Được tính"}}
	for _, c := range p.Channels {
		for _, row := range c.Rows {
			var counts []string
			for _, x := range row.Counts {
				counts = append(counts, x.Quota+": "+x.Words)
			}
			sh.Rows = append(sh.Rows, []any{c.Name, row.Start, row.Programme, row.Column, row.Planned, row.Aired, row.Uploaded, strings.TrimSuffix(row.Says+". "+row.Difference, ". "), strings.Join(counts, "; ")})
		}
	}
	return sh
}

// mapsPage lists the kept maps of columns.
type mapsPage struct{ Maps []mapLine }

type mapLine struct {
	media.TableMap
	FormWord, Words string
}

func (s *site) maps(w http.ResponseWriter, r *http.Request) {
	page, err := s.mapsPage(r)
	if err != nil {
		s.fail(w, r, "read the maps of columns", err)
		return
	}
	s.render(w, r, http.StatusOK, "maps", frame{Title: "Bản đồ cột", Here: "/phat-song", Page: page})
}

// mapsPage lists the maps that the person may drop.
func (s *site) mapsPage(r *http.Request) (page mapsPage, err error) {
	all, err := s.Air.Maps(r.Context())
	for _, m := range all {
		if s.seesMap(r, m) {
			page.Maps = append(page.Maps, mapLine{m, viet.Capital(viet.FormName(m.Form)), s.mapWords(m)})
		}
	}
	return page, err
}

func (s *site) seesMap(r *http.Request, m media.TableMap) bool {
	a := s.actor(r)
	if !a.Role.Scoped() {
		return true
	}
	return m.Agency != "" && a.Sees(m.Agency)
}

// mapWords is what a map tells, in words.
func (s *site) mapWords(m media.TableMap) string {
	var out []string
	for _, name := range s.Air.MapColumns(m.Form) {
		if spec := m.Columns[name]; spec != "" {
			out = append(out, name+": cột "+spec)
		}
	}
	if m.FirstRow > 0 {
		out = append(out, "dữ liệu từ dòng "+viet.Number(m.FirstRow))
	}
	if word := map[string]string{"minute": "phút", "second": "giây"}[m.Unit]; word != "" {
		out = append(out, "thời lượng tính bằng "+word)
	}
	if m.DayOrder == "mdy" {
		out = append(out, "ngày ghi tháng trước ngày sau")
	}
	if m.Channel != "" {
		out = append(out, "kênh "+s.names.Channel(m.Channel))
	}
	return strings.Join(out, "; ")
}

func (s *site) dropMap(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	page, err := s.mapsPage(r)
	if err != nil {
		s.fail(w, r, "read the maps of columns", err)
		return
	}
	form, sender, _ := strings.Cut(field(r, "xoa"), " ")
	if !slices.ContainsFunc(page.Maps, func(m mapLine) bool { return m.Sender == sender && m.Form == form }) {
		s.missing(w, r, "Không có bản đồ cột này.")
		return
	}
	if err := s.Air.DropMap(r.Context(), s.actor(r), sender, form); err != nil {
		s.sorry(w, r, "drop a map of columns", err, "maps", frame{Title: "Bản đồ cột", Here: "/phat-song", Page: page})
		return
	}
	s.done(w, r, "/phat-song/ban-do-cot", "Đã xóa bản đồ cột của «"+sender+"».")
}
