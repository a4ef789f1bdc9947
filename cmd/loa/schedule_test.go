package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loa/crawler"
	"loa/media"
	"loa/store"
)

// announce puts what a station's page says into a database, as a visit does.
func announce(t *testing.T, db string, when time.Time, all ...media.Planned) {
	t.Helper()
	s, err := store.Open(t.Context(), db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	src := media.Source{ID: "yen-bai/lich", Agency: "yen-bai/dai-ptth", Kind: media.KindSchedule, URL: "http://dai.example/lich", Stream: "lich", Every: time.Hour}
	if err := s.Sync(t.Context(), []media.Source{src}, func(h string) string { return h }); err != nil {
		t.Fatal(err)
	}
	if err := s.MakeDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	leases, err := s.Claim(t.Context(), when.String(), 1, time.Minute)
	if err != nil || len(leases) != 1 {
		t.Fatalf("%v, %v", leases, err)
	}
	v := crawler.Visit{ID: when.UTC().Format("20060102") + "-" + when.Format("150405"), Source: src.ID, At: when, Outcome: media.OK, Planned: all, NextDue: time.Now()}
	if _, err := s.PutVisits(t.Context(), leases[0], []crawler.Visit{v}); err != nil {
		t.Fatal(err)
	}
	if err := s.Release(t.Context(), leases[0]); err != nil {
		t.Fatal(err)
	}
}

func TestScheduleList(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := filepath.Join(dir, "loa.db")
	at := func(day, hour int) time.Time { return day2023(3, day).Add(time.Duration(hour) * time.Hour) }
	run := func(args ...string) string {
		t.Helper()
		var out strings.Builder
		if err := run(t.Context(), append([]string{"--db", db, "--data", dir, "schedule"}, args...), stdio{strings.NewReader(""), &out, &out}); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out.String())
		}
		return out.String()
	}
	planned := func(day, hour int, programme, column string, length time.Duration) media.Planned {
		start := at(day, hour)
		return media.Planned{ID: media.Hash(programme, start.String()), Channel: "ytv", Day: day2023(3, day), Start: start, Duration: length, Programme: programme, Column: column, Run: "repeat", Live: true, Printed: programme}
	}
	announce(t, db, at(5, 7), planned(10, 20, "Chung tay cải cách hành chính", "chung-tay-cchc", 15*time.Minute), planned(10, 21, "Phim truyện", "", 0))
	announce(t, db, at(6, 7), planned(10, 19, "Chung tay cải cách hành chính", "chung-tay-cchc", 15*time.Minute), planned(10, 21, "Phim truyện", "", 0))
	week := []string{"--at", "2023-03-06T12:00"}
	got := run(week...)
	for _, want := range []string{"19h00", "15 phút", "Chung tay cải cách hành chính", "phát lại, trực tiếp", "Phim truyện", "không thay cho nhật ký phát sóng"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "20h00") {
		t.Errorf("what was replaced is listed:\n%s", got)
	}
	if got := run(append(week, "list", "--all")...); !strings.Contains(got, "20h00") || !strings.Contains(got, "đã bị thay từ 07h00 ngày 06/3/2023") {
		t.Errorf("history:\n%s", got)
	}
	if got := run(append(week, "--known-at", "2023-03-05T12:00", "--column", "-")...); !strings.Contains(got, "20h00") || strings.Contains(got, "19h00") || strings.Contains(got, "Phim") {
		t.Errorf("as announced before:\n%s", got)
	}
	var line struct {
		Channel, Start, Programme, Grade string
		Minutes                          float64
	}
	lines := strings.Split(strings.TrimSpace(run(append(week, "--json", "--column", "chung-tay-cchc")...)), "\n")
	if err := json.Unmarshal([]byte(lines[0]), &line); err != nil || len(lines) != 1 || line.Grade != "D" || line.Minutes != 15 || line.Start != "2023-03-10T19:00:00+07:00" {
		t.Errorf("%v, %+v of %q", err, line, lines)
	}
	if got := run("--at", "2023-03-20"); !strings.Contains(got, "Không có lịch dự kiến") {
		t.Errorf("another week:\n%s", got)
	}
	for _, args := range [][]string{{"--channel", "vtv1"}, {"--from", "2023-03-10", "--to", "2023-03-09"}} {
		var out strings.Builder
		err := runCLI(t, db, dir, &out, append(week, args...)...)
		if exitCode(err, &out) != 2 {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func runCLI(t *testing.T, db, dir string, out *strings.Builder, args ...string) error {
	return run(t.Context(), append([]string{"--db", db, "--data", dir, "schedule"}, args...), stdio{strings.NewReader(""), out, out})
}
