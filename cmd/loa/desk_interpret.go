package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/crawler/extract"
	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/viet/mask"
	"loa/web"
)

// mostShown is how many rows and mistakes a page shows of one file.
const mostShown = 500

// mostTop is how many rows of a file are shown to tell its columns by.
const mostTop = 8

// interpret reads what was handed in, and tells whatever keeps it from being stored. part reads, for a preview, also
// the rows beside those that cannot be read.
func (e *engine) interpret(ctx context.Context, in *handedIn, part bool) (web.Reading, error) {
	var r web.Reading
	for _, text := range in.wrong() {
		r.Mistakes = append(r.Mistakes, web.Mistake{Text: text})
	}
	if len(r.Mistakes) > 0 {
		return r, nil
	}
	if slices.Contains([]string{media.FormAirings, media.FormSchedule, media.FormUploads}, in.Kind) {
		if err := e.chooseMap(ctx, in, &r); err != nil {
			return r, err
		}
	}
	var err error
	switch in.Kind {
	case media.FormAirings:
		err = e.interpretLog(ctx, in, &r, part)
	case media.FormSchedule:
		err = e.interpretGuide(ctx, in, &r, part)
	case media.FormUploads:
		in.uploads, err = in.interpretUploads(&r, part)
	case "radio":
		err = in.interpretRadio(&r)
	default:
		err = e.interpretRegister(ctx, in, &r, part)
	}
	if usage := (usageError{}); errors.As(err, &usage) {
		r.Mistakes = append(r.Mistakes, web.Mistake{Text: viet.Capital(plainly(usage.msg)) + "."})
		err = nil
	}
	if len(r.Mistakes) > 0 && len(r.Columns) == 0 && in.data != nil {
		if r.Top, _ = extract.Top(in.data, mostTop); len(r.Top) > 0 {
			widest := 0
			for _, row := range r.Top {
				widest = max(widest, len(row))
			}
			for i := range r.Top {
				for len(r.Top[i]) < widest {
					r.Top[i] = append(r.Top[i], "")
				}
			}
		}
	}
	if in.Pasted && in.data != nil {
		r.Text, _ = extract.PastedText(in.data)
	}
	if r.Total = len(r.Rows); r.Total > mostShown {
		r.Rows = r.Rows[:mostShown]
	}
	return r, err
}

// wrong tells what the details that were declared cannot mean. Each is a whole sentence.
func (in *handedIn) wrong() (out []string) {
	say := func(format string, a ...any) { out = append(out, fmt.Sprintf(format, a...)) }
	if strings.TrimSpace(in.Sender) == "" {
		say("Chưa ghi ai gửi và xác nhận.")
	}
	if in.data == nil && !in.None {
		say("Chưa có tệp và cũng chưa dán ô nào.")
	}
	if len(in.data) == 0 && in.data != nil {
		say("Tệp rỗng.")
	}
	agencyOf := func(id string) int {
		return slices.IndexFunc(in.plan.Agencies, func(a media.Agency) bool { return a.ID == id })
	}
	switch in.Kind {
	case media.FormAirings, media.FormSchedule, media.FormUploads:
		i := slices.IndexFunc(in.plan.Channels, func(c schedule.Channel) bool { return c.ID == in.Channel })
		switch {
		case in.Channel != "" && (i < 0 || !in.who.Sees(in.plan.Channels[max(i, 0)].Agency)):
			say("Kênh đã chọn không thuộc phạm vi của tài khoản này.")
		case in.Channel == "" && in.Kind == media.FormAirings && !in.From.IsZero():
			say("Khoảng ngày xác nhận đã đủ là của một kênh: chọn kênh.")
		}
		if in.None {
			say("Nhật ký, lịch và danh sách video không khai «không có»; nếu cả khoảng không phát, gửi nhật ký của kênh cho khoảng ấy.")
		}
	case "radio":
		out = append(out, in.wrongRadio()...)
	case string(media.RegPrint), string(media.RegProcedures), string(media.RegQuestions), string(media.RegSegments):
		if agencyOf(in.Agency) < 0 || !in.who.Sees(in.Agency) {
			say("Chưa chọn bảng kê là của cơ quan nào, hoặc cơ quan ấy không thuộc phạm vi của tài khoản này.")
		}
		if in.From.IsZero() {
			say("Bảng kê cần ngày đầu và ngày cuối của khoảng mà bên gửi xác nhận đã đủ.")
		}
	default:
		say("Chưa chọn loại tệp.")
	}
	switch {
	case in.From.IsZero() != in.To.IsZero():
		say("Cần đủ cả ngày đầu và ngày cuối.")
	case in.To.Before(in.From):
		say("Ngày cuối (%s) đứng trước ngày đầu (%s).", viet.Day(in.To), viet.Day(in.From))
	case !in.To.IsZero() && dayAfter(in.To).After(dayAfter(in.now)):
		say("Ngày cuối (%s) chưa đến: chỉ xác nhận được đến hết hôm nay (%s).", viet.Day(in.To), viet.Day(in.now))
	}
	if in.scan != nil && strings.TrimSpace(in.TypedBy) == "" && in.Kind == media.FormAirings {
		say("Có bản quét thì ghi ai gõ các dòng theo bản quét.")
	}
	if in.scan != nil && in.Grade != "" && in.Grade != "B" {
		say("Các dòng gõ lại theo bản quét là minh chứng %s.", viet.GradeWords("B"))
	}
	return out
}

