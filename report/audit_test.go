package report

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// The bounds are those that tables of Wilson's interval give.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		right, n  int
		low, high float64
	}{{23, 24, 0.7976, 0.9926}, {0, 10, 0, 0.2775}, {10, 10, 0.7225, 1}, {50, 100, 0.4038, 0.5962}, {0, 0, 0, 1}, {1, 1, 0.2065, 1}} {
		if low, high := wilson(c.right, c.n); math.Abs(low-c.low) > 0.0002 || math.Abs(high-c.high) > 0.0002 {
			t.Errorf("%d/%d: %.4f to %.4f, want %.4f to %.4f", c.right, c.n, low, high, c.low, c.high)
		}
	}
}

func TestAuditWords(t *testing.T) {
	var pieces []Audited
	add := func(n int, reform, checked, right bool) {
		for range n {
			pieces = append(pieces, Audited{Item: fmt.Sprint(len(pieces)), Reform: reform, Checked: checked, Right: right, Blind: checked})
		}
	}
	if got := AuditOf(nil).Words(); !strings.HasPrefix(got, "Chưa kiểm tra ngẫu nhiên") {
		t.Error(got)
	}
	add(3, true, false, false)
	if got := AuditOf(pieces).Words(); !strings.HasPrefix(got, "Chưa kiểm tra ngẫu nhiên") {
		t.Error(got)
	}
	add(9, true, true, true)
	add(1, true, true, false)
	add(14, false, true, true)
	want := "Kiểm tra ngẫu nhiên 24 tin, bài máy tự phân loại; tỷ lệ phân loại đúng 95,8% (79,8–99,3); xếp là về CCHC: đúng 9/10, 90% (59,6–98,2); xếp là không về CCHC: đúng 14/14, 100% (78,5–100); còn 03 tin, bài trong mẫu chưa kiểm tra."
	if got := AuditOf(pieces).Words(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// Only pieces dated in the period count, and a figure that they do not bear out is not printed.
func TestAuditOfThePeriod(t *testing.T) {
	in := world()
	in.Audit = []Audited{{Item: "u1", Checked: true}, {Item: "elsewhere", Checked: true, Right: true}}
	if a := Build(in).Audit; a.Sampled != 0 || a.All.Checked != 0 {
		t.Errorf("undated and foreign pieces count: %+v", a)
	}
	in = world()
	r := Build(in)
	if r.Audit.Sampled == 0 || r.Audit.Sampled != len(r.Audit.Pieces) || r.Audit.All.Checked == 0 {
		t.Fatalf("%+v", r.Audit)
	}
	if err := Verify(r); err != nil {
		t.Fatal(err)
	}
	r.Audit.All.Right++
	if Verify(r) == nil {
		t.Error("a share that its pieces do not bear out is printed")
	}
}
