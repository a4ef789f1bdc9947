package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	"loa/crawler/classify"
	"loa/crawler/fetch"
	"loa/media"
	"loa/monitor"
)

// bitten is the program's own classifier, but for texts that name a place.
type bitten struct {
	*classify.Classifier
	place string
}

func (j bitten) Judge(r media.Revision) media.Verdict {
	if strings.Contains(r.Title, j.place) {
		panic(r.Title)
	}
	return j.Classifier.Judge(r)
}

// TestPoison: on a database of the sample province the classifier panics on the pieces of one commune, and a chore always.
// Everything else is read, evaluated and served; from the command line the pieces are let go, and then they are read.
func TestPoison(t *testing.T) {
	dir := t.TempDir()
	e, err := openSample(context.WithoutCancel(t.Context()), dir, func() time.Time { return seededNow })
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	ctx := t.Context()
	if err := e.store.Sync(ctx, e.plan.Sources, fetch.Group); err != nil {
		t.Fatal(err)
	}
	if err := doubtful(ctx, e); err != nil {
		t.Fatal(err)
	}
	const place, bad = "Nậm Trăng", 8
	for i, want := range []func(n int) bool{func(n int) bool { return n > 10*bad }, func(n int) bool { return n == 0 }} {
		n, err := monitor.JudgeAll(ctx, bitten{e.judge, place}, e.store, e.business())
		if err != nil || !want(n) {
			t.Fatalf("run %d: %d judged, %v", i+1, n, err)
		}
	}
	counts := func() map[string]int {
		t.Helper()
		n, err := e.store.QuarantineCounts(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	verdicts, err := e.store.VerdictCounts(ctx)
	if err != nil || verdicts["unjudged"] != 0 || verdicts["review"] < bad || counts()[media.StageJudge] != bad {
		t.Fatalf("%v, %v, %v; want all judged, those of one place for a person", verdicts, counts(), err)
	}

	// The chores of a server, with one that panics: the others are done, here the evaluation.
	log := &strings.Builder{}
	evaluated := make(chan error, 1)
	chores := []monitor.Chore{
		{Name: "evaluate", Every: time.Hour, Do: func(ctx context.Context) error {
			_, err := e.judgeAndEvaluate(ctx)
			evaluated <- err
			return err
		}},
		{Name: "bad", Every: time.Hour, Do: func(context.Context) error { var none map[string]int; none["x"]++; return nil }},
	}
	loop, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		monitor.Loop(loop, e.store, e.node, chores, e.business, slog.New(slog.NewTextHandler(log, nil)))
	}()
	if err := <-evaluated; err != nil {
		t.Error(err)
	}
	for until := time.Now().Add(20 * time.Second); counts()[media.StageChore] == 0 && time.Now().Before(until); { // the other chore writes when it comes to it
		runtime.Gosched()
	}
	stop()
	<-ended
	if _, ok, err := e.store.Evaluation(ctx, e.plan.ID); !ok || err != nil {
		t.Errorf("no evaluation beside a chore that panics: %v, %v", ok, err)
	}
	if !strings.Contains(log.String(), "bad panicked: assignment to entry in nil map") {
		t.Errorf("logged: %s", log)
	}

	// From the command line.
	lines := strings.Split(strings.TrimSpace(must(t, "evidence", "quarantine", "--data", dir, "--json")), "\n")
	var keys []string
	for _, line := range lines {
		var q quarantineLine
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if strings.Contains(line, place) {
			t.Errorf("what a panic quoted is noted: %s", line)
		}
		if q.Stage == media.StageJudge {
			if q.Item == "" || q.URL == "" || q.Version != e.judge.Version() || q.Times != 1 || q.Program == "" || !q.Open || !strings.HasPrefix(q.Frames, "main.bitten.Judge") && !strings.HasPrefix(q.Frames, "loa/cmd/loa.bitten.Judge") {
				t.Errorf("%+v", q)
			}
			keys = append(keys, q.Key)
		}
	}
	if len(keys) != bad || len(lines) != bad+1 {
		t.Fatalf("%d lines, %d of the classifier", len(lines), len(keys))
	}
	if out := must(t, "evidence", "quarantine", "list", "--data", dir); strings.Count(out, "phân loại") != bad || !strings.Contains(out, "việc định kỳ") {
		t.Errorf("as text: %s", out)
	}
	must(t, append([]string{"evidence", "quarantine", "release", "--data", dir}, keys...)...)
	if _, errOut, code := loa(t, "", "evidence", "quarantine", "release", "--data", dir, "khongco"); code != 1 || !strings.Contains(errOut, "không có tài liệu khongco") {
		t.Errorf("what is not there: %d, %s", code, errOut)
	}
	if n := counts(); n[media.StageJudge] != 0 {
		t.Errorf("after the release: %v", n)
	}
	if err := e.judgeAndCompare(ctx); err != nil {
		t.Fatal(err)
	}
	verdicts, err = e.store.VerdictCounts(ctx)
	if n := counts(); err != nil || n[media.StageJudge] != 0 || verdicts["unjudged"] != 0 {
		t.Errorf("read by a classifier that can: %v, %v, %v", n, verdicts, err)
	}
	if out := must(t, "evidence", "quarantine", "list", "--all", "--data", dir); strings.Count(out, "\n") != bad+1 {
		t.Errorf("with what is over: %s", out)
	}
}
