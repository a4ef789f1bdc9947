package plans

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"loa/media"
	"loa/schedule"
	"loa/schedule/propose"
)

// weekdays are the days of the week as a grid names them, Monday first.
func weekdays() []string { return []string{"t2", "t3", "t4", "t5", "t6", "t7", "cn"} }

// Grid reads a station's grid (khung chương trình) of the plan's channels and
// columns. It tells every mistake at once; with one the grid is of no use.
func Grid(fsys fs.FS, name string, p *schedule.Plan) (propose.Grid, []Problem) {
	r := &reader{fsys: fsys, pos: Positions{}}
	b := &gridReader{plan: p}
	r.file(name, b.read)
	return b.grid, r.sorted()
}

type gridReader struct {
	plan *schedule.Plan
	grid propose.Grid
	at   []int // line of each block
}

func (b *gridReader) read(d *doc, n *yaml.Node) {
	var station string
	g := d.group(n, "khung chương trình", "",
		must("station", slug(&station)),
		must("blocks", list(b.block)),
		may("conflicts", list(b.conflict)),
	)
	if station != "" {
		b.grid.Station = b.plan.Province + "/" + station
		var own []string
		for _, c := range b.plan.Channels {
			own = append(own, strings.TrimPrefix(c.Agency, b.plan.Province+"/"))
		}
		if !slices.Contains(own, station) {
			slices.Sort(own)
			g.bad("station", "%q cần mã một đài có kênh trong kế hoạch (%s), đang là %q", "station", words(slices.Compact(own)), station)
			return
		}
	}
	if len(d.found) > 0 { // blocks that were not read would seem to meet others
		return
	}
	for i, x := range b.grid.Blocks {
		if c := b.channelOf(x.Channel); c != nil && b.grid.Station != "" && c.Agency != b.grid.Station {
			d.at(b.at[i], "ô %s: kênh %q không phải của đài này", blockWords(x), x.Channel)
		}
		for j, y := range b.grid.Blocks[:i] {
			if day, ok := meet(x, y); ok {
				d.at(b.at[i], "ô %s: chồng lên ô ở dòng %d (%s, %s)", blockWords(x), b.at[j], blockWords(y), day)
				break
			}
		}
	}
}

func (b *gridReader) channelOf(id string) *schedule.Channel {
	for i := range b.plan.Channels {
		if b.plan.Channels[i].ID == id {
			return &b.plan.Channels[i]
		}
	}
	return nil
}

// channel reads the id of one of the plan's channels.
func (b *gridReader) channel(to *string) func(*group, string, *yaml.Node) {
	var all []string
	for _, c := range b.plan.Channels {
		all = append(all, c.ID)
	}
	return oneOf(to, all)
}

func (b *gridReader) block(g *group, _ string, n *yaml.Node) {
	x := propose.Block{}
	var kind string
	var days []string
	xg := g.group(n, "ô chương trình", "",
		must("channel", b.channel(&x.Channel)),
		may("on", list(func(g *group, key string, n *yaml.Node) {
			var d string
			oneOf(&d, weekdays())(g, key, n)
			if slices.Contains(days, d) && d != "" {
				g.at(n.Line, "%s: %q ghi %q hai lần; cần một lần", g.what, key, d)
			}
			days = append(days, d)
		})),
		may("dates", list(func(g *group, key string, n *yaml.Node) {
			var t time.Time
			date(&t)(g, key, n)
			if !t.IsZero() {
				x.Dates = append(x.Dates, t)
			}
		})),
		must("from", clock(&x.Start)),
		must("to", clock(&x.End)),
		may("valid_from", date(&x.From)),
		may("valid_to", date(&x.To)),
		must("kind", oneOf(&kind, []string{"open", "fixed"})),
		may("programme", text(&x.Programme)),
		may("column", slug(&x.Column)),
	)
	xg.hours(x.Start, x.End)
	x.Open = kind == "open"
	switch {
	case xg.has("on") == xg.has("dates"):
		xg.bad("on", "cần một trong hai khóa \"on\" (thứ trong tuần) và \"dates\" (ngày)")
	case xg.has("on") && len(days) == 0 || xg.has("dates") && len(x.Dates) == 0 && n.Kind == yaml.MappingNode && peekEmpty(n, "dates"):
		xg.bad("on", "danh sách ngày trống; cần ít nhất một ngày")
	}
	if !x.From.IsZero() && !x.To.IsZero() && !x.From.Before(x.To) {
		xg.bad("valid_to", "%q cần sau %q", "valid_to", "valid_from")
	}
	switch {
	case x.Open && (xg.has("programme") || xg.has("column")):
		xg.bad("programme", "ô trống (kind: open) không ghi \"programme\", \"column\"")
	case kind == "fixed" && !xg.has("programme"):
		xg.bad("kind", "ô cố định (kind: fixed) thiếu khóa \"programme\"")
	}
	if x.Column != "" && !slices.ContainsFunc(b.plan.Columns, func(c media.Column) bool { return c.ID == x.Column }) {
		xg.bad("column", "%q cần mã một chuyên mục của kế hoạch, đang là %q", "column", x.Column)
	}
	for _, d := range days {
		if i := slices.Index(weekdays(), d); i >= 0 {
			x.Days = append(x.Days, time.Weekday((i+1)%7))
		}
	}
	b.grid.Blocks, b.at = append(b.grid.Blocks, x), append(b.at, n.Line)
}

