package web

import "testing"

// TestPointedPeriods: an address may say «the period that holds now» and the
// like; the owner's id may be whole, as labels of metrics have it.
func TestPointedPeriods(t *testing.T) {
	h := newFake().handler()
	for path, want := range map[string]string{
		"/tien-do/B-D1/dai-ptth/current":             "/tien-do/B-D1/dai-ptth/2023-W10",
		"/tien-do/B-D1/suong-ha/dai-ptth/last":       "/tien-do/B-D1/dai-ptth/2023-W09",
		"/tien-do/B-D1/suong-ha/dai-ptth/settled":    "/tien-do/B-D1/dai-ptth/2023-W05", // confirmed by a person
		"/tien-do/A-6.1/suong-ha%2Fdai-ptth/current": "",
		"/tien-do/B-D1/khac/dai-ptth/last":           "",
		"/tien-do/B-D1/dai-ptth/next":                "",
	} {
		w := get(t, h, path)
		if got := w.Header().Get("Location"); got != want || want == "" && w.Code != 404 {
			t.Errorf("%s: %d to %q, want %q", path, w.Code, got, want)
		}
	}
}
