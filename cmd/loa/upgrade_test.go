//go:build linux

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"loa/store"
	"loa/store/storetest"
)

// nextVersion builds the program as its next version may be: with one more step of the schema, which only adds.
func nextVersion(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	steps := filepath.Join(root, "store", "migrate.go")
	text, err := os.ReadFile(steps)
	if err != nil {
		t.Fatal(err)
	}
	const begin = "	return append(steps, "
	i := strings.Index(string(text), begin)
	if i < 0 {
		t.Fatal("the list of steps is not where it was")
	}
	end := i + strings.Index(string(text)[i:], ")\n")
	next := string(text)[:end] + `, "09000_next.sql"` + string(text)[end:]
	put(t, filepath.Join(dir, "migrate.go"), []byte(next))
	put(t, filepath.Join(dir, "next.sql"), []byte("ALTER TABLE item ADD COLUMN next_wants TEXT NOT NULL DEFAULT 'x';\nCREATE TABLE next_table (id TEXT PRIMARY KEY);\nCREATE INDEX next_index ON item (next_wants, id);\n"))
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {
		steps: filepath.Join(dir, "migrate.go"),
		filepath.Join(root, "store", "migrations", "09000_next.sql"): filepath.Join(dir, "next.sql"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "overlay.json"), overlay)
	bin := filepath.Join(dir, "loa-next")
	if out, err := exec.Command("go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-ldflags", "-X main.version=next", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("build the next version: %v\n%s", err, out)
	}
	return bin
}

// TestRollingUpgrade: while nodes of this version crawl, one of the next begins and brings the schema up; nodes of this version go on
// beside it, also when they are killed and started again, until the last of them is replaced. What is left is what an undisturbed
// node leaves.
func TestRollingUpgrade(t *testing.T) {
	bin, plans := binary(t), samplePlans(t)
	next := nextVersion(t)
	want := undisturbed(t, bin, plans)
	w := watchSample(t, crawlTime(), 4*time.Millisecond)
	db := storetest.DB(t, "postgres")
	o := opens(t, bin, plans, db, w, 2)
	waitFor(t, "a crawl midway", func() bool { return len(judgedBy(t, db)) > 100 })
	newer := opens(t, next, plans, db, w, 1, "--data", o.data)
	schema := func() (d struct{ have, known int64 }) {
		got, err := store.Checkup(t.Context(), db, false)
		if err != nil {
			t.Fatal(err)
		}
		d.have, d.known = got.Schema, got.Known
		return d
	}
	waitFor(t, "the new schema", func() bool { return schema().have == 9000 })
	for _, n := range o.nodes { // the old ones are started again beside it
		o.kill(n)
	}
	told, _ := examined(t, "--plans", plans, "--data", o.data, "--db", db, "--plan", "mau/2023", "--offline")
	says(t, told, "warn schema_ahead")
	o.settled("with both versions", want.rows, db)
	if len(o.ended) > 0 {
		t.Errorf("a node of this version ended beside the next: %s", o.ended)
	}
	// One after another is replaced.
	for _, n := range o.nodes {
		_ = n.cmd.Process.Signal(syscall.SIGTERM)
		if err := n.cmd.Wait(); err != nil {
			t.Errorf("a node that was asked to stop: %v\n%s", err, n.out)
		}
	}
	compare(t, "with the next version alone", want.rows, judgedBy(t, db))
	compare(t, "standings", want.stands, o.stands(db))
	newer.stop()
	o.sound(db)
	compare(t, "kept bodies", want.kept, keptFiles(t, o.data))
}
