package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"loa/crawler/extract"
	"loa/crawler/fetch"
	"loa/media"
)

var updateDocs = flag.Bool("update-limits", false, "write the tables of docs/LIMITS.md anew")

// limitTables are the tables of docs/LIMITS.md as the program has them.
func limitTables() string {
	var b strings.Builder
	b.WriteString("| `--limit` | mặc định | nghĩa |\n|---|---|---|\n")
	for _, l := range limits() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", l.name, l.text(fetch.Defaults()), l.means)
	}
	b.WriteString("\n| loại | `body` | `items` | `depth` | `tokens` | `attributes` | `new` |\n|---|---|---|---|---|---|---|\n")
	for _, k := range []media.SourceKind{media.KindFeed, media.KindList, media.KindSitemap, media.KindPage} {
		l := extract.Bounds(media.Limits{}, k)
		fmt.Fprintf(&b, "| `%s` | %dMB | %d | %d | %d | %d | %d |\n", k, l.Body>>20, l.Items, l.Depth, l.Tokens, l.Attrs, l.New)
	}
	return b.String()
}

// What docs/LIMITS.md says is what the program does.
func TestLimitsAreAsDocumented(t *testing.T) {
	const file, begin, end = "../../docs/LIMITS.md", "<!-- tables -->\n", "<!-- end -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := strings.Cut(string(text), begin)
	tables, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s lacks its marks", file)
	}
	if *updateDocs {
		if err := os.WriteFile(file, []byte(head+begin+limitTables()+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := limitTables(); tables != want {
		t.Errorf("docs/LIMITS.md says\n%s\nthe program has\n%s\n(go test ./cmd/loa -run TestLimitsAreAsDocumented -update-limits)", tables, want)
	}
}

func TestSetLimits(t *testing.T) {
	o := fetch.Defaults()
	given := map[string]string{"connect": "3s", "rate": "-1", "redirects": "2", "ports": "80, 8443", "in-flight": "2097152"}
	if err := setLimits(&o, given); err != nil {
		t.Fatal(err)
	}
	if o.ConnectTimeout != 3*time.Second || o.MinRate != -1 || o.MaxRedirects != 2 || fmt.Sprint(o.Ports) != "[80 8443]" || o.InFlight != 2<<20 || o.TotalTimeout != 30*time.Second {
		t.Errorf("%+v", o)
	}
	for _, bad := range []map[string]string{{"tốc độ": "1"}, {"connect": "3"}, {"connect": "-3s"}, {"rate": "x"}, {"rate": "0"}, {"redirects": "0"}, {"ports": "80,0"}, {"ports": ""}} {
		if err := setLimits(&o, bad); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
	// What is not right for the client ends the command with a message.
	if _, errOut, code := loa(t, "", "try", "--limit", "header-bytes=10", "http://127.0.0.1:1/"); code == 0 || !strings.Contains(errOut, "limits") {
		t.Errorf("exit %d: %s", code, errOut)
	}
	if _, errOut, code := loa(t, "", "try", "--limit", "bytes=10", "http://127.0.0.1:1/"); code != 2 || !strings.Contains(errOut, "không có giới hạn «bytes»") {
		t.Errorf("exit %d: %s", code, errOut)
	}
}
