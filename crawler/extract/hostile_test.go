package extract

import (
	"net/http/httptest"
	"runtime"
	"syscall"
	"testing"
	"time"

	"loa/bench/hostile"
	"loa/media"
)

// document is what the hostile origin sends for an attack, cut where fetching would cut it.
func document(a hostile.Attack) (body []byte, ctype string) {
	w := httptest.NewRecorder()
	a.Serve(w, httptest.NewRequest("GET", a.URL(), nil))
	body = w.Body.Bytes()
	if most := Bounds(media.Limits{}, media.SourceKind(a.Kind)).Body; int64(len(body)) > most {
		body = body[:most]
	}
	return body, w.Header().Get("Content-Type")
}

// readAs reads a document as a visit does.
func readAs(a hostile.Attack, body []byte, ctype string) error {
	text, err := Decode(body, ctype)
	if err != nil {
		return err
	}
	src := media.Source{Kind: media.SourceKind(a.Kind), URL: a.URL()}
	switch src.Kind {
	case media.KindFeed:
		_, err = Feed(text, src, a.URL())
	case media.KindList:
		_, err = List(text, src, a.URL())
	case media.KindSitemap:
		_, err = Sitemap(body, ctype, src, a.URL())
	default:
		_, err = Page(text, src, a.URL())
	}
	return err
}

// BenchmarkHostileDocuments shows the processor time of the worst documents we
// know of, as large as they are read; the budget is 2 s each.
func BenchmarkHostileDocuments(b *testing.B) {
	for _, a := range hostile.Documents() {
		body, ctype := document(a)
		b.Run(a.Name, func(b *testing.B) {
			var before, after syscall.Rusage
			var m0, m1 runtime.MemStats
			runtime.ReadMemStats(&m0)
			_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before) // cannot fail for oneself
			n := 0
			for b.Loop() {
				_ = readAs(a, body, ctype) // the time is what is looked at
				n++
			}
			_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after) // as above
			runtime.ReadMemStats(&m1)
			cpu := time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
			b.ReportMetric(cpu.Seconds()*1000/float64(n), "cpu-ms/op")
			b.ReportMetric(float64(m1.TotalAlloc-m0.TotalAlloc)/float64(n)/(1<<20), "MiB/op")
		})
	}
}
