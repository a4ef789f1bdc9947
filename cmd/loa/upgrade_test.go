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

// overlaid builds the program with files in place of its own, or beside them: by path from the repository's root.
func overlaid(t *testing.T, version string, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	replace := map[string]string{}
	for name, text := range files {
		replace[filepath.Join(root, filepath.FromSlash(name))] = filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		put(t, filepath.Join(dir, strings.ReplaceAll(name, "/", "_")), []byte(text))
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "overlay.json"), overlay)
	bin := filepath.Join(dir, "loa-"+version)
	if out, err := exec.Command("go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-ldflags", "-X main.version="+version, "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("build the version %s: %v\n%s", version, err, out)
	}
	return bin
}

// edited is a file of the repository with some text put behind the first place where it says something.
func edited(t *testing.T, name, behind, more string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	i := strings.Index(string(text), behind)
	if i < 0 {
		t.Fatalf("%s does not say %q any more", name, behind)
	}
	i += len(behind)
	return string(text[:i]) + more + string(text[i:])
}

// nextVersion builds the program as its next version may be: with one more step of the schema, which only adds.
func nextVersion(t *testing.T) string {
	t.Helper()
	const list = "	return append(steps, "
	return overlaid(t, "next", map[string]string{
		"store/migrate.go":                edited(t, "store/migrate.go", list, `"09000_next.sql", `),
		"store/migrations/09000_next.sql": "ALTER TABLE item ADD COLUMN next_wants TEXT NOT NULL DEFAULT 'x';\nCREATE TABLE next_table (id TEXT PRIMARY KEY);\nCREATE INDEX next_index ON item (next_wants, id);\n",
	})
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
