package report

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// great is a year of a province of 300 agencies, each with a piece every third day (36,000 in all) and duties by month.
func great() Input {
	s := all()
	p := s.plan
	for i := range 297 {
		p.Agencies = append(p.Agencies, media.Agency{ID: fmt.Sprintf("mau/don-vi-%03d", i), Name: fmt.Sprintf("Ủy ban nhân dân xã Mẫu số %03d", i), Level: media.Department, Binding: true})
		p.Sources = append(p.Sources, media.Source{ID: fmt.Sprintf("mau/nguon-%03d", i), Agency: fmt.Sprintf("mau/don-vi-%03d", i), Name: "Trang tin", Kind: media.KindList, Stream: fmt.Sprint(i)})
	}
	year, err := calendar.Parse("2023")
	if err != nil {
		panic(err)
	}
	topics := media.Topics()
	for i, a := range p.Agencies {
		for day := 0; day < 365; day += 3 {
			at := year.Start.AddDate(0, 0, day).Add(time.Duration(8+i%9) * time.Hour)
			id := fmt.Sprintf("tin-%03d-%03d", i, day)
			s.evidence = append(s.evidence, media.Evidence{ID: id, Kind: media.EvItem, Agency: a.ID, At: at, Precision: media.ToMinute, Seen: at, Title: "Đơn vị đẩy mạnh cải cách thủ tục hành chính, nâng cao chất lượng phục vụ người dân " + id,
				URL: "http://don-vi.example/" + id, Verdict: &media.Verdict{Reform: day%2 == 0, Score: 0.9, Topics: []string{topics[(i+day)%len(topics)]}}})
		}
	}
	s.now = year.End.AddDate(0, 0, 20)
	in := s.input()
	in.Period = year
	return in
}

// BenchmarkYear writes the report of a year over 300 agencies in each format: time, the file's size, and how much the heap
// grew at most, garbage included. LOA_REPORT_DIR keeps the files.
func BenchmarkYear(b *testing.B) {
	in := great()
	defer debug.SetGCPercent(debug.SetGCPercent(20)) // so that what is held is told, not what may pile up
	for _, f := range Formats() {
		b.Run(f.Name, func(b *testing.B) {
			size, most, before := 0, uint64(0), heap()
			stop, done := make(chan bool), make(chan bool)
			go func() {
				defer close(done)
				for {
					select {
					case <-stop:
						return
					case <-time.After(2 * time.Millisecond):
						most = max(most, heap())
					}
				}
			}()
			used := cpu()
			for b.Loop() {
				var out counter // whoever asked for it holds the file, not the program
				if dir := os.Getenv("LOA_REPORT_DIR"); dir != "" {
					file, err := os.Create(dir + "/year." + f.Name)
					if err != nil {
						b.Fatal(err)
					}
					defer file.Close()
					out.to = file
				}
				r := Build(in)
				r.Paper = Internal // names every unit: the longest
				if err := f.Write(&out, r); err != nil {
					b.Fatal(err)
				}
				size = out.n
			}
			b.ReportMetric((cpu()-used).Seconds()/float64(b.N), "cpu-s/op")
			close(stop)
			<-done
			b.ReportMetric(float64(most-min(most, before))/(1<<20), "MiB-above")
			b.ReportMetric(float64(size)/1024, "KiB")
		})
	}
}

// counter counts what is written, and hands it on if there is whom to.
type counter struct {
	n  int
	to io.Writer
}

// Write implements io.Writer.
func (c *counter) Write(b []byte) (int, error) {
	c.n += len(b)
	if c.to == nil {
		return len(b), nil
	}
	return c.to.Write(b)
}

// heap is the memory in use, in bytes, garbage that was not collected yet included.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// cpu is the processor time that the process has used.
func cpu() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
