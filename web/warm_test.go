package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"loa/schedule"
	"loa/web/access"
)

// asked notes what is asked of the standings in brief: what a store keeps between requests.
type asked struct {
	*fake
	brief []string
	err   error
}

func (a *asked) Some(ctx context.Context, plan string, q StandingQuery) (schedule.Evaluation, bool, error) {
	if q.Brief {
		a.brief = append(a.brief, strings.Join(slices.Concat(q.Quotas, []string{"/"}, q.Owners, []string{"/"}, q.Periods), " "))
	}
	if a.err != nil {
		return schedule.Evaluation{}, false, a.err
	}
	return a.fake.Some(ctx, plan, q)
}

// TestWarm: what the first pages ask of many standings was asked before somebody came, word for word.
func TestWarm(t *testing.T) {
	a := &asked{fake: newFake()}
	opts := a.options()
	opts.Standings = a
	for _, who := range []access.Role{access.Officer, access.Reader, access.HomeAffairs} {
		opts.Guest = access.Actor{Account: "x", Name: "Ai đó", Role: who}
		h := New(opts)
		a.brief, a.err = nil, nil
		if err := h.(interface{ Warm(context.Context) error }).Warm(t.Context()); err != nil || len(a.brief) < 4 {
			t.Fatalf("%d questions, %v", len(a.brief), err)
		}
		known := a.brief
		for _, path := range []string{"/", "/bang-theo-doi", "/bang-theo-doi?bieu-do=1", "/co-quan"} {
			a.brief = nil
			if code := get(t, h, path).Code; code != http.StatusOK {
				t.Errorf("%s: %d", path, code)
			}
			for _, q := range a.brief {
				if !slices.Contains(known, q) {
					t.Errorf("%s as %s asks for something else: %s", path, who, q)
				}
			}
			if path == "/bang-theo-doi" && len(a.brief) == 0 {
				t.Error("the board asks for nothing in brief")
			}
		}
		a.err = errors.New("no store")
		if err := h.(interface{ Warm(context.Context) error }).Warm(t.Context()); err == nil {
			t.Error("a store that fails is not told")
		}
	}
}
