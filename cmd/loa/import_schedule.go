package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"loa/crawler/extract"
	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
)

// guideCmd imports a schedule for days to come, as a table.
type guideCmd struct{ handedCmd }

// Run reads the table and stores what it announces.
func (c *guideCmd) Run(a *app) error {
	return c.take(a, media.FormSchedule, extract.Guide)
}

// xmltvCmd imports a schedule as XMLTV.
type xmltvCmd struct {
	File    string `arg:"" type:"existingfile" help:"Tệp XMLTV; «-» đọc từ đầu vào chuẩn."`
	Plan    string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At      moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Channel string `help:"Chỉ nạp kênh này."`
	Sender  string `help:"Ai gửi."`
	Preview bool   `help:"Đọc thử: in các dòng đầu như được hiểu và mọi lỗi; không lưu gì."`
}

// Run reads the guide and stores what it announces of the plan's channels.
func (c *xmltvCmd) Run(a *app) error {
	as := guideCmd{handedCmd{File: c.File, Plan: c.Plan, At: c.At, Channel: c.Channel, Sender: c.Sender, Preview: c.Preview, NoMap: true}}
	return as.take(a, media.FormSchedule, extract.XMLTV)
}

// take reads and stores a schedule, all of it or nothing.
func (c *guideCmd) take(a *app, form string, read func(string, []byte, extract.LogOptions) ([]media.Planned, []extract.RowError, error)) error {
	name, data, err := c.bytes(a)
	if err != nil {
		return err
	}
	if c.Preview {
		plan, st, err := c.peek(a)
		if err != nil {
			return err
		}
		if st != nil {
			defer st.Close()
		}
		m, err := c.mapFor(a, st, form)
		if err != nil {
			return err
		}
		all, err := c.rows(a, plan, m, name, data, read)
		if err != nil {
			return err
		}
		if err := previewPlanned(a, plan, all); err != nil {
			return err
		}
		fmt.Fprintf(a.Out, "Đọc được %d chương trình dự kiến (%s). Đọc thử, chưa lưu gì.\n", len(all), guideDays(all))
		return nil
	}
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	m, err := c.mapFor(a, e.store, form)
	if err != nil {
		return err
	}
	all, err := c.rows(a, e.plan, m, name, data, read)
	if err != nil {
		return err
	}
	kept, err := e.keepBytes(a.ctx, "schedule", name, data)
	if err != nil {
		return err
	}
	fresh, gone, err := e.store.PutGuide(a.ctx, all, kept, c.Sender, e.business())
	switch {
	case errors.Is(err, store.ErrGuideOlder):
		return fmt.Errorf("lịch %s: đã có lịch nạp sau thời điểm này, tệp không được nạp", guideDays(all))
	case err != nil:
		return fmt.Errorf("lưu lịch phát sóng %s: %w", name, err)
	}
	if err := c.keepMap(e, m); err != nil {
		return err
	}
	if fresh+gone == 0 {
		fmt.Fprintf(a.Out, "Lịch %s không có gì khác với lịch đã nạp.\n", guideDays(all))
	} else {
		fmt.Fprintf(a.Out, "Đã nạp lịch %s: %d chương trình mới, %d bị thay; minh chứng %s.\n", guideDays(all), fresh, gone, viet.GradeWords("D"))
	}
	_, err = e.judgeAndEvaluate(a.ctx)
	return err
}

// rows reads the schedule; every mistake is told on stderr.
func (c *guideCmd) rows(a *app, plan *schedule.Plan, m *media.TableMap, name string, data []byte,
	read func(string, []byte, extract.LogOptions) ([]media.Planned, []extract.RowError, error),
) ([]media.Planned, error) {
	opt, err := logOptions(plan, c.Channel)
	if err != nil {
		return nil, err
	}
	var seen extract.Handed
	opt.Map, opt.See = m, func(h extract.Handed) { seen = h }
	all, bad, rerr := read(name, data, opt)
	if c.Preview && seen.Format != "" {
		if err := previewHead(a.Out, name, seen); err != nil {
			return nil, err
		}
	} else {
		tellHanded(a.Err, name, seen)
	}
	return all, refuseRows(a, name, bad, rerr)
}

// guideDays names the channels and days of a schedule.
func guideDays(all []media.Planned) string {
	var channels []string
	first, last := all[0].Day, all[0].Day
	for _, p := range all {
		if !slices.Contains(channels, p.Channel) {
			channels = append(channels, p.Channel)
		}
		if p.Day.Before(first) {
			first = p.Day
		}
		if p.Day.After(last) {
			last = p.Day
		}
	}
	slices.Sort(channels)
	return fmt.Sprintf("kênh %s, từ %s đến hết %s", joinAll(channels), viet.Day(first.In(calendar.Zone)), viet.Day(last.In(calendar.Zone)))
}

