package sample

import (
	"fmt"
	"strings"
	"time"

	"loa/schedule/calendar"
)

// announced is the station's page of what it will broadcast on television: this
// week, and the next from Wednesday afternoon on. It always announces «Chung tay cải
// cách hành chính» for Friday at five past eight, whatever came of it; of week 12
// it had half an hour later in mind until Wednesday, and in week 13 a film follows
// after twelve minutes.
func (v *view) announced() (answer, bool) {
	if v.path == "/video/feed.xml" {
		return v.uploads(), true
	}
	if strings.TrimSuffix(v.path, "/") != "/lich-phat-song" && v.path != "/" {
		return answer{}, false
	}
	monday := calendar.Day(v.now)
	for monday.Weekday() != time.Monday {
		monday = monday.AddDate(0, 0, -1)
	}
	weeks := []time.Time{monday}
	if v.now.After(monday.AddDate(0, 0, 2).Add(15 * time.Hour)) {
		weeks = append(weeks, monday.AddDate(0, 0, 7))
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Lịch phát sóng - %[1]s</title></head><body><h1>LỊCH PHÁT SÓNG TRUYỀN HÌNH</h1>`+"\n", esc(v.site.title))
	for _, monday := range weeks {
		_, week := monday.ISOWeek()
		day := time.Time{}
		for _, r := range announcedWeek(monday, week, v.now) {
			if d := calendar.Day(r.start); !d.Equal(day) {
				day = d
				fmt.Fprintf(&b, "<h3>%s, NGÀY %s</h3>\n<p>BUỔI SÁNG</p>\n", strings.ToUpper(weekday(d)), d.Format("02/01/2006"))
			}
			if r.start.Hour() == 11 && r.start.Minute() == 30 {
				b.WriteString("<p>BUỔI TRƯA</p>\n")
			} else if r.start.Hour() == 19 {
				b.WriteString("<p>BUỔI TỐI</p>\n")
			}
			mark := ""
			if r.repeat {
				mark = " ( PL )"
			}
			fmt.Fprintf(&b, "<p>– %dh%02d %s%s</p>\n", r.start.Hour(), r.start.Minute(), esc(r.programme), mark)
		}
	}
	b.WriteString("</body></html>")
	return answer{ctype: htmlType, body: b.String(), etag: true}, true
}

// announcedWeek is a week as it was meant to be at a time.
func announcedWeek(monday time.Time, week int, now time.Time) []run {
	var out []run
	friday := monday.AddDate(0, 0, 4)
	start, length := friday.Add(20*time.Hour+5*time.Minute), 15*time.Minute
	switch {
	case week == 12 && now.Before(monday.AddDate(0, 0, 2).Add(12*time.Hour)):
		start = start.Add(30 * time.Minute)
	case week == 13:
		length = 12 * time.Minute
	}
	for _, r := range televisionWeek(monday, week) {
		if calendar.Day(r.start).Equal(friday) && r.start.Hour() >= 20 {
			continue
		}
		out = append(out, r)
		if calendar.Day(r.start).Equal(friday) && r.start.Hour() == 19 {
			out = append(out, run{"Chung tay cải cách hành chính", "", start, length, false}, run{"Phim truyện", "", start.Add(length), 45 * time.Minute, false})
		}
	}
	return out
}

// uploads is the feed of what the station puts on the network, as YouTube writes
// one of a channel: each edition on the Saturday after it, the latest fifteen. That
// of week 8 is there too, though the log has no such broadcast.
func (v *view) uploads() answer {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<feed xmlns="http://www.w3.org/2005/Atom"><title>%s</title>`+"\n", esc(v.site.title))
	last := calendar.Day(v.now)
	for last.Weekday() != time.Saturday || last.Add(9*time.Hour).After(v.now) {
		last = last.AddDate(0, 0, -1)
	}
	for i := range 15 {
		at := last.AddDate(0, 0, -7*i).Add(9 * time.Hour)
		if at.Year() < 2023 {
			break
		}
		_, week := at.ISOWeek()
		fmt.Fprintf(&b, `<entry><id>video:%[1]d</id><title>Chung tay cải cách hành chính, số %02[1]d năm 2023</title><link rel="alternate" href="http://%[2]s/video/%[1]d"/><published>%[3]s</published></entry>`+"\n",
			week, v.site.host, at.UTC().Format(time.RFC3339))
	}
	b.WriteString("</feed>\n")
	return answer{ctype: "application/atom+xml; charset=utf-8", body: b.String(), etag: true}
}
