package extract_test

import (
	"testing"

	"loa/crawler/extract"
)

// What a person reads of a kept body: no script, no markup, whatever it is.
func TestText(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"page", "<html><head><title>x</title><script>1<2</script></head><body><h1>Đề mục</h1><p>Một <b>hai</b><br>ba<script>alert(1)</script></p></body></html>", "Đề mục\nMột hai\nba"},
		{"feed", `<?xml version="1.0"?><rss><channel><item><title>Tin một</title><description><![CDATA[<p>Tóm <img src=x onerror=y>tắt</p>]]></description></item><item><description>&lt;b&gt;Hai&lt;/b&gt; ba</description></item></channel></rss>`, "Tin một Tóm tắt Hai ba"},
		{"plain", "Số;Ngày\r\n1;02/03", "Số;Ngày\r\n1;02/03"},
	} {
		got, err := extract.Text([]byte(c.body), "")
		if err != nil || got != c.want {
			t.Errorf("%s: %q, want %q, %v", c.name, got, c.want, err)
		}
	}
	if _, err := extract.Text([]byte("%PDF-1.7\n"), "application/pdf"); err == nil {
		t.Error("read a PDF as text")
	}
}