// chooseMap takes the map that was told, else the one that is kept for the sender.
func (e *engine) chooseMap(ctx context.Context, in *handedIn, r *web.Reading) error {
	if in.Map != nil {
		m := *in.Map
		m.Form, m.Sender = in.Kind, in.Sender
		for _, text := range extract.CheckMap(m) {
			r.Mistakes = append(r.Mistakes, web.Mistake{Text: "Bản đồ cột: " + text + "."})
		}
		in.tableMap, in.Map = &m, &m
		return nil
	}
	if in.ByHeads {
		return nil
	}
	all, err := e.store.Maps(ctx, in.Sender)
	for i, m := range all {
		if m.Form == in.Kind && in.mapCounts(m) {
			in.tableMap, r.UsedMap = &all[i], m.Sender
			if in.Channel == "" {
				in.Channel = m.Channel
			}
		}
	}
	return err
}

// mapCounts reports whether a kept map is for this table: who keeps one for a sender of theirs changes nothing of how the tables
// of another agency are read.
func (in *handedIn) mapCounts(m media.TableMap) bool {
	of := in.mapAgency()
	return m.Agency == "" || m.Agency == of || of == "" && in.who.Sees(m.Agency)
}

// tell puts how a table was read into the preview.
func (in *handedIn) tell(r *web.Reading, h extract.Handed, bad []extract.RowError, err error) error {
	if usage := (usageError{}); errors.As(err, &usage) {
		return err
	}
	r.Format, r.Header = h.Format, h.Header
	for _, n := range h.Notes {
		r.Notes = append(r.Notes, viet.Capital(plainly(n))+".")
	}
	for _, c := range h.Columns {
		r.Columns = append(r.Columns, [3]string{c.Letter, c.Name, c.Heading})
	}
	for _, b := range bad {
		r.Mistakes = append(r.Mistakes, web.Mistake{Row: b.Row, Column: b.Column, Value: b.Value, Text: viet.Capital(plainly(b.Msg)) + "."})
	}
	if err != nil && len(bad) == 0 {
		r.Mistakes = append(r.Mistakes, web.Mistake{Text: "Không đọc được tệp này."})
	}
	return nil
}

// stranger refuses rows of channels that are not the person's.
func (in *handedIn) stranger(r *web.Reading, row int, channel string) {
	for _, c := range in.plan.Channels {
		if c.ID == channel && !in.who.Sees(c.Agency) {
			r.Mistakes = append(r.Mistakes, web.Mistake{Row: row, Column: "Kênh", Value: c.Name, Text: "Kênh này không thuộc phạm vi của tài khoản đang dùng."})
		}
	}
}

