package extract

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"loa/media"
	"loa/viet"
)

// A page that shows nothing is looked at once more, for why. The order
// matters: a gate before an error page, an error page before an empty one.

var gate = regexp.MustCompile(`(?s)document\.cookie\s*=.{0,600}?(location\s*\.\s*(reload|replace|href|assign)|location\s*=)`)

// challenge recognises pages that want a browser or a human first: the cookie
// gate of many .gov.vn hosts (177 bytes, status 200), Cloudflare, captchas.
func challenge(text string, doc *goquery.Document) string {
	if len(text) > 200_000 {
		return ""
	}
	seen := viet.Fold(visible(doc.Selection))
	if len(seen) > 1500 || doc.Find("a[href]").Length() > 15 {
		return ""
	}
	switch low := strings.ToLower(text); {
	case gate.MatchString(text):
		return "cookie gate: the page sets a cookie and reloads itself"
	case strings.Contains(low, "_cf_chl_opt"), strings.Contains(low, "cf-browser-verification"), strings.Contains(low, "<title>just a moment"),
		strings.Contains(low, "attention required! | cloudflare"), strings.Contains(low, "/cdn-cgi/challenge-platform/"):
		return "Cloudflare asks for a browser"
	case strings.Contains(low, "recaptcha"), strings.Contains(low, "hcaptcha"), strings.Contains(low, "captcha"):
		return "the page asks for a captcha"
	case strings.Contains(low, "_incapsula_resource"), strings.Contains(low, "ddos-guard"), strings.Contains(low, "checking your browser"):
		return "a shield asks for a browser"
	}
	for _, p := range []string{"khong phai la robot", "khong phai la nguoi may", "bat javascript va cookie", "xac thuc truy cap"} {
		if strings.Contains(seen, p) {
			return "the page wants proof of a human"
		}
	}
	return ""
}

var errorLine = regexp.MustCompile(`^(\W*(loi|error)?\W*40[34]\b.*|\W*error\W*|\W*loi\W*|.*\b(khong tim thay (trang|noi dung|bai viet|duong dan|du lieu)|(trang|bai viet|noi dung|duong dan|lien ket|chuyen muc)\b.{0,40}\bkhong (con )?ton tai|page (cannot be |could not be |was )?not found|page cannot be (found|displayed)|file or directory not found|not found|server error in|runtime error|web part error|service unavailable|bad gateway|internal server error|dang bao tri|tam ngung hoat dong)\b.*)$`)

// softError recognises an error page sent with status 200. Only the title, the
// headings and the first short lines are looked at, for news may speak of
// errors; the caller makes sure that no article was found.
func softError(doc *goquery.Document) string {
	check := func(s string) bool {
		f := viet.Fold(s)
		return len(f) < 200 && errorLine.MatchString(f)
	}
	if why := titleError(doc); why != "" {
		return why
	}
	found := ""
	doc.Find("h1, h2, h3, .error, #error").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		if t := tidy(s.Text()); s.Find("a").Length() == 0 && check(t) {
			found = fmt.Sprintf("heading says %q", cutText(t, 80))
		}
		return found == ""
	})
	if found != "" {
		return found
	}
	var w lineWriter
	for _, n := range doc.Nodes {
		w.walk(n, nil)
	}
	w.brk()
	long := 0
	for _, line := range w.out {
		if len(line) > 300 {
			long++
		}
	}
	for _, line := range w.out {
		if f := viet.Fold(line); strings.Contains(f, "web part error") || strings.Contains(f, "server error in '/") || long == 0 && check(line) {
			return fmt.Sprintf("page says %q", cutText(line, 80))
		}
	}
	return ""
}

// titleError says that the page's title is that of an error page. No section is
// called so: a list is then refused even if it shows the latest news.
func titleError(doc *goquery.Document) string {
	t := tidy(doc.Find("title").First().Text())
	if f := viet.Fold(t); len(f) < 200 && errorLine.MatchString(f) {
		return fmt.Sprintf("title says %q", cutText(t, 80))
	}
	return ""
}

// gambling words, folded. News about police work says «đánh bạc», «cá độ» and
// sometimes «nhà cái»: those alone are not enough.
var gambling = []string{
	"nha cai", "ca cuoc", "casino", "slot game", "no hu", "tai xiu", "xoc dia", "keo nha cai", "soi keo", "ban ca",
	"doi thuong", "baccarat", "lo de online", "xo so online", "nap rut", "game bai", "tan thu", "khuyen mai nap",
	"kubet", "fun88", "w88", "188bet", "bong88", "789bet", "hi88", "jun88", "sunwin", "go88", "b52club", "rikvip", "ty le keo", "link vao",
}

// gamblingWords counts the different gambling words of a text, and all of them.
func gamblingWords(s string) (kinds, all int) {
	f := viet.Fold(s)
	for _, w := range gambling {
		if n := strings.Count(f, w); n > 0 {
			kinds++
			all += n
		}
	}
	return kinds, all
}

// hijackedList says that the titles of a list are betting spam.
func hijackedList(titles []string) string {
	spam := 0
	for _, t := range titles {
		if kinds, _ := gamblingWords(t); kinds > 0 {
			spam++
		}
	}
	kinds, all := gamblingWords(strings.Join(titles, " . "))
	if kinds >= 4 && spam*3 >= len(titles) {
		return fmt.Sprintf("%d of %d titles are betting spam (%d words)", spam, len(titles), all)
	}
	return ""
}

// hijackedText says that a text is betting spam: many kinds, densely.
func hijackedText(s string) string {
	kinds, all := gamblingWords(s)
	if words := len(strings.Fields(s)); kinds >= 5 && all*60 >= words {
		return fmt.Sprintf("%d betting words in %d", all, words)
	}
	return ""
}

// blindPage says why a page from which nothing was read shows nothing.
func blindPage(text string, doc *goquery.Document, wanted string) *BlindError {
	if why := challenge(text, doc); why != "" {
		return &BlindError{media.Challenge, why}
	}
	if why := softError(doc); why != "" {
		return &BlindError{media.Soft404, why}
	}
	seen := visible(doc.Selection)
	if why := hijackedText(tidy(doc.Find("title").Text()) + " " + seen); why != "" {
		return &BlindError{media.Hijacked, why}
	}
	links := doc.Find("a[href]").Length()
	if links < 8 && len(seen) < 600 {
		return &BlindError{media.Empty, fmt.Sprintf("no %s on a page of %d characters and %d links", wanted, len(seen), links)}
	}
	return &BlindError{media.LayoutChanged, fmt.Sprintf("no %s found although the page has %d links", wanted, links)}
}

func cutText(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
