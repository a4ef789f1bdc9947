package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/monitor"
	"loa/schedule"
	"loa/schedule/calendar"
)

// plannedMau is a broadcast of the sample's column as its station announces it.
func plannedMau(day, hour int, length time.Duration) media.Planned {
	start := day2023(3, day).Add(time.Duration(hour) * time.Hour)
	return media.Planned{ID: media.Hash("mau-tv", start.String()), Channel: "mau-tv", Day: day2023(3, day), Start: start, Duration: length, Programme: "Chung tay cải cách hành chính",
		Column: "chung-tay-cchc", Printed: "Chung tay cải cách hành chính"}
}

// TestWeeksAhead: what a station announces is in the weeks ahead and beside its log,
// and is never counted.
func TestWeeksAhead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	db := filepath.Join(d.data, "loa.db")
	announce(t, db, day2023(3, 4), plannedMau(7, 20, 20*time.Minute), plannedMau(9, 20, 20*time.Minute), plannedMau(11, 20, 12*time.Minute))
	early := func() schedule.Standing { return d.standing("2023-03-06T08:00", "B-D1", "dai-ptth", "2023-W10") }
	if s := early(); s.Risk != "on_track" || s.Measures[0].Delivered != 0 || !hasReason(s, "planned_fits") {
		t.Errorf("before the log: %+v", s)
	}
	if s := d.standing("2023-03-10T15:00", "B-D1", "dai-ptth", "2023-W10"); s.Risk != "on_track" || s.Measures[0].Delivered != 0 {
		t.Errorf("on Friday, announced: %+v", s)
	}
	if s := d.standing("2023-03-03T15:00", "B-D1", "dai-ptth", "2023-W09"); s.Risk != "at_risk" {
		t.Errorf("on the Friday before, nothing announced: %+v", s)
	}
	if out := d.ok("standing", "--at", "2023-03-06T08:00", "--ahead", "2w"); !strings.Contains(out, "Theo lịch dự kiến: phát 20h00 ngày 07/3/2023 trên Truyền hình Mẫu, dài 20 phút") {
		t.Errorf("the table of standings says nothing of it:\n%s", out)
	}
	out := d.ok("schedule", "slots", "--at", "2023-03-06T08:00", "--quota", "B-D1", "--ahead", "2w")
	for _, want := range []string{"2023-W10", "2023-W12", "20h00 ngày 07/3/2023 và 1 lần khác: đủ điều kiện", "1 lần phát sóng", "21h45 ngày 12/3/2023", "không bao giờ tính là đã phát"} {
		if !strings.Contains(out, want) {
			t.Errorf("slots: no %q in\n%s", want, out)
		}
	}
	var line slotLine
	first, _, _ := strings.Cut(d.ok("schedule", "slots", "--at", "2023-03-06T08:00", "--quota", "B-D1", "--owner", "dai-ptth", "--json"), "\n")
	if err := json.Unmarshal([]byte(first), &line); err != nil || line.Period != "2023-W10" || line.Short != 1 || len(line.Planned) != 3 || line.Planned[0].Would != "count" ||
		line.Planned[2].Would != "not" || line.Planned[2].Code != "too_short" || !strings.Contains(line.Planned[2].Why, "12 phút") || line.Planned[0].Grade != "D" {
		t.Errorf("slot: %v, %s", err, first)
	}

	// The log: Tuesday's ran late and short, Thursday's did not run, Sunday's was never announced.
	d.ok("import", "airings", d.file("tuan10.csv", csvLog(
		televisionRow("Chung tay cải cách hành chính", "Một cửa", "07/03/2023", "20:12:00", "00:12:40", "Phát mới"),
		televisionRow("Chung tay cải cách hành chính", "Dịch vụ công", "12/03/2023", "20:00:00", "00:16:00", "Phát mới"))),
		"--at", "2023-03-14T08:00", "--channel", "mau-tv", "--from", "2023-03-06", "--to", "2023-03-12")
	out = d.ok("schedule", "reconcile", "--at", "2023-03-14T09:00", "--from", "2023-03-06", "--to", "2023-03-12")
	for _, want := range []string{"20h12 ngày 07/3/2023, 12 phút 40 giây", "phát khác lịch: muộn 12 phút, ngắn hơn 7 phút 20 giây", "có lịch, không phát", "đã phát, không có lịch để đối chiếu",
		"Theo lịch dự kiến 3 lần, nhật ký ghi 2 lần, đăng tải 0 lần; phát khác lịch: 1 (khác giờ 1, ngắn hơn 1, dài hơn 0); có lịch, không phát: 2; đã phát, không có lịch để đối chiếu: 1."} {
		if !strings.Contains(out, want) {
			t.Errorf("reconcile: no %q in\n%s", want, out)
		}
	}
	var states []string
	for l := range strings.Lines(d.ok("schedule", "reconcile", "--at", "2023-03-14T09:00", "--from", "2023-03-06", "--to", "2023-03-12", "--json")) {
		var r runLine
		if err := json.Unmarshal([]byte(l), &r); err != nil {
			t.Fatal(err)
		}
		states = append(states, r.State)
	}
	if got := strings.Join(states, " "); got != "changed dropped dropped unscheduled" {
		t.Errorf("states %q", got)
	}
	if out := d.ok("schedule", "reconcile", "--at", "2023-03-14T09:00", "--channel", "mau-fm"); !strings.Contains(out, "Không có lịch dự kiến, nhật ký") {
		t.Errorf("another channel:\n%s", out)
	}
	d.refused(2, []string{"mau-zz"}, "schedule", "reconcile", "--at", "2023-03-14T09:00", "--channel", "mau-zz")
	d.refused(2, []string{"--to"}, "schedule", "reconcile", "--at", "2023-03-14T09:00", "--from", "2023-03-10", "--to", "2023-03-01")
}

