package schedule

import (
	"slices"
	"sort"
	"time"

	"loa/media"
)

// sight is what was seen of one slot, and why the rest was not.
type sight struct {
	Coverage
	none    bool     // nothing that could see it has ever worked
	reasons []Reason // why a shortfall cannot be concluded, main one first; empty when all was seen
	notes   []Reason // what a reader should know beside
}

// observe holds a slot's needs against what was seen. Items need every stream
// of the quota (by default every stream of the owner's feeds and lists that
// are not marked «verify», of documents only where those count): a stream's coverage is the union of its sources',
// for they are alternatives of each other, and the slot's the intersection of
// its streams'. Airings need the receipts of every channel, print its register
// where the quota counts print, segments the station's list, bulletins the
// province's system or a form. Papers need nothing: they are handed in.
func observe(v view, obs Observation) sight {
	s := sight{Coverage: Coverage{Share: 1}}
	elapsed := v.elapsed()
	if v.kind.sees(v.q, media.EvItem) {
		s.streams(v, obs, elapsed)
	}
	if v.kind.sees(v.q, media.EvAiring) {
		s.receipts(v, obs, elapsed)
	}
	if v.q.Print && v.kind.sees(v.q, media.EvPrint) {
		s.register(v, obs, media.RegPrint, elapsed)
	}
	if v.kind.sees(v.q, media.EvSegment) {
		s.register(v, obs, media.RegSegments, elapsed)
	}
	if v.kind.sees(v.q, media.EvBulletin) {
		s.bulletins(v, obs, elapsed)
	}
	s.Gaps = merge(s.Gaps)
	s.shareOf(elapsed)
	return s
}

// streams adds what the quota's streams did not see.
func (s *sight) streams(v view, obs Observation, elapsed Span) {
	byStream := map[string][]media.Source{}
	for _, src := range v.p.Sources {
		if src.Agency == v.owner.ID && !src.Verify && src.Kind.Items() && (v.kind.documents || src.Kind != media.KindDocuments) && alive(src, v.period) {
			byStream[src.Stream] = append(byStream[src.Stream], src)
		}
	}
	needed := slices.Clone(v.q.Streams)
	if len(needed) == 0 {
		for name := range byStream {
			needed = append(needed, name)
		}
	}
	sort.Strings(needed)
	needed = slices.Compact(needed)
	ever := false
	var gaps []Span
	var blind, blank []Reason
	for _, name := range needed {
		var seen []Span
		for _, src := range byStream[name] {
			spans := merge(obs.Spans[src.ID])
			ever = ever || len(spans) > 0
			seen = append(seen, spans...)
		}
		missing := subtract(elapsed, seen)
		gaps = append(gaps, missing...)
		for _, src := range byStream[name] {
			b, cannot := obs.Blind[src.ID]
			if !cannot {
				continue
			}
			s.Blind = append(s.Blind, Blind{Source: src.ID, Reason: b.Reason, Since: b.Since})
			if len(missing) > 0 && b.Since.Before(v.period.End) {
				blind = append(blind, because("source_blind", args{"source": sourceName(src), "reason": b.Reason, "since": stamp(b.Since)}))
			}
		}
	}
	s.none = !ever
	if s.none {
		gaps = []Span{elapsed}
		s.reasons = append(s.reasons, because("source_none", args{"owner": agencyName(v.owner)}))
	}
	const few = 3 // the rest is in Coverage.Gaps
	for i, g := range merge(gaps) {
		if i < few && !s.none {
			blank = append(blank, because("not_observed", args{"from": stamp(g.From), "to": stamp(g.To)}))
		}
	}
	s.reasons = append(append(s.reasons, blind...), blank...)
	s.Gaps = append(s.Gaps, gaps...)
	sort.Slice(s.Blind, func(i, j int) bool { return s.Blind[i].Source < s.Blind[j].Source })
}

// channels lists the channels whose logs a quota of airings needs: its own
// list, else every channel of the owner.
func channels(p *Plan, q Quota, owner media.Agency) []string {
	out := slices.Clone(q.Channels)
	if len(out) == 0 {
		for _, c := range p.Channels {
			if c.Agency == owner.ID {
				out = append(out, c.ID)
			}
		}
	}
	return out
}

// receipts adds the spans for which no sender declared a channel's log complete.
func (s *sight) receipts(v view, obs Observation, elapsed Span) {
	list := channels(v.p, v.q, v.owner)
	if len(list) == 0 {
		s.none = true
		s.Gaps = append(s.Gaps, elapsed)
		s.reasons = append(s.reasons, because("source_none", args{"owner": agencyName(v.owner)}))
		return
	}
	for _, id := range list {
		if missing := subtract(elapsed, obs.Spans["log:"+id]); len(missing) > 0 {
			s.Gaps = append(s.Gaps, missing...)
			s.reasons = append(s.reasons, because("receipt_missing", args{"channel": channelName(v.p, id)}))
		}
	}
}

// Spans, half-open.

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (s Span) length() time.Duration { return max(0, s.To.Sub(s.From)) }

func total(ss []Span) (d time.Duration) {
	for _, s := range ss {
		d += s.length()
	}
	return d
}

// merge sorts spans, joins those that touch, and drops empty ones.
func merge(ss []Span) []Span {
	var out []Span
	sorted := slices.Clone(ss)
	slices.SortFunc(sorted, func(a, b Span) int { return a.From.Compare(b.From) })
	for _, s := range sorted {
		switch n := len(out); {
		case !s.From.Before(s.To):
		case n > 0 && !s.From.After(out[n-1].To):
			if s.To.After(out[n-1].To) {
				out[n-1].To = s.To
			}
		default:
			out = append(out, s)
		}
	}
	return out
}

// subtract is what of the whole the spans leave.
func subtract(whole Span, ss []Span) []Span {
	var out []Span
	at := whole.From
	for _, s := range merge(ss) {
		if !s.From.Before(whole.To) {
			break
		}
		if s.From.After(at) {
			out = append(out, Span{at, s.From})
		}
		if s.To.After(at) {
			at = s.To
		}
	}
	if at.Before(whole.To) {
		out = append(out, Span{at, whole.To})
	}
	return out
}