// peekEmpty reports whether a key holds an empty list.
func peekEmpty(n *yaml.Node, key string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1].Kind == yaml.SequenceNode && len(n.Content[i+1].Content) == 0
		}
	}
	return false
}

func (b *gridReader) conflict(g *group, _ string, n *yaml.Node) {
	c := propose.Conflict{End: 24 * 60}
	var day, last time.Time
	cg := g.group(n, "việc trùng giờ", "",
		may("channels", list(func(g *group, key string, n *yaml.Node) {
			var id string
			b.channel(&id)(g, key, n)
			if id != "" {
				c.Channels = append(c.Channels, id)
			}
		})),
		may("date", date(&day)),
		may("first", date(&c.From)),
		may("last", date(&last)),
		may("holidays", boolean(&c.Holidays)),
		may("from", clock(&c.Start)),
		may("to", clock(&c.End)),
		must("why", text(&c.Why)),
	)
	cg.hours(c.Start, c.End)
	switch {
	case cg.has("date") && (cg.has("first") || cg.has("last") || c.Holidays):
		cg.bad("date", "\"date\" là một ngày; không ghi cùng \"first\", \"last\", \"holidays\"")
	case cg.has("first") != cg.has("last"):
		cg.bad("first", "cần cả \"first\" (ngày đầu) và \"last\" (ngày cuối, tính cả ngày này)")
	case !last.IsZero() && last.Before(c.From):
		cg.bad("last", "\"last\" cần không trước \"first\"")
	case !cg.has("date") && !cg.has("first") && !c.Holidays:
		cg.bad("why", "chưa nói ngày nào: cần \"date\", hoặc \"first\" và \"last\", hoặc \"holidays: true\"")
	}
	if !day.IsZero() {
		c.From, last = day, day
	}
	if !last.IsZero() {
		c.To = last.AddDate(0, 0, 1)
	}
	b.grid.Conflicts = append(b.grid.Conflicts, c)
}

func blockWords(x propose.Block) string {
	return fmt.Sprintf("%s %02d:%02d–%02d:%02d", x.Channel, x.Start/60, x.Start%60, x.End/60, x.End%60)
}

// meet reports whether two blocks of a channel hold one minute of one day both. A
// block of given dates stands over the weekly ones: it says what that day is like.
func meet(x, y propose.Block) (day string, ok bool) {
	if x.Channel != y.Channel || x.Channel == "" || x.Start >= y.End || y.Start >= x.End || (x.Dates == nil) != (y.Dates == nil) {
		return "", false
	}
	for _, d := range x.Dates {
		if y.On(d) && x.On(d) {
			return d.Format(time.DateOnly), true
		}
	}
	if x.Dates != nil || !x.To.IsZero() && !y.From.IsZero() && !y.From.Before(x.To) || !y.To.IsZero() && !x.From.IsZero() && !x.From.Before(y.To) {
		return "", false
	}
	for _, d := range x.Days {
		if slices.Contains(y.Days, d) {
			return weekdays()[(int(d)+6)%7], true
		}
	}
	return "", false
}