// TestScheduleRetention: what is announced or due in a log and not proven by the
// 23rd day is asked for, logs by the week, with the last of the station's thirty days.
func TestScheduleRetention(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	announce(t, filepath.Join(d.data, "loa.db"), day2023(3, 1), plannedMau(7, 20, 20*time.Minute))
	for ch, name := range map[string]string{"mau-tv": "Truyền hình Mẫu", "mau-fm": "Phát thanh Mẫu"} {
		row := news("05/03/2023")
		row[0] = name
		d.ok("import", "airings", d.file(ch+".csv", csvLog(row)), "--at", "2023-03-06T08:00", "--channel", ch, "--from", "2023-01-01", "--to", "2023-03-05")
	}
	if out := d.ok("schedule", "retention", "--at", "2023-03-28T23:00"); !strings.Contains(out, "Không có bản ghi nào") {
		t.Errorf("on day 22:\n%s", out)
	}
	out := d.ok("schedule", "retention", "--at", "2023-03-30T08:00")
	for _, want := range []string{"lần phát 20h00 ngày 07/3/2023", "lịch dự kiến", "06/4/2023", "nhật ký từ 06/3/2023 đến 12/3/2023", "05/4/2023 (ngày đầu), 11/4/2023 (ngày cuối)", "30 ngày, Điều 52 Luật Báo chí 2016"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if s := d.standing("2023-03-30T08:00", "B-D1", "dai-ptth", "2023-W10"); !hasReason(s, "retention_run") || !hasReason(s, "retention_days") || s.State != schedule.Insufficient {
		t.Errorf("the week: %+v", s)
	}
	var l noticeLine
	first, _, _ := strings.Cut(d.ok("schedule", "retention", "--at", "2023-03-30T08:00", "--json"), "\n")
	if err := json.Unmarshal([]byte(first), &l); err != nil || l.Last != "2023-04-05" || l.Whole != "2023-04-11" || l.Days != 30 {
		t.Errorf("%v, %s", err, first)
	}
}

// TestScheduleGaps: a number that is skipped shows though every week has its broadcast.
func TestScheduleGaps(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	show := func(title, day string) []string {
		return televisionRow("Chung tay cải cách hành chính", title, day, "20:05:00", "00:16:20", "Phát mới")
	}
	d.ok("import", "airings", d.file("thang3.csv", csvLog(show("Số 09/2023: Một cửa", "01/03/2023"), show("Số 10/2023: Công vụ", "08/03/2023"), show("Số 12/2023: Dịch vụ công", "15/03/2023"))),
		"--at", "2023-03-20T08:00", "--channel", "mau-tv", "--from", "2023-02-27", "--to", "2023-03-19")
	args := []string{"schedule", "gaps", "--at", "2023-03-20T09:00"}
	if out := d.ok(args...); !strings.Contains(out, "Nhảy số: sau số 10 (08/3/2023) là số 12 (15/3/2023), thiếu số 11") || !strings.Contains(out, "không phải kết luận") {
		t.Errorf("gaps:\n%s", out)
	}
	var l breakLine
	if err := json.Unmarshal([]byte(d.ok(append(args, "--json")...)), &l); err != nil || l.Code != "number_skipped" || l.Channel != "mau-tv" || l.Before == "" || l.Args["first"] != 11.0 {
		t.Errorf("%v, %+v", err, l)
	}
	if out := d.ok(append(args, "--to", "2023-03-10")...); !strings.Contains(out, "Không thấy số, kỳ nào") {
		t.Errorf("before it shows:\n%s", out)
	}
	d.refused(2, []string{"khong-co"}, append(args, "--column", "khong-co")...)
}

func hasReason(s schedule.Standing, code string) bool {
	for _, r := range s.Reasons {
		if r.Code == code {
			return true
		}
	}
	return false
}

// ahead: what the sample's station announces, what came of it, what is asked for
// before it is deleted, and where its numbers do not go on.
func (d *leftBehind) ahead(t *testing.T) {
	e := &engine{plan: d.plan, store: d.store, cal: &calendar.Calendar{}, business: func() time.Time { return demoEnd }}
	ev, err := monitor.Derive(t.Context(), d.store, d.plan, e.cal, monitor.Moment{Now: demoEnd, Ahead: 14 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	would := map[string]string{}
	for _, s := range ev.Slots {
		if s.Quota != "B-D1" {
			continue
		}
		for _, x := range s.Planned {
			would[s.Period] += map[bool]string{true: "fits ", false: x.Why.Code + " "}[x.Fits]
		}
		if s.Usual.Weekday != time.Friday || s.Usual.Minute != 20*60+5 || s.Usual.Channel != "mau-tv" {
			t.Errorf("%s: usually %+v", s.Period, s.Usual)
		}
	}
	if would["2023-W13"] != "too_short is_repeat " || would["2023-W14"] != "fits is_repeat " {
		t.Errorf("announced: %q", would)
	}
	// From the evidence of the station alone the same comes out.
	part, err := monitor.DeriveOwners(t.Context(), d.store, d.plan, []string{"mau/dai-ptth"}, e.cal, monitor.Moment{Now: demoEnd, Ahead: 14 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	ofStation := func(ev schedule.Evaluation) string {
		var out strings.Builder
		for _, s := range ev.Standings {
			if s.Owner == "mau/dai-ptth" {
				fmt.Fprintln(&out, s.Quota, s.Period, s.State, s.Risk, s.Measures, s.Reasons)
			}
		}
		for _, s := range ev.Slots {
			if s.Owner == "mau/dai-ptth" {
				fmt.Fprintln(&out, s.Quota, s.Period, s.Short, len(s.Planned), s.Usual)
			}
		}
		return out.String()
	}
	if whole, alone := ofStation(ev), ofStation(part); whole != alone || whole == "" {
		t.Errorf("the station's by itself:\n%s\nof all:\n%s", alone, whole)
	}
	runs, _, err := e.runs(t.Context(), d.plan, schedule.Span{From: day2023(2, 1), To: day2023(3, 27)})
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]schedule.RunState{}
	was, ups := 0, map[string]int{}
	for _, r := range runs {
		ups[r.Start.In(calendar.Zone).Format("02/01")] += len(r.Uploads)
		states[r.Channel+r.Start.In(calendar.Zone).Format(" 02/01")] = r.State
		was += len(r.Was)
	}
	for at, want := range map[string]schedule.RunState{ // short, uploaded though it was not aired, after the football, as meant; the radio announces nothing
		"mau-tv 03/02": schedule.RunChanged, "mau-tv 24/02": schedule.UploadedOnly, "mau-tv 10/03": schedule.RunChanged, "mau-tv 17/03": schedule.AsPlanned, "mau-fm 07/03": schedule.Unscheduled,
	} {
		if states[at] != want {
			t.Errorf("%s is %q, want %q", at, states[at], want)
		}
	}
	if ups["24/02"] != 1 || ups["17/03"] != 1 || ups["24/03"] != 1 || ups["25/02"] != 0 {
		t.Errorf("uploads stand beside %v", ups)
	}
	if was != 1 {
		t.Errorf("%d announcements were changed, want that of week 12", was)
	}
	notices, err := e.notices(t.Context(), d.plan)
	if err != nil || len(notices) != 1 || notices[0].Channel != "mau-fm" || !notices[0].Start.Equal(day2023(2, 28)) || !notices[0].To.Equal(day2023(3, 6)) {
		t.Errorf("asked for: %+v, %v", notices, err)
	}
	breaks, err := e.breaks(t.Context(), d.plan, []string{"mau/dai-ptth"}, schedule.Span{From: day2023(1, 1), To: day2023(4, 1)})
	var codes []string
	for _, b := range breaks {
		codes = append(codes, b.Channel+" "+b.Reason.Code)
	}
	if got, want := strings.Join(codes, ", "), "mau-tv number_late, mau-tv number_skipped, mau-tv week_skipped"; err != nil || got != want { // 7 came late, 8 never
		t.Errorf("breaks: %s, %v, want %s", got, err, want)
	}
}
