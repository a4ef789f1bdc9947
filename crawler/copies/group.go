package copies

import "slices"

// Group sorts texts into groups of copies: first[i] is the first text of the
// group of text i. The texts stand in the order in which they were published;
// near lists for each the texts it is a copy of, in any order, and apart says of
// two texts that they are none of each other whatever a third has in common
// with both.
//
// A text belongs to the earliest first text of which it is a copy itself. A
// chain (the second a copy of the first, the third of the second) therefore
// does not join its ends, and an undated form does not join two dated issues
// of it. What comes out depends on the order of publication alone.
func Group(n int, near func(i int) []int, apart func(i, j int) bool) (first []int) {
	first = make([]int, n)
	beside := map[int][]int{} // of a first text, the others of its group
	for i := range n {
		first[i] = i
		like := slices.Sorted(slices.Values(near(i)))
		for _, j := range like {
			if j < i && first[j] == j && !slices.ContainsFunc(beside[j], func(m int) bool { return apart(i, m) }) {
				first[i] = j
				beside[j] = append(beside[j], i)
				break
			}
		}
	}
	return first
}
