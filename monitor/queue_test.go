package monitor

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/schedule"
)

func TestQuestions(t *testing.T) {
	now := day(2023, 2, 12)
	asked := []Asked{
		{Item: "sure", Score: 0.31, At: now}, {Item: "unsure", Score: 0.5, At: now.AddDate(0, 0, -9)}, {Item: "unsure-new", Score: 0.5, At: now},
		{Item: "soon", Score: 0.35, At: now}, {Item: "later", Score: 0.5, At: now}, {Item: "soon-two", Score: 0.3, At: now},
		{Item: "past", Score: 0.5, At: now}, {Item: "long-past", Score: 0.5, At: now},
		{Item: "copy-b", Score: 0.5, Group: "g", At: now}, {Item: "copy-a", Score: 0.33, Group: "g", At: now}, {Item: "copy-c", Score: 0.4, Group: "g", At: now},
	}
	gain := func(item, quota string, over bool, due time.Time) schedule.Gain {
		return schedule.Gain{Item: item, Quota: quota, Owner: "mau/so-a", Period: "2023-02", Missing: 1, Over: over, Due: due}
	}
	gains := []schedule.Gain{
		gain("soon", "A-4", false, day(2023, 2, 20)), gain("later", "A-4", false, day(2023, 2, 28)),
		gain("soon-two", "A-5", false, day(2023, 2, 28)), gain("soon-two", "A-4", false, day(2023, 2, 20)),
		gain("past", "A-4", true, day(2023, 2, 1)), gain("long-past", "A-4", true, day(2023, 1, 1)),
		gain("copy-a", "A-4", false, day(2023, 2, 18)), gain("gone", "A-4", false, day(2023, 2, 13)),
	}
	want := "copy-a copy-b copy-c | soon-two | soon | later | past | long-past | unsure-new | unsure | sure"
	for round := range 5 {
		r := rand.New(rand.NewPCG(uint64(round), 7))
		r.Shuffle(len(asked), func(i, j int) { asked[i], asked[j] = asked[j], asked[i] })
		r.Shuffle(len(gains), func(i, j int) { gains[i], gains[j] = gains[j], gains[i] })
		var got []string
		qs := Questions(asked, gains)
		for _, q := range qs {
			got = append(got, strings.Join(q.Items, " "))
		}
		if s := strings.Join(got, " | "); s != want {
			t.Fatalf("order %s\nwant  %s", s, want)
		}
		if g := qs[1].Gains; len(g) != 2 || g[0].Quota != "A-4" || !slices.IsSortedFunc(g, func(a, b schedule.Gain) int { return a.Due.Compare(b.Due) }) {
			t.Error(fmt.Sprint(g))
		}
	}
	if qs := Questions(nil, gains); len(qs) != 0 {
		t.Errorf("%d questions of nothing", len(qs))
	}
}
