package extract

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"loa/viet"
)

// Betting words, folded. News about police work says «đánh bạc», «cá độ» and
// sometimes «nhà cái»: those alone are not enough.
var gambling = []string{
	"nha cai", "ca cuoc", "casino", "slot game", "no hu", "tai xiu", "xoc dia", "keo nha cai", "soi keo", "ban ca",
	"doi thuong", "baccarat", "lo de online", "xo so online", "nap rut", "game bai", "tan thu", "khuyen mai nap",
	"kubet", "fun88", "w88", "188bet", "bong88", "789bet", "hi88", "jun88", "sunwin", "go88", "b52club", "rikvip", "ty le keo", "link vao",
}

// Betting words that mean something else in other news: «bắn cá» is «ban ca» as
// in «bản ca», «tân thủ» is «tan thu» as in «tận thu».
var doubtful = []string{"no hu", "ban ca", "tan thu", "link vao", "doi thuong"}

// bettingHost is an address of a betting site.
var bettingHost = regexp.MustCompile(`(?i)nhacai|casino|taixiu|soikeo|kubet|\bw88\b|fun88|188bet|bong88|789bet|hi88|jun88|sunwin|go88|rikvip|xoso88|lode88|\d\dbet|bet\d\d`)

// police tells news about betting from betting.
var police = regexp.MustCompile(`\b(cong an|khoi to|triet pha|bat giu|xu phat|doi tuong|dau tranh|phong chong|vi pham|danh bac|canh bao|lua dao)\b`)

// words is a folded text with one space around each word.
func words(s string) string {
	var b strings.Builder
	b.WriteByte(' ')
	space := true
	for _, r := range viet.Fold(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
			space = false
		} else if !space {
			b.WriteByte(' ')
			space = true
		}
	}
	if !space {
		b.WriteByte(' ')
	}
	return b.String()
}

// gamblingWords counts the different betting words of a text, those among them
// that mean nothing else, and all of them.
func gamblingWords(s string) (kinds, sure, all int) {
	f := words(s)
	for _, w := range gambling {
		if n := strings.Count(f, " "+w+" "); n > 0 {
			kinds++
			all += n
			if !slices.Contains(doubtful, w) {
				sure++
			}
		}
	}
	return kinds, sure, all
}

// hijackedList says that the titles of a list are betting spam.
func hijackedList(titles []string) string {
	spam := 0
	for _, t := range titles {
		if kinds, _, _ := gamblingWords(t); kinds > 0 {
			spam++
		}
	}
	kinds, _, all := gamblingWords(strings.Join(titles, " . "))
	if kinds >= 4 && spam*3 >= len(titles) {
		return fmt.Sprintf("%d of %d titles are betting spam (%d words)", spam, len(titles), all)
	}
	return ""
}

// hijackedText says that a text is betting spam: many kinds, densely, and the
// police in it seldom.
func hijackedText(s string) string {
	kinds, sure, all := gamblingWords(s)
	if n := len(strings.Fields(s)); kinds >= 5 && sure >= 3 && all*60 >= n && len(police.FindAllString(viet.Fold(s), -1))*4 <= all {
		return fmt.Sprintf("%d betting words in %d", all, n)
	}
	return ""
}

// spamLine says that one line or title is betting spam put among others.
func spamLine(s string) bool {
	if len(s) < 12 {
		return false
	}
	kinds, sure, all := gamblingWords(s)
	return kinds >= 3 && sure >= 2 && all*8 >= len(strings.Fields(s)) && !police.MatchString(viet.Fold(s))
}

// cutSpam takes betting blocks out of a page: links to betting sites, and what
// is hidden from readers yet not from machines. It gives how many there were.
// News that names betting stays.
func cutSpam(doc *goquery.Document, page *url.URL) int {
	var found []*html.Node
	looked := 0
	for _, n := range doc.Find("a[href], [style]").Nodes {
		link := n.Data == "a" && awayFrom(page, attr(n, "href"))
		if !link && !(n.Data != "a" && n.Data != "body" && tucked(attr(n, "style"))) {
			continue
		}
		if looked++; looked > suspects {
			break
		}
		if link && bettingLink(n) || !link && hiddenSpam(n) {
			found = append(found, n)
		}
	}
	for _, n := range found {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
	return len(found)
}

// suspects are how many links away and hidden elements of a page are looked at.
const suspects = 500

// awayFrom says that a link leaves the page's site.
func awayFrom(page *url.URL, href string) bool {
	href = strings.TrimSpace(href)
	if !strings.HasPrefix(href, "http") && !strings.HasPrefix(href, "//") {
		return false
	}
	u, err := page.Parse(href)
	return err == nil && u.Hostname() != "" && bareHost(u) != bareHost(page) && !sameSite(u.Hostname(), page.Hostname())
}

// bettingLink says that a link leads to betting, by its host or its words.
func bettingLink(n *html.Node) bool {
	if u, err := url.Parse(strings.TrimSpace(attr(n, "href"))); err == nil && bettingHost.MatchString(u.Host) {
		return true
	}
	text := rawText(n, 200)
	_, sure, _ := gamblingWords(text)
	return sure > 0 && !police.MatchString(viet.Fold(text))
}

// hiddenSpam says that a hidden element holds betting words and little else. A
// page may hide all of itself until it is drawn.
func hiddenSpam(n *html.Node) bool {
	text := rawText(n, glance)
	kinds, sure, all := gamblingWords(text)
	return kinds >= 2 && sure >= 1 && all*15 >= len(strings.Fields(text)) && !police.MatchString(viet.Fold(text))
}

var offScreen = regexp.MustCompile(`(left|top|right|text-indent|margin-left|margin-top):-\d{3,}|font-size:0|(^|;)(max-)?(height|width):[01](px)?(;|$)|opacity:0(\.0+)?(;|$)|clip:rect`)

// tucked says that a style keeps an element from readers' eyes.
func tucked(style string) bool {
	style = strings.ReplaceAll(strings.ToLower(style), " ", "")
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") || offScreen.MatchString(style)
}