func (e *engine) interpretLog(ctx context.Context, in *handedIn, r *web.Reading, part bool) error {
	l := in.log()
	airings, h, bad, err := readLog(in.plan, l, part)
	if err := in.tell(r, h, bad, err); err != nil {
		return err
	}
	in.airings = airings
	names := report.NamesOf(in.plan)
	r.Head = []string{"Dòng", "Kênh", "Ngày phát", "Giờ phát", "Thời lượng", "Chương trình", "Tên số", "Chuyên mục của kế hoạch", "Lần phát"}
	first, columns := 0, 0
	has := map[time.Time]bool{}
	for _, a := range airings {
		in.stranger(r, a.Row, a.Channel)
		r.Rows = append(r.Rows, []string{fmt.Sprint(a.Row), names.Channel(a.Channel), viet.Day(a.Start), viet.Clock(a.Start), viet.Duration(a.Duration), a.Programme, a.Title,
			columnOf(in.plan, a.Column), map[bool]string{true: "phát mới", false: "phát lại"}[a.FirstRun]})
		has[dayStart(a.Start)] = true
		if a.FirstRun {
			first++
		}
		if a.Column != "" {
			columns++
		}
	}
	r.Says = append(r.Says, fmt.Sprintf("%d lần phát sóng: %d phát mới, %d phát lại; %d của chuyên mục trong kế hoạch; minh chứng %s.", len(airings), first, len(airings)-first, columns, viet.GradeWords(string(l.Grade))))
	if in.From.IsZero() {
		r.Says = append(r.Says, "Chưa khai khoảng ngày đã đủ: tuần thiếu giấy nhận vẫn là «chưa đủ dữ liệu».")
	}
	r.Empty = in.emptyDays(has)
	return e.logReplaces(ctx, in, l, r)
}

// emptyDays are the days of the declared span without a row.
func (in *handedIn) emptyDays(has map[time.Time]bool) (out []string) {
	if in.From.IsZero() {
		return nil
	}
	for d := dayStart(in.From); d.Before(dayAfter(in.To)); d = d.AddDate(0, 0, 1) {
		if !has[d] {
			out = append(out, viet.Day(d))
		}
	}
	return out
}

// logReplaces tells which airings a log would supersede, and which better ones it may not.
func (e *engine) logReplaces(ctx context.Context, in *handedIn, l airingLog, r *web.Reading) error {
	hash := hashOf(l.Data)
	starts := map[string]bool{}
	var channels []string
	from, to := l.From, l.To
	for _, a := range in.airings {
		starts[a.Channel+" "+a.Start.UTC().String()] = true
		if !slices.Contains(channels, a.Channel) {
			channels = append(channels, a.Channel)
		}
		if from.IsZero() || a.Start.Before(from) {
			from = a.Start
		}
		if !a.Start.Before(to) {
			to = a.Start.Add(time.Second)
		}
	}
	if l.Channel != "" && !slices.Contains(channels, l.Channel) {
		channels = append(channels, l.Channel)
	}
	gone, programmes := 0, []string{}
	for _, ch := range channels {
		had, err := e.store.Airings(ctx, ch, from, to, false)
		if err != nil {
			return err
		}
		for _, a := range had {
			within := ch == l.Channel && !l.From.IsZero() && !a.Start.Before(l.From) && a.Start.Before(l.To)
			if a.FileHash == hash || !within && !starts[a.Channel+" "+a.Start.UTC().String()] {
				continue
			}
			if gone++; len(programmes) < 10 && a.Column != "" {
				programmes = append(programmes, viet.Moment(a.Start)+" «"+a.Programme+"»")
			}
		}
	}
	if gone > 0 {
		line := fmt.Sprintf("Thay %d lần phát đã nhận trước đây trong khoảng này (bản cũ vẫn được lưu)", gone)
		if len(programmes) > 0 {
			line += "; của chuyên mục trong kế hoạch: " + strings.Join(programmes, "; ")
		}
		r.Replaces = append(r.Replaces, line+".")
	}
	better, err := e.store.Better(ctx, l.receipt(len(in.airings), in.now), in.airings)
	if better != nil {
		r.Mistakes = append(r.Mistakes, web.Mistake{Text: viet.Capital(betterWords(better, l.Name, l.Grade)) + ". Nếu bên gửi xác nhận bản trước sai, đánh dấu «Thay cả minh chứng loại cao hơn»."})
	}
	return err
}

