package fetch

import (
	"fmt"
	"strings"
	"testing"
)

// TestRobotsVectors holds the examples of RFC 9309 §2.2.2 and §5, and the cases
// of the reference matcher (google/robotstxt, Apache 2.0), against the reader.
// Where the two differ (percent-encoded letters) the RFC is followed.
func TestRobotsVectors(t *testing.T) {
	rule := func(rules string) string { return "user-agent: loa\ndisallow: /\n" + rules }
	for _, c := range []struct {
		name, body, path string
		want             bool
	}{
		// RFC 9309 §2.2.2, octets compared.
		{"query", rule("allow: /foo/bar?baz=quz"), "/foo/bar?baz=quz", true},
		{"query holding an address", rule("allow: /foo/bar?baz=https://foo.bar"), "/foo/bar?baz=https://foo.bar", true},
		{"raw UTF-8", rule("allow: /foo/bar/\u30c4"), "/foo/bar/%E3%83%84", true},
		{"encoded UTF-8", rule("allow: /foo/bar/%E3%83%84"), "/foo/bar/%E3%83%84", true},
		{"encoded letters", rule("allow: /foo/bar/%62%61%7A"), "/foo/bar/baz", true},
		{"Vietnamese, capitals", rule("allow: /t%C3%ACm"), "/t%c3%acm?q=1", true},
		{"Vietnamese, small letters", rule("allow: /t%c3%acm"), "/t%C3%ACm", true},
		{"Vietnamese, raw", rule("allow: /tìm-kiếm"), "/t%C3%ACm-ki%E1%BA%BFm/1", true},
		{"Vietnamese, decomposed is another address", rule("allow: /t\u0069\u0300m"), "/t%C3%ACm", false},
		// RFC 9309 §5.1 and §5.2.
		{"example group", "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\nUser-Agent: foobot\nDisallow:/\n", "/a/b.gif", false},
		{"example group, gif elsewhere", "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\n", "/a/b.gif?x", true},
		{"longest match", "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n\nUser-Agent: loa\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif", "/example/page/disallowed.gif", false},
		{"longest match, the other", "User-Agent: loa\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif", "/example/page/other.gif", true},
		// The reference matcher.
		{"names in capitals", "USER-AGENT: LOA BAR\nDISALLOW: /x/\n", "/x/y", false},
		{"up to the first blank", "User-Agent: *\nDisallow: /\nUser-Agent: Loa Bar\nAllow: /x/\nDisallow: /\n", "/x/y", true},
		{"paths mind capitals", "user-agent: loa\ndisallow: /X/\n", "/x/y", true},
		{"star with a blank after it", "user-agent: * baz\ndisallow: /x/\n", "/x/y", false},
		{"two names, second group", "user-agent: other\nallow: /\nuser-agent: loa\nuser-agent: bar\ndisallow: /x/y\n", "/x/y", false},
		{"own group before the star's", "user-agent: *\nallow: /\nuser-agent: loa\ndisallow: /\n", "/x/y", false},
		{"star with rules of nobody", "user-agent: foo\nallow: /\nuser-agent: bar\ndisallow: /\n", "/x/y", true},
		{"equal length allows", "user-agent: loa\ndisallow: /x/page.html\nallow: /x/page.html\n", "/x/page.html", true},
		{"page under a shorter rule", "user-agent: loa\nallow: /page\ndisallow: /*.html\n", "/page.html", false},
		{"page, longer allow", "user-agent: loa\nallow: /x/page.\ndisallow: /*.html\n", "/x/page.html", true},
		{"star at once", rule("allow: /foo/bar/*/qux"), "/foo/bar/qux", false},
		{"star over folders", rule("allow: /foo/bar*qux"), "/foo/bar/foo/qux", true},
		{"dollar in full", rule("allow: /foo/bar/quz$"), "/foo/bar/quz", true},
		{"dollar and a query", rule("allow: /foo/bar/quz$"), "/foo/bar/quz?x", false},
		{"comment after a rule", rule("allow: /foo/quz#qux"), "/foo/quz", true},
		{"fish", rule("allow: /fish"), "/fishheads/yummy.html", true},
		{"fish, capital", rule("allow: /fish"), "/Fish.asp", false},
		{"fish*", rule("allow: /fish*"), "/fish.php?id=anything", true},
		{"fish/", rule("allow: /fish/"), "/fish", false},
		{"/*.php", rule("allow: /*.php"), "/folder/any.php.file.html", true},
		{"/*.php$", rule("allow: /*.php$"), "/filename.php?parameters", false},
		{"/fish*.php", rule("allow: /fish*.php"), "/fishheads/catfish.php?parameters", true},
		{"lines of every system", "user-agent: loa\rdisallow: /a\r\ndisallow: /b\ndisallow: /c", "/c", false},
		{"half a mark at the start", "\xef\xbbuser-agent: loa\ndisallow: /\n", "/x", true},
	} {
		if got := ParseRobots([]byte(c.body)).Allowed("loa", c.path); got != c.want {
			t.Errorf("%s: %s allowed %t, want %t", c.name, c.path, got, c.want)
		}
	}
}

// BenchmarkRobotsHostile is what one address costs under a robots.txt made to
// cost: 2,000 rules of many stars against a path of 2,000 bytes.
func BenchmarkRobotsHostile(b *testing.B) {
	var text strings.Builder
	text.WriteString("User-agent: *\n")
	for i := range 2000 {
		fmt.Fprintf(&text, "Disallow: /%sb%d$\n", strings.Repeat("*aa", 60), i)
	}
	r, path := ParseRobots([]byte(text.String())), "/"+strings.Repeat("a", 2000)
	b.ReportMetric(float64(text.Len()), "robots-bytes")
	for b.Loop() {
		if !r.Allowed("loa", path) {
			b.Fatal("matched")
		}
	}
}
