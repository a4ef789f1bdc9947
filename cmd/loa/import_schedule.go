package main

import (
	"cmp"
	"context"
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
	return c.take(a, media.FormSchedule, false)
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
	return as.take(a, media.FormSchedule, true)
}

// take reads and stores a schedule, all of it or nothing.
func (c *guideCmd) take(a *app, form string, xmltv bool) error {
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
		all, err := c.rows(a, plan, m, name, data, xmltv)
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
	all, err := c.rows(a, e.plan, m, name, data, xmltv)
	if err != nil {
		return err
	}
	fresh, gone, err := e.putGuide(a.ctx, name, data, c.Sender, all)
	if err != nil {
		return err
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

// putGuide keeps the file of a schedule and stores what it announces, all of it or nothing.
func (e *engine) putGuide(ctx context.Context, name string, data []byte, sender string, all []media.Planned) (fresh, gone int, err error) {
	kept, err := e.keepBytes(ctx, "schedule", name, data)
	if err != nil {
		return 0, 0, err
	}
	fresh, gone, err = e.store.PutGuide(ctx, all, kept, sender, e.business())
	switch {
	case errors.Is(err, store.ErrGuideOlder):
		return 0, 0, fmt.Errorf("lịch %s: đã có lịch nạp sau thời điểm này, tệp không được nạp: %w", guideDays(all), err)
	case err != nil:
		return 0, 0, fmt.Errorf("lưu lịch phát sóng %s: %w", name, err)
	}
	return fresh, gone, nil
}

// readGuide reads a schedule, a table or XMLTV.
func readGuide(plan *schedule.Plan, channel string, m *media.TableMap, xmltv bool, name string, data []byte, part bool) (all []media.Planned, seen extract.Handed, bad []extract.RowError, err error) {
	opt, err := logOptions(plan, channel)
	if err != nil {
		return nil, seen, nil, err
	}
	opt.Map, opt.Part, opt.See = m, part, func(h extract.Handed) { seen = h }
	read := extract.Guide
	if xmltv {
		read = extract.XMLTV
	}
	all, bad, err = read(name, data, opt)
	return all, seen, bad, err
}

// rows reads the schedule; every mistake is told on stderr.
func (c *guideCmd) rows(a *app, plan *schedule.Plan, m *media.TableMap, name string, data []byte, xmltv bool) ([]media.Planned, error) {
	all, seen, bad, rerr := readGuide(plan, c.Channel, m, xmltv, name, data, false)
	return all, c.toldRead(a, name, seen, bad, rerr)
}

// toldRead prints how a table was read, and every mistake of it.
func (c *handedCmd) toldRead(a *app, name string, seen extract.Handed, bad []extract.RowError, rerr error) error {
	if usage := (usageError{}); errors.As(rerr, &usage) {
		return rerr
	}
	if c.Preview && seen.Format != "" {
		if err := previewHead(a.Out, name, seen); err != nil {
			return err
		}
	} else {
		tellHanded(a.Err, name, seen)
	}
	return refuseRows(a, name, bad, rerr)
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
	fresh, err := e.putUploads(a.ctx, name, data, c.Sender, all)
	if err != nil {
		return err
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

// putUploads keeps the file of a list of uploads and stores what it says, all of it or nothing.
func (e *engine) putUploads(ctx context.Context, name string, data []byte, sender string, all []media.Upload) (fresh int, err error) {
	kept, err := e.keepBytes(ctx, "uploads", name, data)
	if err != nil {
		return 0, err
	}
	if fresh, err = e.store.PutUploads(ctx, all, kept, sender, e.business()); err != nil {
		return 0, fmt.Errorf("lưu danh sách video %s: %w", name, err)
	}
	return fresh, nil
}

// readUploads reads a list of uploads.
func readUploads(plan *schedule.Plan, channel string, m *media.TableMap, name string, data []byte, part bool) (all []media.Upload, seen extract.Handed, bad []extract.RowError, err error) {
	opt, err := logOptions(plan, channel)
	if err != nil {
		return nil, seen, nil, err
	}
	opt.Map, opt.Part, opt.See = m, part, func(h extract.Handed) { seen = h }
	all, bad, err = extract.Uploads(name, data, opt)
	return all, seen, bad, err
}

func (c *uploadsCmd) rows(a *app, plan *schedule.Plan, m *media.TableMap, name string, data []byte) ([]media.Upload, error) {
	all, seen, bad, rerr := readUploads(plan, c.Channel, m, name, data, false)
	return all, c.toldRead(a, name, seen, bad, rerr)
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
