package monitor

import "loa/media"

// guardedComparer is a Comparer that does not panic: a text on which the other
// does has no marks, is near to none and in no group. What it panicked on is
// noted. Not safe for concurrent use.
type guardedComparer struct {
	Comparer
	crashed map[string]*media.Quarantined // by revision
}

// note is called where p was recovered.
func (g *guardedComparer) note(p any, r media.Revision) {
	if g.crashed == nil {
		g.crashed = map[string]*media.Quarantined{}
	}
	if g.crashed[r.ID] == nil {
		g.crashed[r.ID] = crashed(p, media.StageCompare, r, g.Rules())
	}
}

func (g *guardedComparer) Sketch(r media.Revision) (words int64, marks []int64) {
	defer func() {
		if p := recover(); p != nil {
			words, marks = 0, nil
			g.note(p, r)
		}
	}()
	return g.Comparer.Sketch(r)
}

// Near panics with the text that is compared now, a: the other may be one that
// has stood in many comparisons.
func (g *guardedComparer) Near(a, b media.Revision) (near bool) {
	defer func() {
		if p := recover(); p != nil {
			near = false
			g.note(p, a)
		}
	}()
	return g.Comparer.Near(a, b)
}

// Groups sorts all in one go or, where that panics, those that hang together one
// after another: the others are grouped, and of those on which it panics each
// stands for itself.
func (g *guardedComparer) Groups(items []media.Item, texts []media.Revision, words []int64, near func(a, b int64) bool) []media.Copy {
	if out, ok := g.groups(items, texts, words, near, len(items) == 1); ok {
		return out
	}
	out := make([]media.Copy, len(items))
	for _, part := range hanging(words, near) {
		var is []media.Item
		var ts []media.Revision
		var ws []int64
		for _, i := range part {
			is, ts, ws = append(is, items[i]), append(ts, texts[i]), append(ws, words[i])
		}
		if some, ok := g.groups(is, ts, ws, near, true); ok {
			for k, i := range part {
				out[i] = some[k]
			}
		}
	}
	return out
}

func (g *guardedComparer) groups(items []media.Item, texts []media.Revision, words []int64, near func(a, b int64) bool, last bool) (out []media.Copy, ok bool) {
	defer func() {
		if p := recover(); p != nil {
			out, ok = make([]media.Copy, len(items)), false
			for _, r := range texts {
				if last {
					g.note(p, r)
				}
			}
		}
	}()
	out = g.Comparer.Groups(items, texts, words, near)
	return out, true
}

// hanging sorts places into those that equal or near texts join.
func hanging(words []int64, near func(a, b int64) bool) [][]int {
	var parts [][]int
	done := make([]bool, len(words))
	for i := range words {
		if done[i] {
			continue
		}
		done[i] = true
		part := []int{i}
		for k := 0; k < len(part); k++ {
			for o := range words {
				if w := words[part[k]]; !done[o] && (words[o] == w || near(w, words[o])) {
					done[o] = true
					part = append(part, o)
				}
			}
		}
		parts = append(parts, part)
	}
	return parts
}