func (e *engine) interpretGuide(ctx context.Context, in *handedIn, r *web.Reading, part bool) error {
	xmltv := strings.Contains(string(in.data[:min(len(in.data), 4096)]), "<tv")
	all, h, bad, err := readGuide(in.plan, in.Channel, in.tableMap, xmltv, in.name, in.data, part)
	if err := in.tell(r, h, bad, err); err != nil {
		return err
	}
	in.planned = all
	names := report.NamesOf(in.plan)
	r.Head = []string{"Kênh", "Ngày phát", "Giờ phát", "Thời lượng", "Chương trình", "Chuyên mục của kế hoạch", "Ghi chú"}
	days := map[string]bool{}
	for _, p := range all {
		in.stranger(r, 0, p.Channel)
		length := ""
		if p.Duration > 0 {
			length = viet.Duration(p.Duration)
		}
		r.Rows = append(r.Rows, []string{names.Channel(p.Channel), viet.Day(p.Start), viet.Clock(p.Start), length, p.Programme, columnOf(in.plan, p.Column), plannedNote(p)})
		days[p.Channel+" "+p.Day.String()] = true
	}
	slices.SortStableFunc(r.Mistakes, func(a, b web.Mistake) int { return cmp.Compare(a.Row, b.Row) })
	r.Mistakes = slices.CompactFunc(r.Mistakes, func(a, b web.Mistake) bool { return a == b })
	if len(all) == 0 {
		return nil
	}
	r.Says = append(r.Says, fmt.Sprintf("%d chương trình dự kiến; chỉ để biết trước, không tính là đã phát.", len(all)))
	first, last := all[0].Day, all[0].Day
	for _, p := range all {
		if p.Day.Before(first) {
			first = p.Day
		}
		if p.Day.After(last) {
			last = p.Day
		}
	}
	had, err := e.store.Planned(ctx, first, last.AddDate(0, 0, 2), time.Time{}, false)
	n := 0
	for _, p := range had {
		if days[p.Channel+" "+p.Day.String()] && p.Source == media.GuideSource(p.Channel) {
			n++
		}
	}
	if n > 0 {
		r.Replaces = append(r.Replaces, fmt.Sprintf("Các ngày này đã có lịch với %d chương trình; chương trình nào tệp mới không còn ghi sẽ được coi là đã thay đổi (bản cũ vẫn được lưu).", n))
	}
	return err
}

func (in *handedIn) interpretUploads(r *web.Reading, part bool) ([]media.Upload, error) {
	all, h, bad, err := readUploads(in.plan, in.Channel, in.tableMap, in.name, in.data, part)
	if err := in.tell(r, h, bad, err); err != nil {
		return nil, err
	}
	names := report.NamesOf(in.plan)
	r.Head = []string{"Kênh", "Đăng lúc", "Thời lượng", "Tiêu đề", "Chuyên mục của kế hoạch", "Địa chỉ"}
	for _, u := range all {
		in.stranger(r, 0, u.Channel)
		when, length := viet.Day(u.At.In(calendar.Zone)), ""
		if u.Precision != media.ToDay {
			when = viet.Moment(u.At)
		}
		if u.Duration > 0 {
			length = viet.Duration(u.Duration)
		}
		r.Rows = append(r.Rows, []string{names.Channel(u.Channel), when, length, u.Title, columnOf(in.plan, u.Column), u.URL})
	}
	r.Mistakes = slices.CompactFunc(r.Mistakes, func(a, b web.Mistake) bool { return a == b })
	r.Says = append(r.Says, fmt.Sprintf("%d video; chỉ để đối chiếu, không phải lần phát sóng.", len(all)))
	return all, nil
}

