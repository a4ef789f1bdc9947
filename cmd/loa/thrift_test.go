package main

import "testing"

// TestMemoryGivesWay: the limit is raised by what stays alive and by nothing that comes and goes.
func TestMemoryGivesWay(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		name string
		live []uint64
		want int64
	}{
		{"at first", []uint64{200 * mib}, memoryLimit},
		{"a province", []uint64{17 * mib, 18 * mib, 16 * mib, 17 * mib, 17 * mib, 19 * mib}, memoryLimit},
		{"a desk in use", []uint64{32 * mib, 31 * mib, 30 * mib, 32 * mib, 30 * mib, 33 * mib}, 55 * mib},
		{"a large document", []uint64{18 * mib, 120 * mib, 120 * mib, 120 * mib, 120 * mib, 120 * mib}, memoryLimit},
		{"many sources", []uint64{80 * mib, 85 * mib, 90 * mib, 84 * mib, 82 * mib, 88 * mib}, 130 * mib},
	} {
		if got := limitFor(c.live); got != c.want {
			t.Errorf("%s: %d MiB, want %d", c.name, got/mib, c.want/mib)
		}
	}
}
