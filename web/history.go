package web

import (
	"slices"
	"strings"

	"loa/media"
	"loa/viet"
	"loa/viet/mask"
)

// revisionLine is one text of an item, with what was changed since the one before.
type revisionLine struct {
	media.Revision
	Changes []change
	More    int // changes that are not listed
}

// change is a part of a text that is no longer there, or is new.
type change struct {
	Field string // "tiêu đề", "đoạn dẫn", "nội dung", "chuyên mục"
	Gone  string // masked, cut to a readable length; "" if nothing was there
	New   string
}

const (
	mostChanges  = 12  // of one revision that are listed
	changeLength = 300 // bytes of a paragraph that are shown
)

// history puts texts beside those before them; revs are latest first. A page is
// compared with the page before, for what a listing says is another text.
func history(m mask.Mask, revs []media.Revision) []revisionLine {
	out := make([]revisionLine, len(revs))
	for i, r := range revs {
		out[i].Revision = r
		out[i].Title = m.Text(r.Title)
		k := slices.IndexFunc(revs[i+1:], func(o media.Revision) bool { return o.From == r.From })
		if k < 0 {
			continue
		}
		before := revs[i+1+k]
		all := changes(m, before, r)
		out[i].Changes = all[:min(len(all), mostChanges)]
		out[i].More = len(all) - len(out[i].Changes)
	}
	return out
}

// changes lists what differs, headline first, the body by paragraphs.
func changes(m mask.Mask, before, now media.Revision) []change {
	var out []change
	for _, f := range []struct{ name, before, now string }{
		{fieldName("title"), before.Title, now.Title}, {fieldName("lead"), before.Lead, now.Lead}, {fieldName("section"), before.Section, now.Section},
	} {
		if viet.Clean(f.before) != viet.Clean(f.now) {
			out = append(out, change{f.name, cut(m, f.before), cut(m, f.now)})
		}
	}
	had, has := tally(before.Body), tally(now.Body)
	for _, p := range lines(before.Body) {
		if has[p] < had[p] {
			had[p]--
			out = append(out, change{fieldName("body"), cut(m, p), ""})
		}
	}
	had = tally(before.Body)
	for _, p := range lines(now.Body) {
		if had[p] < has[p] {
			has[p]--
			out = append(out, change{fieldName("body"), "", cut(m, p)})
		}
	}
	return out
}

// lines are the paragraphs of a text.
func lines(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		if l = viet.Clean(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func tally(s string) map[string]int {
	n := map[string]int{}
	for _, l := range lines(s) {
		n[l]++
	}
	return n
}

// cut masks a text and shortens it at a space.
func cut(m mask.Mask, s string) string {
	s = m.Text(viet.Clean(s))
	if len(s) <= changeLength {
		return s
	}
	s = strings.ToValidUTF8(s[:changeLength], "")
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		s = s[:i]
	}
	return s + "…"
}

// deletedWords tells of the body behind a text that it was deleted; "" if it is there.
func deletedWords(all map[string]Deleted, hash string) string {
	d, gone := all[hash]
	if !gone {
		return ""
	}
	return "bản lưu " + viet.KeptGone(d.Class, d.Days, d.At)
}
