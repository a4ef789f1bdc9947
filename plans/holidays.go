package plans

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"loa/schedule/calendar"
)

// holidayDir holds one table per year: Tết and Giỗ Tổ follow the moon and days
// in lieu are decreed, so they are looked up and never computed.
const holidayDir = "holidays"

// Holidays reads every table of public holidays. A folder without tables gives
// a calendar that knows no holiday; Notices says so.
func Holidays(fsys fs.FS) (*calendar.Calendar, []Problem) {
	cal, _, problems := holidays(fsys)
	return cal, problems
}

func holidays(fsys fs.FS) (*calendar.Calendar, Positions, []Problem) {
	r := &reader{fsys: fsys, pos: Positions{}}
	cal := &calendar.Calendar{Off: map[string]string{}, Work: map[string]string{}}
	entries, err := fs.ReadDir(fsys, holidayDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cal, r.pos, []Problem{{File: holidayDir, Msg: fmt.Sprintf("không đọc được thư mục: %v", err)}}
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".yaml")
		if !ok || e.IsDir() {
			continue
		}
		if !yearForm.MatchString(name) {
			r.found = append(r.found, Problem{File: holidayDir + "/" + e.Name(), Msg: "tên tệp cần dạng NĂM.yaml, ví dụ 2023.yaml"})
			continue
		}
		year, _ := strconv.Atoi(name)
		r.file(holidayDir+"/"+e.Name(), func(d *doc, n *yaml.Node) { holidayTable(d, n, year, cal) })
	}
	slices.Sort(cal.Years)
	return cal, r.pos, r.sorted()
}

func holidayTable(d *doc, n *yaml.Node, year int, cal *calendar.Calendar) {
	var written int
	path := fmt.Sprintf("holidays/%d", year)
	day := func(what string, to map[string]string, not map[string]string) func(*group, string, *yaml.Node) {
		return list(func(g *group, _ string, n *yaml.Node) {
			var day time.Time
			var name string
			what := what
			if s := peek(n, "date"); s != "" {
				what += " " + s
			}
			dg := g.group(n, what, "", must("date", date(&day)), must("name", text(&name)))
			if day.IsZero() {
				return
			}
			key := day.Format(time.DateOnly)
			weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
			switch {
			case day.Year() != year:
				dg.bad("date", "%q cần ngày trong năm %d như tên tệp", "date", year)
			case to[key] != "":
				dg.bad("date", "ngày này ghi hai lần; cần một lần")
			case not != nil && not[key] != "":
				dg.bad("date", "ngày này đã ghi là ngày nghỉ; một ngày không thể vừa nghỉ vừa làm bù")
			case not != nil && !weekend:
				dg.bad("date", "ngày làm bù cần là thứ Bảy hoặc Chủ nhật; ngày khác vốn đã là ngày làm việc")
			case name != "":
				to[key] = name
			}
		})
	}
	g := d.group(n, fmt.Sprintf("bảng ngày nghỉ %d", year), path,
		must("year", whole(&written, 1900, 9999)),
		must("basis", note),
		must("days", day("ngày nghỉ", cal.Off, nil)),
		may("working", day("ngày làm bù", cal.Work, cal.Off)),
	)
	if written != 0 && written != year {
		g.bad("year", "%q cần %d như tên tệp, đang là %d", "year", year, written)
	}
	cal.Years = append(cal.Years, year)
}
