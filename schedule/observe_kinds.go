package schedule

import (
	"time"

	"loa/media"
)

// observeExists looks at the pages that prove a quota and, where a piece of a
// column may prove it too, at the owner's streams. A page that answers «not
// found» is absent for certain; one that cannot be reached, or was not looked
// at in the period, is not known.
func observeExists(v view, obs Observation) sight {
	s := sight{Coverage: Coverage{Share: 1}}
	elapsed := v.elapsed()
	pages := v.pages()
	if v.kind.sees(v.q, media.EvItem) {
		s = observe(v, obs)
	}
	unknown, ever := 0, false // ever: any of the pages was once found, or found not to be there
	for _, src := range pages {
		for _, u := range obs.Uptime[src.ID] {
			ever = ever || u.State != media.Down
		}
		state, _ := v.found(src)
		switch state {
		case media.Down:
			unknown++
			b := obs.Blind[src.ID]
			s.Blind = append(s.Blind, Blind{Source: src.ID, Reason: media.Unreachable, Since: b.Since})
			s.reasons = append(s.reasons, because("source_blind", args{"source": sourceName(src), "reason": media.Unreachable}))
		case media.Absent:
			s.notes = append(s.notes, because("page_absent", args{"page": sourceName(src)}))
		case lacking:
			what, since := v.lacks(src, media.Absent)
			s.notes = append(s.notes, because("page_lacks", args{"page": sourceName(src), "what": what, "since": stamp(since)}))
		case doubtful:
			unknown++
			doubt := args{"page": sourceName(src)}
			if what, _ := v.lacks(src, doubtful); len(what) > 0 {
				doubt["what"] = what
			}
			s.reasons = append(s.reasons, because("page_doubtful", doubt))
		case "":
			unknown++
			s.reasons = append(s.reasons, because("not_probed", args{"page": sourceName(src)}))
		}
	}
	switch {
	case len(pages) > 0 && !v.kind.sees(v.q, media.EvItem):
		s.none = !ever
		s.Share = 1 - float64(unknown)/float64(len(pages))
	case len(pages) == 0 && !v.kind.sees(v.q, media.EvItem) && !attestable(v.q):
		s.none, s.Share, s.Gaps = true, 0, []Span{elapsed}
		s.reasons = append(s.reasons, because("source_none", args{"owner": agencyName(v.owner)}))
	case len(pages) == 0 && !v.kind.sees(v.q, media.EvItem): // a paper may still come
		s.reasons = append(s.reasons, because("evidence_missing", nil))
	}
	return s
}

// register adds what a register was not handed in for.
func (s *sight) register(v view, obs Observation, kind media.RegisterKind, elapsed Span) {
	if missing := subtract(elapsed, obs.Spans[RegisterSource(kind, v.owner.ID)]); len(missing) > 0 {
		s.Gaps = merge(append(s.Gaps, missing...))
		s.reasons = append(s.reasons, because("register_missing", args{"register": string(kind)}))
	}
}

// observeLag: without the office's register nothing says what was owed, and
// what was posted is told as that («trên số đã đăng»). What the register lists
// and nobody saw posted is missing only if the portal was seen all the time.
func observeLag(v view, obs Observation) sight {
	s := sight{Coverage: Coverage{Share: 1}}
	s.register(v, obs, media.RegProcedures, v.elapsed())
	if len(s.reasons) > 0 && len(v.credits) > 0 {
		s.notes, s.reasons = append(s.notes, because("posted_only", args{"n": len(v.credits)})), nil
	}
	if len(v.unposted()) > 0 {
		seen := sight{}
		seen.streams(v, obs, Span{v.period.Start, earlier(v.end(), v.now)})
		s.Gaps, s.Blind, s.reasons, s.none = merge(append(s.Gaps, seen.Gaps...)), seen.Blind, append(s.reasons, seen.reasons...), seen.none
	}
	s.shareOf(v.elapsed())
	return s
}

// observeAnswered needs the register of questions, or the owner's columns read
// without a gap.
func observeAnswered(v view, obs Observation) sight {
	s := sight{Coverage: Coverage{Share: 1}}
	s.questions(v, obs)
	if n := len(v.rejected("answered")) - len(v.waiting()); n > 0 {
		s.notes = append(s.notes, because("asked_unknown_n", args{"n": n}))
	}
	s.shareOf(v.elapsed())
	return s
}

// observeAvailability: the hours in which no probe was made may have been good
// or bad. Only if neither could change the answer is it known.
func observeAvailability(v view, _ Observation) sight {
	s := sight{Coverage: Coverage{Share: 1}}
	up, down, whole := v.pooled()
	if whole <= 0 {
		s.none, s.Share = len(v.sites) == 0, 0
		s.reasons = append(s.reasons, because("source_none", args{"owner": agencyName(v.owner)}))
		return s
	}
	s.Share = float64(up+down) / float64(whole)
	want := float64(v.q.Share.Value)
	if worst, best := percent(up, whole), percent(whole-down, whole); worst < want && best >= want {
		s.reasons = append(s.reasons, because("not_watched", args{"hours": int((whole - up - down) / time.Hour)}))
	}
	const few = 5
	n := 0
	for _, site := range v.sites {
		if seen := site.up + site.down; seen > 0 && percent(site.up, seen) < want && n < few {
			s.notes = append(s.notes, because("site_below", args{"site": agencyName(site.agency), "percent": percent(site.up, seen)}))
			n++
		}
	}
	return s
}

// shareOf computes the share of the elapsed time that the gaps leave.
func (s *sight) shareOf(elapsed Span) {
	if whole := elapsed.length(); whole > 0 {
		missed := time.Duration(0)
		for _, g := range s.Gaps {
			missed += Span{later(g.From, elapsed.From), earlier(g.To, elapsed.To)}.length()
		}
		s.Share = max(0, 1-float64(missed)/float64(whole))
	}
}
