package copies

import (
	"cmp"
	"slices"
	"time"

	"loa/media"
)

// Comparer compares the texts of items; they are in NFC.
type Comparer struct{}

// version changes whenever a text would get another id or other marks, or two
// texts another relation (TestRulesHaveAVersion fails): what was compared before
// is then compared anew.
const version = "1"

// Rules names the version of the rules; groups are recorded with it.
func (Comparer) Rules() string { return "copies-" + version }

// Sketch gives the id of a text, 0 where there is no body to compare, and its
// marks. What a listing says of a piece is a teaser and not the piece: teasers
// have no marks, they are copies only if they are word for word the same.
func (Comparer) Sketch(r media.Revision) (words int64, marks []int64) {
	t := ready(Doc{r.Title, r.Lead, r.Body})
	if !t.full() {
		return 0, nil
	}
	if r.Body == "" {
		return int64(t.ID()), nil
	}
	return int64(t.ID()), t.Sketch()
}

// Teaser is Sketch for what has no marks; ok is false for all else.
func (c Comparer) Teaser(r media.Revision) (words int64, ok bool) {
	if r.Body != "" {
		return 0, false
	}
	words, marks := c.Sketch(r)
	return words, len(marks) == 0
}

// Alike says how many marks two texts must share before they are compared, and
// how many texts may share a mark.
func (Comparer) Alike() (marks, texts int) { return enough, crowd }

// Near reports whether two texts that do not say the same are copies.
func (Comparer) Near(a, b media.Revision) bool {
	x, y := ready(Doc{a.Title, a.Lead, a.Body}), ready(Doc{b.Title, b.Lead, b.Body})
	return Compare(&x, &y) == Near
}

// Groups sorts items into groups of copies by the date that the publisher
// printed, else the first sight. The first of a group is its original where the
// order is certain: where it was out before any other can have been. Dates to the
// minute tell that, days only of different days, and an item without a date may
// have been out at any time before it was seen.
func (Comparer) Groups(items []media.Item, texts []media.Revision, words []int64, near func(a, b int64) bool) []media.Copy {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(published(items[a]).Compare(published(items[b])), cmp.Compare(items[a].ID, items[b].ID))
	})
	place := map[int64]int{} // of a text among the texts in order
	var ids []int64
	var read []Text
	for _, i := range order {
		if _, ok := place[words[i]]; !ok {
			place[words[i]] = len(ids)
			ids = append(ids, words[i])
			read = append(read, ready(Doc{texts[i].Title, texts[i].Lead, texts[i].Body}))
		}
	}
	first := Group(len(ids), func(i int) []int {
		var out []int
		for j := range i {
			if near(ids[i], ids[j]) {
				out = append(out, j)
			}
		}
		return out
	}, func(i, j int) bool { return Apart(&read[i], &read[j]) })
	groups := map[int][]int{} // items by the first text of their group, in order
	for _, i := range order {
		f := first[place[words[i]]]
		groups[f] = append(groups[f], i)
	}
	out := make([]media.Copy, len(items))
	for _, g := range groups {
		if len(g) > 1 {
			tell(g, items, words, out)
		}
	}
	return out
}

// tell says of every item of a group how it stands; the items are in order.
func tell(g []int, items []media.Item, words []int64, out []media.Copy) {
	head := items[g[0]]
	_, out0 := span(head)
	certain := !slices.ContainsFunc(g[1:], func(i int) bool {
		earliest, _ := span(items[i])
		return earliest.Before(out0)
	})
	for k, i := range g {
		beside, relation := head, Near
		switch {
		case k == 0:
			if beside = items[g[1]]; certain {
				relation = Original
			} else if words[g[1]] == words[i] {
				relation = Exact
			}
		case words[i] == words[g[0]]:
			relation = Exact
		}
		out[i] = media.Copy{Group: head.ID, Relation: string(relation), Certain: certain, Others: len(g) - 1,
			Item: beside.ID, Agency: beside.Agency, Title: beside.Title, URL: beside.URL}
	}
}

// published is what puts an item in its place.
func published(i media.Item) time.Time {
	if i.Claimed.Precision == media.NoDate {
		return i.Seen
	}
	return i.Claimed.At
}

// span is when an item can have been published at the earliest, and by when it was.
func span(i media.Item) (from, to time.Time) {
	switch i.Claimed.Precision {
	case media.ToSecond:
		return i.Claimed.At, i.Claimed.At.Add(time.Second)
	case media.ToMinute:
		return i.Claimed.At, i.Claimed.At.Add(time.Minute)
	case media.ToDay:
		return i.Claimed.At, i.Claimed.At.AddDate(0, 0, 1)
	}
	return time.Time{}, i.Seen
}
