package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"loa/crawler/extract"
	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

type segmentsCmd struct {
	registerCmd
	Replace bool `help:"Thay bảng kê đã nhận cho khoảng này, kể cả kênh mà tệp mới không có."`
}

func (c *segmentsCmd) Run(a *app) error { return c.load(a, media.RegSegments, c.keepsChannels) }

// keepsChannels refuses a list that would take away another channel's.
func (c *segmentsCmd) keepsChannels(e *engine, g media.Register) error {
	if c.Replace || c.None {
		return nil
	}
	lost, err := e.losesChannels(e.app.ctx, e.plan, g)
	if err == nil && lost != "" {
		err = fmt.Errorf("bảng kê đã nhận cho khoảng này có %s mà tệp mới không có: bảng kê sau thay bảng kê trước; hãy gộp mọi kênh vào một tệp, hoặc thêm --replace", lost)
	}
	return err
}

// losesChannels names what a list would take away of another channel's, "" if nothing: a
// station's rooms may each send their own, and a later one takes the place of
// what was received for its span.
func (e *engine) losesChannels(ctx context.Context, plan *schedule.Plan, g media.Register) (string, error) {
	ev, err := e.store.OwnerEvidence(ctx, plan, []string{g.Agency}, nil, time.Time{})
	if err != nil {
		return "", fmt.Errorf("đọc bảng kê đã nhận: %w", err)
	}
	has := map[string]bool{}
	for _, row := range g.Rows {
		has[row.Segment.Channel] = true
	}
	lost := map[string]int{}
	for _, x := range ev {
		if x.Segment != nil && !x.At.Before(g.From) && x.At.Before(g.To) && !has[x.Segment.Channel] {
			lost[x.Segment.Channel]++
		}
	}
	var names []string
	for _, ch := range sorted(lost) {
		names = append(names, fmt.Sprintf("%s (%d tin, bài)", cmp.Or(report.NamesOf(plan).Channel(ch), "không ghi kênh"), lost[ch]))
	}
	return strings.Join(names, ", "), nil
}

// channelsOf are an agency's channels as lists may name them.
func channelsOf(plan *schedule.Plan, agency string) []extract.LogChannel {
	var out []extract.LogChannel
	for _, ch := range plan.Channels {
		if ch.Agency == agency {
			out = append(out, extract.LogChannel{ID: ch.ID, Agency: ch.Agency, Name: ch.Name, Medium: ch.Medium, Aliases: ch.Aliases})
		}
	}
	return out
}

// segmentWords says what the rows of a station's list were taken for, and what
// they leave open.
func segmentWords(plan *schedule.Plan, g media.Register) string {
	known, unknown, topics := map[string]int{}, map[string]int{}, map[string]int{}
	undeclared, praise, critique, repeats := 0, 0, 0, 0
	for _, e := range g.Rows {
		agreed := 0
		for _, c := range plan.Columns {
			if c.ID == e.Column {
				agreed = len(c.Topics)
			}
		}
		switch {
		case e.Column != "":
			known[e.Column]++
		case e.Section != "":
			unknown[e.Section]++
		}
		for _, t := range e.Segment.Topics {
			topics[t]++
		}
		if len(e.Segment.Topics) == 0 && agreed == 0 && !e.Segment.Other {
			undeclared++
		}
		for _, t := range e.Segment.Tones {
			switch t {
			case media.TonePraise:
				praise++
			case media.ToneCritique:
				critique++
			}
		}
		if !e.Segment.FirstRun {
			repeats++
		}
	}
	var names, about []string
	for _, c := range plan.Columns {
		if n := known[c.ID]; n > 0 && c.Agency == g.Agency {
			names = append(names, fmt.Sprintf("«%s» %d", c.Name, n))
		}
	}
	for _, t := range media.Topics() {
		if n := topics[t]; n > 0 {
			about = append(about, fmt.Sprintf("%s %d", viet.Topic(t), n))
		}
	}
	out := "Chuyên mục của kế hoạch: " + cmp.Or(strings.Join(names, ", "), "không nhận ra dòng nào") + ".\n" + otherSections(unknown) +
		"Chủ đề Đài ghi: " + cmp.Or(strings.Join(about, "; "), "không có") + ".\n"
	if undeclared > 0 {
		out += fmt.Sprintf("Chưa ghi chủ đề: %d dòng, chờ người có thẩm quyền xem, chưa tính.\n", undeclared)
	}
	return out + fmt.Sprintf("Biểu dương %d, phản ánh hạn chế %d, phát lại %d.\n", praise, critique, repeats)
}

// segmentLine is one row as it was read.
func segmentLine(plan *schedule.Plan, e media.Entry) []string {
	s := e.Segment
	at := viet.Day(e.At)
	if s.Timed {
		at = viet.Moment(e.At.In(calendar.Zone))
	}
	run := "mới"
	if !s.FirstRun {
		run = "lại"
	}
	var about, tones, guests []string
	for _, t := range s.Topics {
		about = append(about, viet.Topic(t))
	}
	if s.Other {
		about = []string{"khác"}
	}
	for _, t := range s.Tones {
		tones = append(tones, viet.SegmentTone(t))
	}
	for _, g := range s.Guests {
		guests = append(guests, strings.TrimSpace(g.Office+" "+g.Body))
	}
	mode := map[string]string{media.ModeLive: "trực tiếp", media.ModeRecorded: "ghi trước"}[s.Mode]
	length := ""
	if s.Duration > 0 {
		length = viet.Duration(s.Duration)
	}
	return []string{fmt.Sprint(e.Row), at, s.Channel, s.Programme, e.Column, run, length, strings.Join(about, "; "), strings.Join(tones, ", "), mode, strings.Join(guests, "; "),
		viet.Language(s.Language), e.Title}
}

// segmentHead heads them.
func segmentHead() []string {
	return []string{"Dòng", "Phát", "Kênh", "Chuyên mục ghi", "Nhận ra", "Lần phát", "Dài", "Chủ đề", "Tính chất", "Cách phát", "Người trả lời", "Tiếng", "Tên tin, bài"}
}
