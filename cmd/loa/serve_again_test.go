package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"loa/schedule/calendar"
)

// TestFileWatch: files are read anew once they stay as they are, once for each state, and once a day.
func TestFileWatch(t *testing.T) {
	day := time.Date(2023, 12, 30, 23, 0, 0, 0, calendar.Zone)
	var w fileWatch
	w.begin("a", day)
	for i, c := range []struct {
		is      string
		after   time.Duration
		want    bool
		written bool
	}{
		{"a", 0, false, false},
		{"b", 0, false, false}, // somebody copies
		{"c", 0, false, false},
		{"c", 0, true, true},
		{"c", 0, false, false}, // refused or in use: not again
		{"c", 2 * time.Hour, true, false},
		{"c", 0, false, false},
		{"a", 0, false, false}, // put back
		{"a", 0, true, true},
	} {
		day = day.Add(c.after)
		if got := w.other(c.is, day, day); got != c.want || got && w.rewritten != c.written {
			t.Errorf("look %d: %v (rewritten %v), want %v (%v)", i, got, w.rewritten, c.want, c.written)
		}
	}
	w.again(day.Add(tryAgain))
	if w.other("a", day, day.Add(tryAgain-time.Second)) || !w.other("a", day, day.Add(tryAgain)) {
		t.Error("sound files that could not be taken up are tried again at another time than told")
	}
}

// TestReadPlans: the plans are read as they are at one moment, and nothing else that lies about.
func TestReadPlans(t *testing.T) {
	dir := samplePlans(t)
	for name, text := range map[string]string{"ghi-chu.txt": "x", ".git/config.yaml": "x", "mau/cu/2020/x.yaml": "x"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o750); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, name), []byte(text))
	}
	a := &app{cli: &cli{Plans: dir}}
	files, err := a.readPlans()
	if err != nil {
		t.Fatal(err)
	}
	before := a.watched(&serveCmd{})
	put(t, filepath.Join(dir, "mau", "2023.yaml"), []byte("hỏng"))
	if _, err := loadPlan(files, "mau/2023"); err != nil {
		t.Errorf("what was read changed with the file: %v", err)
	}
	if a.watched(&serveCmd{}) == before {
		t.Error("the files look as before")
	}
	var names []string
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, _ error) error {
		if !d.IsDir() {
			names = append(names, name)
		}
		return nil
	})
	if got := strings.Join(names, " "); strings.Contains(got, "git") || strings.Contains(got, "txt") || strings.Contains(got, "2020") || !strings.Contains(got, "mau/sources.yaml") {
		t.Errorf("read: %s", got)
	}
}

// TestGate: whoever is inside is answered by whom they came to, and waited for.
func TestGate(t *testing.T) {
	var g gate
	in, out := make(chan struct{}), make(chan struct{})
	old := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(in)
		<-out
		fmt.Fprint(w, "old")
	})
	<-g.set(old)
	var asked sync.WaitGroup
	slow := httptest.NewRecorder()
	asked.Go(func() { g.ServeHTTP(slow, httptest.NewRequest("GET", "/", nil)) })
	<-in
	left := g.set(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "new") }))
	quick := httptest.NewRecorder()
	g.ServeHTTP(quick, httptest.NewRequest("GET", "/", nil))
	select {
	case <-left:
		t.Error("somebody is inside, and is told to have left")
	default:
	}
	close(out)
	<-left
	asked.Wait()
	if slow.Body.String() != "old" || quick.Body.String() != "new" {
		t.Errorf("answered by %q and %q", slow.Body, quick.Body)
	}
}

// TestServeReadsItsFilesAnew: a server takes up what is written into its plans while people are asking; mistakes it tells and goes on.
func TestServeReadsItsFilesAnew(t *testing.T) {
	bin, plans := binary(t), samplePlans(t)
	w := watchSample(t, serveTime(), 0)
	s := startServe(t, bin, w, plans, t.TempDir())
	ask := func(path string) (int, string) {
		res, err := http.Get(s.base + path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return 0, ""
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Errorf("%s: cut off: %v", path, err)
		}
		return res.StatusCode, string(text)
	}
	figures := func(part string) bool { _, text := ask("/metrics"); return strings.Contains(text, part) }
	waitFor(t, "a server that is ready", func() bool { code, _ := ask("/readyz"); return code == 200 })
	const before, after = "Sở TN&MT", "Sở NN&MT" // what figures call it
	waitFor(t, "the first standings", func() bool { return figures(before) })

	stop := make(chan struct{}) // somebody asks all the time, and is never sent away
	var asking sync.WaitGroup
	asked := 0
	asking.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if code, text := ask("/readyz"); code != 200 {
				t.Errorf("/readyz while files are read anew: %d %s", code, text)
				return
			}
			asked++
		}
	})
	agencies := filepath.Join(plans, "mau", "agencies.yaml")
	sound, err := os.ReadFile(agencies)
	if err != nil {
		t.Fatal(err)
	}
	put(t, agencies, []byte("agencies: [{id: hỏng"))
	waitFor(t, "mistakes to be told", func() bool { return figures("\nloa_files_refused 1\n") })
	put(t, agencies, bytes.Replace(sound, []byte("short: "+before), []byte("short: "+after), 1))
	waitFor(t, "the new name", func() bool { return figures(after) && figures("\nloa_files_refused 0\n") })
	close(stop)
	asking.Wait()
	if asked < 10 {
		t.Errorf("only %d requests meanwhile", asked)
	}
	s.stop(t, os.Interrupt)
	if said := s.stderr.String(); strings.Count(said, "the files that were written anew are not used") != 1 || !strings.Contains(said, "mau/agencies.yaml:") {
		t.Errorf("mistakes are told once, with file and line:\n%s", said)
	}
}