func joinAll(names []string) string {
	out := ""
	for _, n := range names {
		out = joinWords(out, n)
	}
	return out
}

// previewPlanned prints the first rows of a schedule.
func previewPlanned(a *app, plan *schedule.Plan, all []media.Planned) error {
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Kênh\tNgày\tGiờ\tThời lượng\tChương trình\tChuyên mục\tGhi chú")
	for _, p := range all[:min(len(all), previewRows)] {
		length := "-"
		if p.Duration > 0 {
			length = viet.Duration(p.Duration)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.Channel, viet.Day(p.Start.In(calendar.Zone)), viet.Clock(p.Start), length, p.Programme,
			cmp.Or(columnOf(plan, p.Column), "-"), cmp.Or(plannedNote(p), "-"))
	}
	return w.Flush()
}

// uploadsCmd imports a list of what channels put on the network.
type uploadsCmd struct{ handedCmd }

// Run reads the list and stores it.
func (c *uploadsCmd) Run(a *app) error {
	name, data, err := c.bytes(a)
	if err != nil {
		return err
	}
	if c.Preview {
		plan, st, err := c.peek(a)
		if err != nil {
			return err
		}
		if st != nil {
			defer st.Close()
		}
		m, err := c.mapFor(a, st, media.FormUploads)
		if err != nil {
			return err
		}
		all, err := c.rows(a, plan, m, name, data)
		if err != nil {
			return err
		}
		return c.show(a, plan, all)
	}
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	m, err := c.mapFor(a, e.store, media.FormUploads)
	if err != nil {
		return err
	}
	all, err := c.rows(a, e.plan, m, name, data)
	if err != nil {
		return err
	}
	kept, err := e.keepBytes(a.ctx, "uploads", name, data)
	if err != nil {
		return err
	}
	fresh, err := e.store.PutUploads(a.ctx, all, kept, c.Sender, e.business())
	if err != nil {
		return fmt.Errorf("lưu danh sách video %s: %w", name, err)
	}
	if err := c.keepMap(e, m); err != nil {
		return err
	}
	if fresh == 0 {
		fmt.Fprintf(a.Out, "Danh sách không có gì khác với những gì đã nạp: %d video.\n", len(all))
	} else {
		fmt.Fprintf(a.Out, "Đã nạp %d video mới hoặc có thay đổi, trong %d video; minh chứng %s. Video không phải lần phát sóng, chỉ để đối chiếu.\n", fresh, len(all), viet.GradeWords("C"))
	}
	_, err = e.judgeAndEvaluate(a.ctx)
	return err
}

func (c *uploadsCmd) rows(a *app, plan *schedule.Plan, m *media.TableMap, name string, data []byte) ([]media.Upload, error) {
	opt, err := logOptions(plan, c.Channel)
	if err != nil {
		return nil, err
	}
	var seen extract.Handed
	opt.Map, opt.See = m, func(h extract.Handed) { seen = h }
	all, bad, rerr := extract.Uploads(name, data, opt)
	if c.Preview && seen.Format != "" {
		if err := previewHead(a.Out, name, seen); err != nil {
			return nil, err
		}
	} else {
		tellHanded(a.Err, name, seen)
	}
	return all, refuseRows(a, name, bad, rerr)
}

// show prints the first rows of a list.
func (c *uploadsCmd) show(a *app, plan *schedule.Plan, all []media.Upload) error {
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Kênh\tĐăng lúc\tThời lượng\tTiêu đề\tChuyên mục\tĐịa chỉ")
	columns := 0
	for i, u := range all {
		if u.Column != "" {
			columns++
		}
		if i >= previewRows {
			continue
		}
		when, length := viet.Day(u.At.In(calendar.Zone)), "-"
		if u.Precision != media.ToDay {
			when = viet.Moment(u.At.In(calendar.Zone))
		}
		if u.Duration > 0 {
			length = viet.Duration(u.Duration)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", u.Channel, when, length, u.Title, cmp.Or(columnOf(plan, u.Column), "-"), cmp.Or(u.URL, "-"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Đọc được %d video (%d của chuyên mục trong kế hoạch). Đọc thử, chưa lưu gì.\n", len(all), columns)
	return nil
}
