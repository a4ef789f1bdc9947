package fetch

import (
	"strings"
	"testing"
	"time"
)

func TestRobotsAllowed(t *testing.T) {
	long := strings.Repeat("a", 100)
	for _, c := range []struct {
		name, body string
		allowed    []string
		denied     []string
	}{
		{"empty file", "", []string{"/", "/x"}, nil},
		{"nothing but noise", "<html>404</html>\n\x00\xff: ", []string{"/"}, nil},
		{"star group", "User-agent: *\nDisallow: /admin", []string{"/", "/adm"}, []string{"/admin", "/admin/x", "/administrator"}},
		{"empty disallow", "User-agent: *\nDisallow:", []string{"/", "/x"}, nil},
		{"own group hides the star group", "User-agent: *\nDisallow: /\n\nUser-agent: loa\nDisallow: /x", []string{"/", "/y"}, []string{"/x"}},
		{"own group without rules allows all", "User-agent: *\nDisallow: /\nUser-agent: loa\n", []string{"/", "/x"}, nil},
		{"own empty group", "User-agent: loa\nDisallow:\n\nUser-agent: *\nDisallow: /", []string{"/", "/x"}, nil},
		{"case and version of the name", "USER-AGENT: LOA/2.0 (any)\nDISALLOW: /x", []string{"/y"}, []string{"/x"}},
		{"a longer name is somebody else", "User-agent: loader\nDisallow: /\nUser-agent: loa2\nDisallow: /", []string{"/"}, nil},
		{"a shorter name is somebody else", "User-agent: lo\nDisallow: /", []string{"/"}, nil},
		{"groups of one name are one", "User-agent: loa\nDisallow: /a\nUser-agent: x\nDisallow: /b\nUser-agent: loa\nDisallow: /c", []string{"/b"}, []string{"/a", "/c"}},
		{"several names, one group", "User-agent: x\nUser-agent: loa\nDisallow: /a", []string{"/b"}, []string{"/a"}},
		{"sitemap does not end a group", "User-agent: loa\nSitemap: http://x/s.xml\nUser-agent: y\nDisallow: /a", nil, []string{"/a"}},
		{"crawl-delay does not end a group", "User-agent: loa\nCrawl-delay: 3\nDisallow: /a", nil, []string{"/a"}},
		{"rules before any group", "Disallow: /\nAllow: /a\nUser-agent: *\nDisallow: /b", []string{"/", "/a"}, []string{"/b"}},
		{"longest wins", "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c", []string{"/a/b", "/a/b/d"}, []string{"/a", "/a/x", "/a/b/c"}},
		{"allow wins a tie", "User-agent: *\nDisallow: /page\nAllow: /page", []string{"/page"}, nil},
		{"allow wins a tie, other order", "User-agent: *\nAllow: /page\nDisallow: /page", []string{"/page"}, nil},
		{"star inside", "User-agent: *\nDisallow: /*/print/", []string{"/print/", "/a/printer"}, []string{"/a/print/", "/a/b/print/1"}},
		{"dollar", "User-agent: *\nDisallow: /*.pdf$", []string{"/a.pdf?x=1", "/a.pdfx"}, []string{"/a.pdf", "/b/c.pdf"}},
		{"dollar after prefix", "User-agent: *\nDisallow: /a$", []string{"/ab", "/a/"}, []string{"/a"}},
		{"only root", "User-agent: *\nDisallow: /\nAllow: /$", []string{"/"}, []string{"/a", "/?x"}},
		{"dollar in the middle is itself", "User-agent: *\nDisallow: /a$b", []string{"/a"}, []string{"/a$b", "/a%24b"}},
		{"query", "User-agent: *\nDisallow: /*?page=", []string{"/list"}, []string{"/list?page=2", "/?page="}},
		{"many stars", "User-agent: *\nDisallow: /a***b", []string{"/a"}, []string{"/ab", "/axxb"}},
		{"comment and blanks", "  User-agent :  *   # all\n\tDisallow :  /x # no\n", []string{"/y"}, []string{"/x"}},
		{"carriage returns", "User-agent: *\rDisallow: /x\r\nDisallow: /y", []string{"/z"}, []string{"/x", "/y"}},
		{"byte order mark", "\ufeffUser-agent: *\nDisallow: /x", nil, []string{"/x"}},
		{"colon forgotten", "User-agent *\nDisallow /x", []string{"/y"}, []string{"/x"}},
		{"slash forgotten", "User-agent: *\nDisallow: x", []string{"/y"}, []string{"/x"}},
		{"misspelt", "User-agent: *\nDissallow: /x", nil, []string{"/x"}},
		{"Vietnamese raw against encoded", "User-agent: *\nDisallow: /tìm", []string{"/tim"}, []string{"/t%C3%ACm", "/t%c3%acm-kiem", "/tìm"}},
		{"Vietnamese encoded, small letters", "User-agent: *\nDisallow: /t%c3%acm", nil, []string{"/t%C3%ACm", "/tìm"}},
		{"unreserved encoded", "User-agent: *\nDisallow: /%61%2Db", nil, []string{"/a-b", "/a%2Db"}},
		{"encoded slash is no slash", "User-agent: *\nDisallow: /a%2Fb", []string{"/a/b"}, []string{"/a%2fb"}},
		{"robots.txt itself", "User-agent: *\nDisallow: /", []string{"/robots.txt"}, []string{"/"}},
		{"long pattern", "User-agent: *\nDisallow: /" + long + "\nAllow: /" + long[:99], []string{"/" + long[:99]}, []string{"/" + long}},
		{"nameless group keeps its rules", "User-agent: loa\nDisallow: /a\nUser-agent: 360bot\nDisallow: /b", []string{"/b"}, []string{"/a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := ParseRobots([]byte(c.body))
			for _, p := range c.allowed {
				if !r.Allowed("loa/0.1 (+contact)", p) {
					t.Errorf("%s: want allowed", p)
				}
			}
			for _, p := range c.denied {
				if r.Allowed("loa", p) {
					t.Errorf("%s: want denied", p)
				}
			}
		})
	}
}

