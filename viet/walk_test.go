package viet

import (
	"strings"
	"testing"
)

// Every state has its sentence, and tells what was not had.
func TestWalkEnd(t *testing.T) {
	seen := map[string]bool{}
	for _, state := range []string{"reached", "all", "ended", "single", "repeats", "long", "robots", "not_a_list", "outside", "open"} {
		s := WalkEnd(state, "", "", 0, 0)
		if seen[s] || strings.Contains(s, "không rõ") {
			t.Errorf("%s: %q", state, s)
		}
		seen[s] = true
	}
	if s := WalkEnd("ended", "01/02/2023", "03/04/2023", 2, 3); !strings.Contains(s, "01/02/2023") || !strings.Contains(s, "từ ngày 03/04/2023") || !strings.Contains(s, "2 chỗ") || !strings.Contains(s, "3 tệp") {
		t.Error(s)
	}
	if s := WalkEnd("new", "", "", 0, 0); !strings.Contains(s, "new") {
		t.Error(s)
	}
}
