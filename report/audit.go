package report

import (
	"fmt"
	"math"
	"time"

	"loa/viet"
)

// Audited is one piece of the random sample of what the classifier decided alone.
type Audited struct {
	Item    string    `json:"id"`
	Agency  string    `json:"agency"`
	At      time.Time `json:"at"`      // what decides its period
	Reform  bool      `json:"reform"`  // what the machine decided
	Checked bool      `json:"checked"` // a person has said what it is
	Right   bool      `json:"right"`   // and says the same
	Blind   bool      `json:"blind"`   // the person was not shown the machine's answer first
}

// Audit is what people found of the sample.
type Audit struct {
	Sampled  int       `json:"sampled"`
	All      precision `json:"all"`
	Accepted precision `json:"accepted"` // what the machine took for reform
	Refused  precision `json:"refused"`
	Pieces   []Audited `json:"pieces"`
}

// precision is a share of checked pieces that were right, with the bounds of its
// 95 % interval (Wilson's score interval); 0 and 1 where none was checked.
type precision struct {
	Checked int     `json:"checked"`
	Right   int     `json:"right"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
}

// AuditOf counts a sample.
func AuditOf(pieces []Audited) Audit {
	a := Audit{Sampled: len(pieces), Pieces: pieces}
	if a.Pieces == nil {
		a.Pieces = []Audited{}
	}
	for _, p := range pieces {
		if !p.Checked {
			continue
		}
		of := &a.Refused
		if p.Reform {
			of = &a.Accepted
		}
		for _, x := range []*precision{&a.All, of} {
			x.Checked++
			if p.Right {
				x.Right++
			}
		}
	}
	for _, x := range []*precision{&a.All, &a.Accepted, &a.Refused} {
		x.Low, x.High = wilson(x.Right, x.Checked)
	}
	return a
}

// wilson is the 95 % score interval of a share (Wilson 1927).
func wilson(right, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.959964
	k, p := float64(n), float64(right)/float64(n)
	mid := (p + z*z/(2*k)) / (1 + z*z/k)
	half := z / (1 + z*z/k) * math.Sqrt(p*(1-p)/k+z*z/(4*k*k))
	round := func(v float64) float64 { return math.Round(v*1e4) / 1e4 } // of the last digits machines say different things
	return round(max(0, mid-half)), round(min(1, mid+half))
}

// Words says what was found, for people.
func (a Audit) Words() string {
	if a.All.Checked == 0 {
		return "Chưa kiểm tra ngẫu nhiên tin, bài nào trong số máy tự phân loại; chưa có số liệu về tỷ lệ phân loại đúng."
	}
	s := fmt.Sprintf("Kiểm tra ngẫu nhiên %s tin, bài máy tự phân loại; tỷ lệ phân loại đúng %s", pad(a.All.Checked), a.All.words())
	for _, x := range []struct {
		name string
		of   precision
	}{{"xếp là về CCHC", a.Accepted}, {"xếp là không về CCHC", a.Refused}} {
		if x.of.Checked > 0 {
			s += fmt.Sprintf("; %s: đúng %d/%d, %s", x.name, x.of.Right, x.of.Checked, x.of.words())
		}
	}
	if left := a.Sampled - a.All.Checked; left > 0 {
		s += fmt.Sprintf("; còn %s tin, bài trong mẫu chưa kiểm tra", pad(left))
	}
	return s + "."
}

// words is «95,8% (79,8–99,3)»: the share and its interval.
func (p precision) words() string {
	percent := func(v float64) string { return viet.Decimal(math.Round(v*1000) / 10) }
	return fmt.Sprintf("%s%% (%s–%s)", percent(float64(p.Right)/float64(p.Checked)), percent(p.Low), percent(p.High))
}