func TestRobotsFor(t *testing.T) {
	deny := []byte("User-agent: *\nDisallow: /")
	for _, c := range []struct {
		status int
		want   bool
	}{{200, false}, {301, true}, {401, true}, {403, true}, {404, true}, {410, true}, {429, false}, {500, false}, {503, false}, {0, false}} {
		if got := RobotsFor(c.status, deny).Allowed("loa", "/a"); got != c.want {
			t.Errorf("status %d: allowed %t, want %t", c.status, got, c.want)
		}
	}
}

func TestCrawlDelay(t *testing.T) {
	for _, c := range []struct {
		body string
		want time.Duration
	}{
		{"User-agent: *\nCrawl-delay: 10", 10 * time.Second},
		{"User-agent: *\nCrawl-delay: 1,5", 1500 * time.Millisecond},
		{"User-agent: *\nCrawl-delay: 2.5s", 2500 * time.Millisecond},
		{"User-agent: *\nCrawl-delay: -1", 0},
		{"User-agent: *\nCrawl-delay: NaN", 0},
		{"User-agent: *\nCrawl-delay: Inf", 24 * time.Hour},
		{"User-agent: *\nCrawl-delay: soon", 0},
		{"Crawl-delay: 9\nUser-agent: *\nDisallow:", 0},
		{"User-agent: x\nCrawl-delay: 9\nDisallow: /\nUser-agent: *\nDisallow:", 0},
		{"User-agent: loa\nCrawl-delay: 4\nDisallow:\nUser-agent: *\nCrawl-delay: 9", 4 * time.Second},
	} {
		if got := ParseRobots([]byte(c.body)).CrawlDelay("loa"); got != c.want {
			t.Errorf("%q: %s, want %s", c.body, got, c.want)
		}
	}
}

func TestRobotsCap(t *testing.T) {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	for b.Len() < maxRobots-8 {
		b.WriteString("# fill\n")
	}
	b.WriteString("Disallow: /secret\nDisallow: /late\n")
	r := ParseRobots([]byte(b.String()))
	if !r.Allowed("loa", "/late") || !r.Allowed("loa", "/anything") {
		t.Error("a rule beyond the cap, or cut by it, was read")
	}
}

// A pattern of many stars against a long path of one letter is where a
// backtracking matcher stops answering.
func TestRobotsLinear(t *testing.T) {
	r := ParseRobots([]byte("User-agent: *\nDisallow: /" + strings.Repeat("*a", 2000) + "b$"))
	if !r.Allowed("loa", "/"+strings.Repeat("a", 2000)) {
		t.Error("matched")
	}
}

func FuzzRobots(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /a*b$\nAllow: /%C3%AC\nCrawl-delay: 1,5"), "/axb")
	f.Add([]byte("\ufeffUser-agent: loa/1\rDisallow: /tìm\nDisallow: *$$"), "/t%c3%acm?x=%")
	f.Add([]byte("User-agent: 1\nDisallow: **\nUser-agent: loa\nAllow: $"), "")
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		r := ParseRobots(body)
		got := r.Allowed("loa", path)
		if got != r.Allowed("LOA/9.9 (x)", path) {
			t.Fatal("the name's spelling changed the answer")
		}
		if d := r.CrawlDelay("loa"); d < 0 || d > 24*time.Hour {
			t.Fatalf("delay %s", d)
		}
		if n := normal(path); normal(n) != n && !strings.Contains(n, "%") {
			t.Fatalf("normal form of %q is not fixed", path)
		}
	})
}

// slowMatch is the definition, with backtracking.
func slowMatch(p string, s string) bool {
	switch {
	case p == "":
		return true
	case p == "$":
		return s == ""
	case p[0] == '*':
		return slowMatch(p[1:], s) || s != "" && slowMatch(p, s[1:])
	}
	return s != "" && p[0] == s[0] && slowMatch(p[1:], s[1:])
}

func FuzzPattern(f *testing.F) {
	f.Add("/a*b$", "/aab")
	f.Add("/*a*ab$", "/aaab")
	f.Add("**", "")
	f.Fuzz(func(t *testing.T, p, s string) {
		if len(p) > 12 || len(s) > 16 || strings.Trim(p, "/ab*$") != "" || strings.Trim(s, "/ab") != "" {
			return
		}
		if i := strings.IndexByte(p, '$'); i >= 0 && i != len(p)-1 {
			return // "$" inside is a letter
		}
		if got, want := newPattern(p).match(normal(s)), slowMatch(p, s); got != want {
			t.Fatalf("%q on %q: %t, want %t", p, s, got, want)
		}
	})
}
