package extract

import (
	"testing"
	"time"

	"loa/media"
)

func TestKeepFor(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration
	}{
		{"<rss><channel><title>T</title></channel></rss>", 0},
		{"<rss><channel><ttl>60</ttl><item/></channel></rss>", time.Hour},
		{"<rss><channel><TTL>\n 5 </TTL><item>", 5 * time.Minute},
		{"<rss><channel><item><ttl>60</ttl></item></channel></rss>", 0},
		{"<rss><channel><ttl>-5</ttl>", 0},
		{"<rss><channel><ttl>9999999</ttl>", 0},
		{"<rss><channel><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 30 * time.Minute},
		{"<rdf:RDF><channel><items/><sy:updatePeriod>Daily</sy:updatePeriod></channel><item>", 24 * time.Hour},
		{"<rss><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 24 * time.Hour},
		{"<rss><sy:updatePeriod>luôn</sy:updatePeriod>", 0},
		{"<feed><entry><ttl>60</ttl></entry></feed>", 0},
		{"İİİ<rss><ttl>7</ttl>", 7 * time.Minute},
	} {
		if got := keepFor(c.text); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
	l, err := Feed(`<rss version="2.0"><channel><title>Trang mẫu</title><ttl>45</ttl><item><title>Tin</title><link>http://bao.example/1</link></item></channel></rss>`,
		media.Source{URL: "http://bao.example/rss"}, "http://bao.example/rss")
	if err != nil || l.Keep != 45*time.Minute {
		t.Errorf("a feed of 45 minutes: %s, %v", l.Keep, err)
	}
}

func FuzzKeepFor(f *testing.F) {
	f.Add("<ttl>60</ttl>")
	f.Add("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>99999</sy:updateFrequency><item>")
	f.Add("<items><item <entry>\u0130")
	f.Fuzz(func(t *testing.T, text string) {
		if d := keepFor(text); d < 0 || d > 1000000*time.Minute {
			t.Errorf("%s", d)
		}
	})
}
