package store

import (
	"strings"
	"testing"
)

// TestBareHasNoSecret: the trail, which nobody can take anything out of, names where a hook leads without what may be its secret.
func TestBareHasNoSecret(t *testing.T) {
	const a, b = "https://chat.example/dich-vu/T01/B02/BIMAT?key=BIMAT", "https://chat.example/dich-vu/T01/B02/KHAC"
	if x, y := bare(a), bare(b); x == y || strings.Contains(x+y, "BIMAT") || strings.Contains(x+y, "T01") || !strings.HasPrefix(x, "https://chat.example/…") {
		t.Errorf("%s and %s", x, y)
	}
	for address, want := range map[string]string{"https://may.example": "https://may.example", "https://may.example/": "https://may.example", "http://10.0.0.5:8443": "http://10.0.0.5:8443"} {
		if got := bare(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
	if got := bare("https://may.example?khoa=BIMAT"); strings.Contains(got, "BIMAT") {
		t.Error(got)
	}
}
