package schedule

import (
	"slices"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// pages are the owner's pages that prove the quota.
func (v view) pages() []media.Source {
	var out []media.Source
	for _, s := range v.p.Sources {
		if s.Agency == v.owner.ID && !s.Verify && slices.Contains(s.Proves, v.q.ID) && alive(s, v.period) {
			out = append(out, s)
		}
	}
	return out
}

func alive(s media.Source, p calendar.Period) bool {
	return (s.From.IsZero() || s.From.Before(p.End)) && (s.To.IsZero() || s.To.After(p.Start))
}

// What a page may be found to be beside the states of media.Uptime.
const (
	// doubtful is what one answer «not found» is: a site that is being rebuilt gives
	// one too.
	doubtful media.UptimeState = "doubtful"
	// lacking is a page that is there without all that has to be posted on it.
	lacking media.UptimeState = "lacking"
)

// found is what a page is known to be in the elapsed part, and since when or
// until when that was seen: as probed finds it, and where it is up and the quota
// needs things to be posted on it, up only if all of them are: lacking if one is
// absent, doubtful if one may be, "" if one was never looked for.
func (v view) found(src media.Source) (state media.UptimeState, at time.Time) {
	state, at = v.probed(src.ID)
	if state != media.Up {
		return state, at
	}
	worst := media.Up
	for _, e := range src.Expect {
		if !e.For(v.q.ID) {
			continue
		}
		switch part, _ := v.probed(src.Part(e.Name)); part {
		case media.Absent:
			return lacking, at
		case doubtful:
			worst = doubtful
		case "":
			if worst == media.Up {
				worst = ""
			}
		}
	}
	return worst, at
}

// lacks names what of a page that is there is in one state, absent or doubtful,
// and since when: the first probe of those in a row that missed any of it.
func (v view) lacks(src media.Source, as media.UptimeState) (what []string, since time.Time) {
	for _, e := range src.Expect {
		if !e.For(v.q.ID) {
			continue
		}
		part := src.Part(e.Name)
		if state, _ := v.probed(part); state != as {
			continue
		}
		what = append(what, e.Name)
		var first time.Time
		for _, u := range v.obs.Uptime[part] {
			switch {
			case !u.From.Before(v.elapsed().To):
			case u.State == media.Up:
				first = time.Time{}
			case first.IsZero():
				first = u.From
			}
		}
		if since.IsZero() || first.Before(since) {
			since = first
		}
	}
	return what, since
}

// probed is what the last telling probe of a page, or of a thing posted on one,
// in the elapsed part said, and when: up, or absent if at least two probes did
// not find it; down only if nothing else was ever found, "" if no probe was
// made. Where the whole site answers with an error page, one page's answer is
// doubtful too.
func (v view) probed(what string) (state media.UptimeState, at time.Time) {
	absent := 0 // probes in a row that did not find it
	within := v.elapsed()
	for _, u := range v.obs.Uptime[what] {
		switch {
		case u.To.Before(within.From) || !u.From.Before(within.To):
			continue
		case u.State == media.Up:
			absent = 0
		case u.State == media.Absent:
			absent += u.Probes
		case state == media.Absent: // not there, and then no server at all: who knows
			absent = 0
			continue
		case state == media.Up:
			continue
		}
		state, at = u.State, earlier(u.To, within.To)
	}
	if state == media.Absent && (absent < 2 || v.siteBroken()) {
		state = doubtful
	}
	return state, at
}

// siteBroken reports whether a feed or list of the owner answers with an error
// page now: then so do its other pages.
func (v view) siteBroken() bool {
	return slices.ContainsFunc(v.p.Sources, func(s media.Source) bool {
		return s.Agency == v.owner.ID && s.Kind.Items() && v.obs.Blind[s.ID].Reason == media.Soft404
	})
}
