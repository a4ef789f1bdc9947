package paper

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// TestHTML: a paper on a page is well formed and harmless, its headings keep their order, and only what has borders is a table.
func TestHTML(t *testing.T) {
	var b strings.Builder
	if err := sample().HTML(&b, 3); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	dec := xml.NewDecoder(strings.NewReader("<div>" + strings.ReplaceAll(got, "<br>", "<br/>") + "</div>"))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, got)
		}
	}
	for _, want := range []string{"<h3", "I. KẾT QUẢ", "A &lt; B &amp; «C»<br>hai dòng", `href="https://example.vn/?a=1&amp;b=2"`, `scope="col"`, `scope="rowgroup" colspan="2"`, "<p class=\"pp-foot\">Dữ liệu chốt, mã a1</p>", "pp-row"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, bad := range []string{"javascript:", "style=", "\x00", "\u202e", "<h1", "<h2"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q in the page", bad)
		}
	}
	if n := strings.Count(got, "<table"); n != 2 {
		t.Errorf("%d tables, want the two with borders", n)
	}
	b.Reset()
	if err := sample().Sheet(&b, "p{}"); err != nil || !strings.Contains(b.String(), "<title>Công văn &lt;thử&gt; &amp; &#34;dấu&#34;</title>") || !strings.Contains(b.String(), "<h1") {
		t.Errorf("%v\n%.300s", err, b.String())
	}
}
