//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/store"
	"loa/store/storetest"
)

// documented are the commands of docs/BACKUP.md that begin with a program's name, as a person would type them.
func documented(t *testing.T, program string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/BACKUP.md")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^    (` + program + ` .*)$`).FindSubmatch(text)
	if line == nil {
		t.Fatalf("docs/BACKUP.md has no command of %s", program)
	}
	return string(line[1])
}

// typesIn runs a documented command in a folder with an address as LOA_DB.
func typesIn(t *testing.T, dir, db, line string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	programs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(programs)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "LOA_DB="+db, "PATH="+strings.Join(programs, ":")+":"+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
}

// TestRecoverPostgres does what docs/BACKUP.md says with PostgreSQL's own programs: a dump is restored into another database, and a
// server whose log was archived goes back to the moment before a mistake. Everything is there, and what came after the moment is not.
func TestRecoverPostgres(t *testing.T) {
	bin, plans := binary(t), samplePlans(t)
	want := undisturbed(t, bin, plans)
	archive, err := os.MkdirTemp("", "loawal")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(archive) })
	if err := os.Chmod(archive, 0o777); err != nil { // the server runs as another user
		t.Fatal(err)
	}
	said := func(setting string) string { // what the documentation sets it to, in this folder
		line := documented(t, setting)
		_, value, _ := strings.Cut(line, "= '")
		return strings.ReplaceAll(strings.TrimSuffix(value, "'"), "/sao-luu/wal", archive)
	}
	settings := []string{"-c", "fsync=off", "-c", "shared_buffers=32MB"}
	c, err := storetest.NewCluster(append(settings, "-c", "archive_mode=on", "-c", "archive_command="+said("archive_command"))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Remove)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if err := c.Do("postgres", "CREATE DATABASE loa", "CREATE DATABASE other"); err != nil {
		t.Fatal(err)
	}
	base, err := c.Standby(settings...) // pg_basebackup, before anything is there
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(base.Remove)
	copied := filepath.Join(t.TempDir(), "loa.db")
	for _, part := range []string{"", "-wal"} {
		cutOff(t, filepath.Join(want.dir, "loa.db"+part), copied+part, 1<<62)
	}
	for _, stmt := range []string{"UPDATE chore SET until = 0", "UPDATE host SET until = 0"} { // the node that left it is no more
		inFile(t, copied, stmt)
	}
	file, err := store.Open(t.Context(), copied, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := store.Transfer(t.Context(), file, c.DSN("loa"), "thử", func(string, int64) {}); err != nil {
		t.Fatal(err)
	}
	before := judgedBy(t, c.DSN("loa"))
	o := &crew{t: t, bin: bin, plans: plans, data: want.dir}
	whole := func(what, db string) {
		t.Helper()
		compare(t, what, before, judgedBy(t, db))
		compare(t, what+", standings", want.stands, o.stands(db))
		o.sound(db)
		for _, verb := range []string{"audit", "evidence"} {
			if out, errOut, code := loa(t, "", verb, "verify", "--plans", plans, "--data", want.dir, "--db", db); code != 0 {
				t.Errorf("%s, loa %s verify: %s %s", what, verb, out, errOut)
			}
		}
	}

	dir := t.TempDir()
	typesIn(t, dir, c.DSN("loa"), documented(t, "pg_dump"))
	typesIn(t, dir, c.DSN("other"), documented(t, "pg_restore"))
	whole("a dump", c.DSN("other"))

	moment := ""
	read(t, c.DSN("loa"), "SELECT clock_timestamp()::text, ''", func(at, _ string) { moment = at })
	if err := c.Do("loa", "DELETE FROM verdict", "UPDATE item SET title = ''"); err != nil { // somebody's mistake
		t.Fatal(err)
	}
	if slices.Equal(before, judgedBy(t, c.DSN("loa"))) {
		t.Fatal("the mistake does nothing")
	}
	c.Stop() // which archives the rest of the log
	data := filepath.Join(base.Dir(), "data")
	if err := os.Remove(filepath.Join(data, "standby.signal")); err != nil { // it is to recover, not to follow
		t.Fatal(err)
	}
	put(t, filepath.Join(data, "recovery.signal"), nil)
	conf, err := os.OpenFile(filepath.Join(data, "postgresql.auto.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	documented(t, "recovery_target_time")
	documented(t, "recovery_target_action")
	if _, err := conf.WriteString("restore_command = '" + said("restore_command") + "'\nrecovery_target_time = '" + moment + "'\nrecovery_target_action = promote\n"); err != nil {
		t.Fatal(err)
	}
	if err := conf.Close(); err != nil {
		t.Fatal(err)
	}
	if err := base.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the end of recovery", func() bool {
		over := ""
		read(t, base.DSN("postgres"), "SELECT pg_is_in_recovery()::text, ''", func(is, _ string) { over = is })
		return over == "false"
	})
	whole("the moment before", base.DSN("loa"))
	st, err := store.Open(t.Context(), base.DSN("loa"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.RecordAct(t.Context(), store.Act{At: time.Now(), Actor: "Chuyên viên", Kind: "note.call", Subject: "sau khi khôi phục"}); err != nil {
		t.Errorf("after the recovery nothing can be written: %v", err)
	}
}
