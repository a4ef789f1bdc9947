package main

import (
	"slices"
	"strings"
	"testing"

	"loa/store/storetest"
)

// TestCopyToServer: an office's whole file goes to a server; what it holds, stands and reports there is what it was, and it goes on working.
func TestCopyToServer(t *testing.T) {
	e := seededEngine(t)
	data, plans := e.app.cli.Data, samplePlans(t)
	at := seededNow.Format("2006-01-02T15:04")
	e.close()
	of := func(db string, args ...string) string {
		t.Helper()
		args = append(args, "--plans", plans, "--data", data)
		if db != "" {
			args = append(args, "--db", db)
		}
		out, errOut, code := loa(t, "", args...)
		if code != 0 {
			t.Fatalf("%v: %s", args, errOut)
		}
		return out
	}
	server := storetest.DB(t, "postgres")
	before := digest(t, data)
	tables := of("", "copy", server)
	if !strings.Contains(tables, "event\t") || !strings.Contains(tables, "kept\t") {
		t.Errorf("told of the tables: %s", tables)
	}
	after := digestOf(t, server)
	i := slices.IndexFunc(after, func(l string) bool { return strings.HasPrefix(l, "event database.copied ") })
	if i < 0 {
		t.Fatal("the trail does not tell of the copy")
	}
	compare(t, "on the server", before, slices.Delete(after, i, i+1))
	standing := []string{"standing", "--plan", "mau/2023", "--at", at, "--json"}
	sameText(t, "standings", of("", standing...), of(server, standing...))
	sameText(t, "the report", of("", "report", "--plan", "mau/2023", "--at", at, "--period", "2023-02", "--format", "json"), of(server, "report", "--plan", "mau/2023", "--at", at, "--period", "2023-02", "--format", "json"))
	if out := of(server, "audit", "verify"); !strings.Contains(out, "Toàn vẹn") {
		t.Errorf("the chain on the server: %s", out)
	}
	// What is written there gets numbers of its own, behind the old ones.
	note := []string{"decide", "strike", "--plan", "mau/2023", "--at", at, "--by", "Chuyên viên", "--reason", "thử", "--evidence", "khong-co"}
	if _, _, code := loa(t, "", append(note, "--plans", plans, "--data", data, "--db", server)...); code == 0 {
		t.Error("a decision about nothing was taken")
	}
	of(server, "calls", "add", "--plan", "mau/2023", "--at", at, "--by", "Chuyên viên", "--owner", "so-tu-phap", "--whom", "văn phòng", "--words", "đã gọi")
	if out := of(server, "audit", "verify"); !strings.Contains(out, "Toàn vẹn") {
		t.Errorf("the chain after another act: %s", out)
	}
}
