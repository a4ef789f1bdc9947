package schedule_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"loa/media"
	"loa/schedule"
)

// What the oracle says of pieces that were declared: each counts once with what was observed of it.

// twin: two pieces are one, by the item itself, by their address, or by their title and day. Drawn addresses differ by
// scheme, www, a slash at the end and a tracker only.
func twin(a, b piece) bool {
	address := func(u string) string {
		for _, cut := range []string{"http://", "https://", "www."} {
			u = strings.TrimPrefix(u, cut)
		}
		u, _, _ = strings.Cut(u, "?utm_source=")
		return strings.TrimSuffix(u, "/")
	}
	switch {
	case slices.ContainsFunc(a.e.Items, func(id string) bool { return id == b.e.ID || slices.Contains(b.e.Items, id) }):
		return true
	case a.e.URL != "" && address(a.e.URL) == address(b.e.URL):
		return true
	}
	return a.e.Title != "" && strings.EqualFold(a.e.Title, b.e.Title) && midnight(a.at).Equal(midnight(b.at))
}

// related are all that are one with a piece, or with what is one with it; one of any two is declared.
func related(cs []piece, i int, declared []bool) map[int]bool {
	out := map[int]bool{i: true}
	for more := true; more; {
		more = false
		for k := range cs {
			for n := range cs {
				joins := declared[k] && (declared[n] || cs[n].e.Kind == media.EvItem) && (twin(cs[k], cs[n]) || twin(cs[n], cs[k]))
				if joins && out[k] != out[n] {
					out[k], out[n], more = true, true, true
				}
			}
		}
	}
	return out
}

// onlyOnce takes out what was declared and stands in another piece already.
func (j judge) onlyOnce(cs []piece) (left []piece, no []schedule.Rejection) {
	words := make([]bool, len(cs)) // what is declared and accepted, before anything is taken out
	for i, c := range cs {
		words[i] = c.e.Kind == media.EvDeclared && c.added()
	}
	for i := range cs { // in order of date, as everything is
		c := &cs[i]
		if c.e.Kind != media.EvDeclared || !c.added() {
			continue
		}
		var counts, earlier *piece
		var fails []*piece
		kin := related(cs, i, words)
		for k := range cs {
			o := &cs[k]
			if k == i || !kin[k] {
				continue
			}
			switch {
			case o.e.Kind == media.EvItem && o.struck():
				fails = append(fails, o)
			case o.e.Kind == media.EvItem && (o.passes || o.added()):
				if counts == nil {
					counts = o
				}
			case o.e.Kind == media.EvItem:
				fails = append(fails, o)
			case o.e.Kind == media.EvDeclared && k < i && o.added() && o.no.Condition != "once" && earlier == nil:
				earlier = o
			}
		}
		switch {
		case counts != nil:
			c.no = j.refuse(*c, "once", schedule.ByPlan, why("declared_seen", "other", counts.e.Title, "at", stamp(counts.at)))
			if counts.taken == nil {
				counts.taken = c.act
			}
		case earlier != nil:
			c.no = j.refuse(*c, "once", schedule.ByPlan, why("declared_twice", "other", earlier.e.Title, "at", stamp(earlier.at)))
		default:
			for _, o := range fails {
				if o.struck() {
					c.met = append(c.met, why("declared_stands", "other", o.e.Title, "why", "struck", "of", map[string]any{"by": o.act.Actor, "reason": o.act.Reason}))
					continue
				}
				c.met = append(c.met, why("declared_stands", "other", o.e.Title, "why", o.no.Reason.Code, "of", o.no.Reason.Args))
				if o.home == c.home {
					o.no.OnlyReference, o.no.Near, o.no.Awaiting = false, false, false
				}
			}
		}
	}
	for _, c := range cs {
		if c.e.Kind == media.EvDeclared && c.no.Condition == "once" {
			no = append(no, c.no)
		} else {
			left = append(left, c)
		}
	}
	return left, no
}

// declare draws what units declare and officers accept, often of an item that is there, by dice of its own: the rest of
// the scene is what it was.
func (s *scene) declare(seed uint64) {
	h := hand{Rand: rand.New(rand.NewPCG(seed, 40)), made: map[string]bool{}}
	if !h.oneIn(2) {
		return
	}
	var items []int
	for i, e := range s.ev {
		if e.Kind == media.EvItem {
			items = append(items, i)
		}
	}
	for range h.between(1, 4) {
		q := pick(h, s.p.Quotas...)
		page := fmt.Sprintf("x.example/tin/%d", h.between(1, 3))
		written := func() string {
			return pick(h, "http://", "https://", "https://www.") + page + pick(h, "", "/", "?utm_source=zalo")
		}
		d := media.Evidence{ID: h.id("declared"), Kind: media.EvDeclared, Agency: "mau/bao", At: day(2023, 1, 2+h.IntN(63)), Precision: media.ToDay, Grade: media.GradeD, Decided: "Chuyên viên"}
		if len(items) > 0 && !h.oneIn(5) {
			e := &s.ev[pick(h, items...)]
			d.Agency = e.Agency
			if e.Precision != media.NoDate && !h.oneIn(3) {
				d.At = midnight(e.At)
			}
			switch h.IntN(4) {
			case 0:
				d.Title = strings.Replace(e.Title, "Tin", "TIN", 1)
			case 1:
				d.Items = []string{e.ID}
			default:
				d.URL, e.URL = written(), written()
			}
		} else {
			d.URL = written()
		}
		d.Seen = day(2023, 4, 1)
		s.ev = append(s.ev, d)
		for _, of := range s.p.Quotas {
			for _, a := range s.p.Agencies {
				if a.ID == d.Agency && len(terms(s.p, of, a)) > 0 && (q.ID == of.ID || h.oneIn(2)) {
					add := schedule.Decision{ID: h.id("accept"), Kind: schedule.Add, Plan: s.p.ID, Quota: of.ID, Owner: d.Agency, Evidence: d.ID, At: day(2023, 4, h.between(1, 9)), Actor: "Phó phòng", Reason: "đã xem"}
					if h.oneIn(3) {
						add.Period = h.period(s.p, of, d.Agency)
					}
					s.ds = append(s.ds, add)
				}
			}
		}
	}
}