func (e *engine) interpretRegister(ctx context.Context, in *handedIn, r *web.Reading, part bool) error {
	g := media.Register{Kind: media.RegisterKind(in.Kind), Agency: in.Agency, Sender: in.Sender, From: dayStart(in.From), To: dayAfter(in.To), At: in.now}
	if in.None {
		g.Note = cmp.Or(strings.TrimSpace(in.Note), "không có")
		r.Says = append(r.Says, "Bên gửi xác nhận trong khoảng này không có gì để kê: «"+g.Note+"».")
	} else {
		g.FileName, g.FileHash = in.name, hashOf(in.data)
		entries, h, bad, err := readRegister(in.plan, g, in.data, part)
		if err := in.tell(r, h, bad, err); err != nil {
			return err
		}
		g.Rows = entries
		in.registerRows(r, g)
		for line := range strings.Lines(rowsWords(in.plan, g)) {
			r.Says = append(r.Says, strings.TrimSpace(line))
		}
	}
	in.register = g
	had, err := e.store.Registers(ctx, g.Agency)
	if err != nil {
		return err
	}
	for _, o := range had {
		if o.Kind == g.Kind && o.From.Before(g.To) && g.From.Before(o.To) && (o.FileHash != g.FileHash || o.Note != g.Note) {
			r.Replaces = append(r.Replaces, fmt.Sprintf("Bảng kê nhận ngày %s của %s (từ %s đến hết %s, %d dòng): các dòng trong khoảng này bị thay, bản cũ vẫn được lưu.",
				viet.Day(o.At.In(calendar.Zone)), o.Sender, viet.Day(o.From), viet.Day(o.To.AddDate(0, 0, -1)), len(o.Rows)))
		}
	}
	if g.Kind == media.RegSegments && !in.Replace && !in.None && len(g.Rows) > 0 {
		lost, err := e.losesChannels(ctx, in.plan, g)
		if err != nil {
			return err
		}
		if lost != "" {
			r.Mistakes = append(r.Mistakes, web.Mistake{Text: "Bảng kê đã nhận cho khoảng này có " + lost + " mà tệp mới không có. Bảng kê sau thay bảng kê trước: gộp mọi kênh vào một tệp, hoặc đánh dấu «Thay cả kênh mà tệp này không có»."})
		}
	}
	return nil
}

// registerRows are a list's rows for the preview.
func (in *handedIn) registerRows(r *web.Reading, g media.Register) {
	has := map[time.Time]bool{}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return viet.Day(t)
	}
	switch g.Kind {
	case media.RegPrint:
		r.Head = []string{"Dòng", "Số báo", "Ngày phát hành", "Trang", "Chuyên mục ghi trong tệp", "Chuyên mục của kế hoạch", "Tiêu đề"}
	case media.RegProcedures:
		r.Head = []string{"Dòng", "Số, ký hiệu", "Ngày ký", "Trích yếu"}
	case media.RegQuestions:
		r.Head = []string{"Dòng", "Số", "Ngày hỏi", "Ngày trả lời", "Câu hỏi"}
	case media.RegSegments:
		r.Head = segmentHead()
	}
	for _, e := range g.Rows {
		var line []string
		switch g.Kind {
		case media.RegPrint:
			line = []string{fmt.Sprint(e.Row), e.Number, day(e.At), e.Page, e.Section, columnOf(in.plan, e.Column), e.Title}
		case media.RegProcedures:
			line = []string{fmt.Sprint(e.Row), e.Number, day(e.At), e.Title}
		case media.RegQuestions:
			line = []string{fmt.Sprint(e.Row), e.Number, day(e.Asked), day(e.Answered), mask.Text("Hỏi đáp", e.Title)}
		case media.RegSegments:
			line = segmentLine(in.plan, e)
		}
		r.Rows = append(r.Rows, line)
		has[dayStart(e.At)] = true
	}
	if g.Kind == media.RegSegments {
		r.Empty = in.emptyDays(has)
	}
}
