package main

import "testing"

// TestMemoryGivesWay: the limit is raised by what stays alive and by nothing that comes and goes.
func TestMemoryGivesWay(t *testing.T) {
	const mib = 1 << 20
	quiet := []uint64{100, 101, 101, 103, 104, 112}
	for _, c := range []struct {
		name       string
		live, done []uint64
		want       int64
	}{
		{"at first", []uint64{200 * mib}, []uint64{1}, memoryLimit},
		{"a province", []uint64{17 * mib, 18 * mib, 16 * mib, 17 * mib, 17 * mib, 19 * mib}, quiet, quietLimit},
		{"a province, much to do a while ago", []uint64{17 * mib, 18 * mib, 16 * mib, 17 * mib, 17 * mib, 19 * mib}, []uint64{100, 120, 121, 121, 122, 122}, memoryLimit},
		{"a desk in use", []uint64{32 * mib, 31 * mib, 30 * mib, 32 * mib, 30 * mib, 33 * mib}, quiet, 55 * mib},
		{"a large document", []uint64{17 * mib, 120 * mib, 120 * mib, 120 * mib, 120 * mib, 120 * mib}, quiet, quietLimit},
		{"many sources", []uint64{80 * mib, 85 * mib, 90 * mib, 84 * mib, 82 * mib, 88 * mib}, quiet, 130 * mib},
	} {
		if got := limitFor(c.live, c.done); got != c.want {
			t.Errorf("%s: %d MiB, want %d", c.name, got/mib, c.want/mib)
		}
	}
}
