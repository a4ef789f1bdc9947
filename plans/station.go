package plans

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"loa/schedule"
)

// window reads an audience window: of a medium, or of a station's or a channel's own.
func (b *builder) window(g *group, _ string, n *yaml.Node) {
	var w schedule.Window
	var station string
	wg := g.group(n, "khung giờ", "",
		may("medium", oneOf(&w.Medium, mediums())),
		may("channel", slug(&w.Channel)),
		may("station", slug(&station)),
		must("from", clock(&w.FromMinute)),
		must("to", clock(&w.ToMinute)),
		may("valid_from", date(&w.From)),
		may("valid_to", date(&w.To)),
		may("basis", note),
	)
	wg.hours(w.FromMinute, w.ToMinute)
	if !w.From.IsZero() && !w.To.IsZero() && !w.From.Before(w.To) {
		wg.bad("valid_to", "%q cần sau %q", "valid_to", "valid_from")
	}
	switch {
	case wg.has("channel") && wg.has("station"):
		wg.bad("station", "%q và %q không đi cùng nhau: khung giờ của một kênh hoặc của mọi kênh của một đài", "channel", "station")
	case wg.has("station"):
		w.Agency = b.stationOf(wg, "station", station)
	case w.Channel != "":
		b.windowOfChannel(wg, &w)
	}
	if !wg.has("medium") && !wg.has("channel") {
		wg.bad("from", "thiếu khóa %q: truyền hình hay phát thanh, hoặc %q nếu chỉ của một kênh", "medium", "channel")
	}
	if wg.has("from") && wg.has("to") && w.Medium != "" && slices.ContainsFunc(b.plan.Windows, func(o schedule.Window) bool { return windowsMeet(o, w) }) {
		wg.bad("from", "trùng giờ và trùng thời gian hiệu lực với một khung giờ ghi ở trên; cần gộp lại hoặc tách thời gian")
	}
	b.plan.Windows = append(b.plan.Windows, w)
}

// windowOfChannel takes the medium of a window from its channel.
func (b *builder) windowOfChannel(g *group, w *schedule.Window) {
	c, ok := b.channels[w.Channel]
	switch {
	case !ok && b.agenciesRead:
		g.bad("channel", "%q cần mã của một kênh trong agencies.yaml, đang là %q", "channel", w.Channel)
	case w.Medium != "" && ok && w.Medium != c.Medium:
		g.bad("medium", "kênh %q là %s; %q cần như vậy, hoặc bỏ khóa này", w.Channel, c.Medium, "medium")
	case ok:
		w.Medium = c.Medium
	}
}

// stationOf checks that a key names an agency with channels, and gives its id.
func (b *builder) stationOf(g *group, key, slug string) string {
	if slug == "" {
		return ""
	}
	id := b.full(slug)
	if b.agenciesRead && !slices.ContainsFunc(b.plan.Channels, func(c schedule.Channel) bool { return c.Agency == id }) {
		g.bad(key, "%q cần mã của một đài có kênh trong agencies.yaml, đang là %q", key, slug)
	}
	return id
}

// windowsMeet reports whether two windows of the same scope hold on one day at one time.
func windowsMeet(a, b schedule.Window) bool {
	return a.Medium == b.Medium && a.Channel == b.Channel && a.Agency == b.Agency && a.FromMinute < b.ToMinute && b.FromMinute < a.ToMinute && spansMeet(a.From, a.To, b.From, b.To)
}

// spansMeet reports whether two stretches of days, to exclusive, zero open, share one.
func spansMeet(fromA, toA, fromB, toB time.Time) bool {
	return (toB.IsZero() || fromA.Before(toB)) && (toA.IsZero() || fromB.Before(toA))
}

// mostKept bounds how long a station may be said to keep its recordings, in days.
const mostKept = 3650

// retention reads how long a station keeps the recordings of what it broadcast,
// and when what is not proven yet is to be asked for.
func (b *builder) retention(g *group, _ string, n *yaml.Node) {
	var r schedule.Retention
	var station string
	rg := g.group(n, called("lưu giữ", n), "",
		must("station", slug(&station)),
		must("days", whole(&r.Days, 1, mostKept)),
		must("notice", whole(&r.Notice, 0, mostKept)),
		may("from", date(&r.From)),
		may("to", date(&r.To)),
		must("basis", text(&r.Basis)),
	)
	r.Agency = b.stationOf(rg, "station", station)
	rg.ordered(r.From, r.To)
	if rg.has("days") && rg.has("notice") && r.Days > 0 && r.Notice >= r.Days {
		rg.bad("notice", "%q (ngày thứ mấy thì nhắc) cần nhỏ hơn %q (số ngày lưu giữ)", "notice", "days")
	}
	if r.Agency != "" && slices.ContainsFunc(b.plan.Retention, func(o schedule.Retention) bool {
		return o.Agency == r.Agency && spansMeet(o.From, o.To, r.From, r.To)
	}) {
		rg.bad("station", "thời gian hiệu lực trùng với một dòng khác của đài này; mỗi ngày cần một mức")
	}
	b.plan.Retention = append(b.plan.Retention, r)
}
