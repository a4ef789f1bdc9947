package schedule

import (
	"reflect"
	"strings"
	"testing"

	"loa/media"
)

// TestPostings: a page proves a duty if all that the duty wants posted on it is
// there; what was missed once accuses nobody.
func TestPostings(t *testing.T) {
	p := duties()
	const nong = "mau/so-a-nong"
	for i := range p.Sources {
		if p.Sources[i].ID == nong {
			p.Sources[i].Expect = []media.Expect{{Name: "số điện thoại", Phrases: []string{"điện thoại"}}, {Name: "thư điện tử", Regexp: "@"}, {Name: "sơ đồ", Selector: "img", Proves: []string{"A-1.1"}}}
		}
	}
	const number, mail = nong + "#số điện thoại", nong + "#thư điện tử"
	page := func(parts ...string) Observation { return probed(everything(p), parts...) }
	good := []string{nong, "2023-03-06", "2023-03-06", "up", number, "2023-03-06", "2023-03-06", "up", mail, "2023-03-06", "2023-03-06", "up"}
	and := func(parts ...string) Observation { return page(append(append([]string{}, good...), parts...)...) }
	for name, c := range map[string]struct {
		obs       Observation
		now       string
		state     State
		reasons   string
		delivered float64
		args      args // of the page's own reason, nil: not held
	}{
		"all there":            {page(good...), "2023-04-05", Met, "page_found", 1, nil},
		"one missing":          {and(number, "2023-03-13", "2023-03-20", "absent", nong, "2023-03-13", "2023-03-20", "up"), "2023-04-05", Missed, "short unconfirmed page_lacks", 0, args{"page": "Đường dây nóng Sở A", "what": []string{"số điện thoại"}, "since": stamp(at("2023-03-13"))}},
		"both missing":         {and(mail, "2023-03-20", "2023-03-20", "absent", mail, "2023-03-27", "2023-03-27", "absent", number, "2023-03-13", "2023-03-20", "absent"), "2023-04-05", Missed, "short unconfirmed page_lacks", 0, args{"page": "Đường dây nóng Sở A", "what": []string{"số điện thoại", "thư điện tử"}, "since": stamp(at("2023-03-13"))}},
		"missed once":          {and(number, "2023-03-13", "2023-03-13", "absent", nong, "2023-03-13", "2023-03-13", "up"), "2023-04-05", Insufficient, "page_doubtful short", 0, args{"page": "Đường dây nóng Sở A", "what": []string{"số điện thoại"}}},
		"missed, then found":   {and(number, "2023-03-13", "2023-03-20", "absent", number, "2023-03-27", "2023-03-27", "up"), "2023-04-05", Met, "page_found", 1, nil},
		"never looked for":     {page(nong, "2023-03-06", "2023-03-27", "up", mail, "2023-03-06", "2023-03-27", "up"), "2023-04-05", Insufficient, "not_probed short", 0, nil},
		"the page gone since":  {and(nong, "2023-03-20", "2023-03-27", "absent"), "2023-04-05", Missed, "short unconfirmed page_absent", 0, nil},
		"another duty's thing": {and(nong+"#sơ đồ", "2023-03-06", "2023-03-27", "absent"), "2023-04-05", Met, "page_found", 1, nil},
		"still open":           {and(number, "2023-03-13", "2023-03-20", "absent"), "2023-03-22", Open, "period_open page_lacks", 0, nil},
	} {
		s, _ := run(t, p, nil, nil, c.obs, c.now, "A-1.2", "mau/so-a", "2023-03")
		if got := strings.Join(codes(s.Reasons), " "); s.State != c.state || got != c.reasons || s.Measures[0].Delivered != c.delivered {
			t.Errorf("%s: %s %v, %v delivered; want %s %s, %v", name, s.State, got, s.Measures[0].Delivered, c.state, c.reasons, c.delivered)
		}
		for _, r := range s.Reasons {
			if c.args != nil && strings.HasPrefix(r.Code, "page_") && !reflect.DeepEqual(r.Args, map[string]any(c.args)) {
				t.Errorf("%s: %v, want %v", name, r.Args, c.args)
			}
		}
	}
}
