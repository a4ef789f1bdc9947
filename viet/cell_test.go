package viet

import "testing"

func TestCell(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Một cửa": "Một cửa", "=1+1": "'=1+1", "+84": "'+84", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1", "a=1": "a=1", "'=1": "'=1", "Ủy ban": "Ủy ban",
	} {
		if got := Cell(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
