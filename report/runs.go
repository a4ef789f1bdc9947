package report

import (
	"fmt"

	"loa/schedule"
	"loa/viet"
)

// TallyWords is the three facts in numbers: what was announced, what the log has,
// what was uploaded, and what became of it. A sentence.
func TallyWords(t schedule.Tally) string {
	out := fmt.Sprintf("Theo lịch dự kiến %d lần, nhật ký ghi %d lần, đăng tải %d lần", t.Planned, t.Aired, t.Uploaded)
	for _, s := range schedule.RunStates() {
		n := t.States[s]
		if n == 0 {
			continue
		}
		out += fmt.Sprintf("; %s: %d", viet.RunState(string(s)), n)
		if s == schedule.RunChanged {
			out += fmt.Sprintf(" (khác giờ %d, ngắn hơn %d, dài hơn %d)", t.Moved, t.Shorter, t.Longer)
		}
	}
	return out + "."
}
