package copies

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"loa/crawler/classify"
	"loa/viet"
)

// entry is one line of the input.
type entry struct {
	n         int // its line
	id        json.RawMessage
	published time.Time // or that of the line before, where there is none
	text      int       // index of its text: lines that say the same share one
}

// result is what Stream writes; the id goes back as it came.
type result struct {
	ID       json.RawMessage `json:"id"`
	Group    string          `json:"group"`
	Relation Relation        `json:"relation"`
}

// Stream reads JSON lines {id,title,body[,lead,published]} as «loa classify»
// does, all of them, and then writes {id,group,relation} for each, in order.
// group is equal for copies: the id of the first published of them, with «#» and
// its line's number where another group begins with that id too. relation is
// original for the first (a piece alone is the first of its group), exact for
// what says the same word for word, else near. published decides who was first;
// where it is not given the order of the lines does. A date that cannot be read
// counts as not given. The error returned at the end names every bad line.
// progress is told how many lines are read, then how many of all are compared.
func Stream(in io.Reader, out io.Writer, progress func(done, all int)) error {
	var entries []entry
	var texts []Text
	known := map[uint64]int{}
	var last time.Time
	bad, err := classify.EachLine(in, func(n int, fields map[string]json.RawMessage) (problem, fatal error) {
		var d Doc
		var published string
		for key, into := range map[string]*string{"title": &d.Title, "lead": &d.Lead, "body": &d.Body, "published": &published} {
			if err := classify.Field(fields, key, into); err != nil {
				return err, nil
			}
		}
		if published != "" {
			t, ok := moment(published)
			if ok {
				last = t
			} else {
				problem = fmt.Errorf("field \"published\": %q is no date, the line's place decides", published)
			}
		}
		e := entry{n: n, id: fields["id"], published: last, text: len(texts)}
		if e.id == nil {
			e.id = json.RawMessage(`""`)
		}
		t := Read(d)
		if id := t.ID(); id != 0 {
			if at, ok := known[id]; ok {
				e.text = at
			} else {
				known[id] = e.text
			}
		}
		if e.text == len(texts) {
			texts = append(texts, t)
		}
		entries = append(entries, e)
		progress(len(entries), 0)
		return problem, nil
	}, func() error { return nil })
	if err != nil {
		return err
	}
	return errors.Join(bad, write(out, entries, sorted(entries, texts, progress)))
}

// moment reads when a piece was published.
func moment(s string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, true
	}
	d, ok := viet.ParseDate(s, viet.DateOptions{})
	return d.Time, ok
}

// sorted groups the entries: the index of the first of each one's group.
func sorted(entries []entry, texts []Text, progress func(done, all int)) []int {
	// The first entry of every text, in the order of publication.
	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return entries[a].published.Compare(entries[b].published) })
	place := make([]int, len(texts)) // of a text among the texts in order, from 1 on
	var heads []int
	inOrder := make([]Text, 0, len(texts))
	for _, i := range order {
		if t := entries[i].text; place[t] == 0 {
			heads = append(heads, i)
			inOrder = append(inOrder, texts[t])
			place[t] = len(heads)
		}
	}
	x := newIndex(inOrder)
	first := Group(len(inOrder), func(i int) []int {
		var near []int
		for _, j := range x.like(int32(i), inOrder[i].Sketch()) {
			if Compare(&inOrder[i], &inOrder[j]) != None {
				near = append(near, int(j))
			}
		}
		progress(i+1, len(inOrder))
		return near
	}, func(i, j int) bool { return Apart(&inOrder[i], &inOrder[j]) })
	out := make([]int, len(entries))
	for i, e := range entries {
		out[i] = heads[first[place[e.text]-1]]
	}
	return out
}

// write gives every entry's line.
func write(out io.Writer, entries []entry, first []int) error {
	w := bufio.NewWriterSize(out, 1<<16)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	names := make(map[int]string)
	taken := map[string]bool{}
	for i := range entries {
		if f := first[i]; f == i {
			name := plain(entries[i].id)
			if name == "" || taken[name] {
				name += "#" + strconv.Itoa(entries[i].n)
			}
			names[i], taken[name] = name, true
		}
	}
	for i, e := range entries {
		r := result{ID: e.id, Group: names[first[i]], Relation: Near}
		switch {
		case first[i] == i:
			r.Relation = Original
		case entries[first[i]].text == e.text:
			r.Relation = Exact
		}
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("write result of line %d: %w", e.n, err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}

// plain is an id as a name: a string's text, anything else as written.
func plain(id json.RawMessage) string {
	var s string
	if json.Unmarshal(id, &s) == nil {
		return s
	}
	return string(id)
}
