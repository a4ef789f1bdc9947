package monitor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"loa/media"
)

// compareBatch bounds one read and one write of the comparing chore, in revisions.
const compareBatch = 100

// Comparer tells copies apart. copies.Comparer implements it.
type Comparer interface {
	// Rules names the version of the rules by which texts are compared.
	Rules() string
	// Sketch reads a text: an id that equal texts share (0: too little text to
	// tell), and the marks by which texts that are alike find each other.
	Sketch(r media.Revision) (words int64, marks []int64)
	// Alike says how many marks two texts must share before they are compared,
	// and how many texts may share a mark before it counts no more.
	Alike() (shared, crowd int)
	Near(a, b media.Revision) bool
	// Groups sorts items that may be copies of each other, with their texts and
	// the ids of those; out[i] says how items[i] stands, the zero Copy if it is alone.
	Groups(items []media.Item, texts []media.Revision, words []int64, near func(a, b int64) bool) (out []media.Copy)
}

// Sketch is what a Comparer made of an item's text.
type Sketch struct {
	Item, Revision string
	Words          int64
	Marks          []int64
}

// Copies is where texts wait to be compared and groups are kept.
type Copies interface {
	Quarantine
	// Uncompared returns current revisions that were not compared yet by these
	// rules, oldest first; what was done by others is forgotten.
	Uncompared(ctx context.Context, rules string, limit int) ([]media.Revision, error)
	// PutSketches makes texts known by their marks, before anybody looks for them.
	PutSketches(ctx context.Context, sketches []Sketch, at time.Time) error
	// Alike finds, for every text that is not compared yet, the texts with enough marks in common.
	Alike(ctx context.Context, sketches []Sketch, shared, crowd int) (map[int64][]int64, error)
	// Texts returns a revision for each text.
	Texts(ctx context.Context, words []int64) (map[int64]media.Revision, error)
	// PutCopies records that the texts are compared and which are near, and lets
	// groups sort anew all items that this may concern. Items whose text has
	// changed meanwhile stay uncompared.
	PutCopies(ctx context.Context, sketches []Sketch, near [][2]int64, groups func(items []media.Item, texts []media.Revision, words []int64, near func(a, b int64) bool) []media.Copy) error
}

// CompareAll compares every current text that was not compared yet with those
// that may say the same, groups what does, and returns how many texts it read.
// A text that changed is compared again, and all are when the rules changed. The order in which texts come does not
// matter to what comes out. A text on which the comparer panics is quarantined,
// and stands for itself.
func CompareAll(ctx context.Context, c Comparer, store Copies, now time.Time) (int, error) {
	total := 0
	for {
		revs, err := store.Uncompared(ctx, c.Rules(), compareBatch)
		if err != nil {
			return total, fmt.Errorf("read texts to compare: %w", err)
		}
		if len(revs) == 0 {
			if total == 0 {
				return 0, nil
			}
			return total, store.Recovered(ctx, media.StageCompare, c.Rules(), nil)
		}
		if err := compare(ctx, c, store, revs, now); err != nil {
			return total, err
		}
		total += len(revs)
	}
}

func compare(ctx context.Context, c Comparer, store Copies, revs []media.Revision, now time.Time) error {
	sketches := make([]Sketch, len(revs))
	have := map[int64]media.Revision{}
	g := &guardedComparer{Comparer: c}
	c = g
	for i, r := range revs {
		sketches[i] = Sketch{Item: r.Item, Revision: r.ID}
		sketches[i].Words, sketches[i].Marks = c.Sketch(r)
		have[sketches[i].Words] = r
	}
	near, err := nearOnes(ctx, c, store, sketches, have, now)
	if err != nil {
		return err
	}
	if err := store.PutCopies(ctx, sketches, near, c.Groups); err != nil {
		return fmt.Errorf("store copies: %w", err)
	}
	for _, id := range slices.Sorted(maps.Keys(g.crashed)) {
		q := g.crashed[id]
		q.At = now
		if err := store.Quarantine(ctx, *q); err != nil {
			return fmt.Errorf("quarantine revision %s: %w", id, err)
		}
	}
	return nil
}

// nearOnes makes texts known by their marks, and compares those that no item was
// compared with yet with the texts that have enough marks in common. Those
// without marks are only ever equal to others.
func nearOnes(ctx context.Context, c Comparer, store Copies, all []Sketch, have map[int64]media.Revision, now time.Time) ([][2]int64, error) {
	if err := store.PutSketches(ctx, all, now); err != nil {
		return nil, fmt.Errorf("store marks: %w", err)
	}
	sketches := slices.DeleteFunc(slices.Clone(all), func(k Sketch) bool { return len(k.Marks) == 0 })
	if len(sketches) == 0 {
		return nil, nil
	}
	shared, crowd := c.Alike()
	alike, err := store.Alike(ctx, sketches, shared, crowd)
	if err != nil {
		return nil, fmt.Errorf("look for texts that are alike: %w", err)
	}
	var missing []int64
	asked := map[int64]bool{}
	for _, like := range alike {
		for _, w := range like {
			if _, ok := have[w]; !ok && !asked[w] {
				asked[w] = true
				missing = append(missing, w)
			}
		}
	}
	others, err := store.Texts(ctx, missing)
	if err != nil {
		return nil, fmt.Errorf("read texts that are alike: %w", err)
	}
	for w, r := range others {
		have[w] = r
	}
	var near [][2]int64
	for w, like := range alike {
		for _, o := range like {
			if _, both := alike[o]; both && o < w { // told from the other side
				continue
			}
			a, okA := have[w]
			b, okB := have[o]
			if okA && okB && c.Near(a, b) {
				near = append(near, [2]int64{w, o})
			}
		}
	}
	return near, nil
}
