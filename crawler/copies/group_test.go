package copies

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// graph is which texts are near and which are apart.
type graph struct{ near, apart map[[2]int]bool }

func (g graph) group(n int) []int {
	return Group(n, func(i int) []int {
		var out []int
		for j := n - 1; j >= 0; j-- {
			if g.near[[2]int{i, j}] || g.near[[2]int{j, i}] {
				out = append(out, j)
			}
		}
		return out
	}, func(i, j int) bool { return g.apart[[2]int{i, j}] || g.apart[[2]int{j, i}] })
}

func pairs(ps ...[2]int) map[[2]int]bool {
	out := map[[2]int]bool{}
	for _, p := range ps {
		out[p] = true
	}
	return out
}

func TestGroup(t *testing.T) {
	for _, c := range []struct {
		name string
		g    graph
		want []int
	}{
		{"alone", graph{}, []int{0, 1, 2, 3}},
		{"all of the first", graph{near: pairs([2]int{0, 1}, [2]int{0, 2}, [2]int{0, 3})}, []int{0, 0, 0, 0}},
		{"a chain", graph{near: pairs([2]int{0, 1}, [2]int{1, 2}, [2]int{2, 3})}, []int{0, 0, 2, 2}},
		{"two issues of an undated form", graph{near: pairs([2]int{0, 1}, [2]int{0, 2}), apart: pairs([2]int{1, 2})}, []int{0, 0, 2, 3}},
		{"of two first ones the earlier", graph{near: pairs([2]int{0, 2}, [2]int{1, 2})}, []int{0, 1, 0, 3}},
	} {
		if got := c.g.group(4); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestGroupsHoldTogether: whatever is near and apart, every text is near the
// first of its group, and no two of a group are apart.
func TestGroupsHoldTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 1))
	for range 500 {
		n := 2 + r.IntN(9)
		g := graph{map[[2]int]bool{}, map[[2]int]bool{}}
		for i := range n {
			for j := range i {
				switch r.IntN(4) {
				case 0:
					g.apart[[2]int{j, i}] = true
				case 1, 2:
					g.near[[2]int{j, i}] = true
				}
			}
		}
		first := g.group(n)
		for i, f := range first {
			if first[f] != f || f > i || f != i && !g.near[[2]int{f, i}] {
				t.Fatal(fmt.Sprint("text ", i, " is in the group of ", f, ": ", first, g))
			}
			for j := range i {
				if first[j] == f && g.apart[[2]int{j, i}] {
					t.Fatal(fmt.Sprint(j, " and ", i, " are apart: ", first, g))
				}
			}
		}
	}
}
