package web

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"loa/schedule/calendar"
	"loa/viet"
)

// mostLines bounds what is pasted at once.
const mostLines = 300

// pastedLink is one line of pasted links.
type pastedLink struct {
	Line          int
	Text          string // as pasted
	URL, Platform string
	Day           time.Time
	Title         string
	Wrong, Twice  string // why it is not taken; where it was declared already
	TwiceID       string // hand-in that has it already
}

// platforms are the networks that offices post on, by their hosts.
func platforms() []struct{ host, name string } {
	return []struct{ host, name string }{
		{"facebook.com", "Facebook"}, {"fb.com", "Facebook"}, {"fb.me", "Facebook"}, {"fb.watch", "Facebook"}, {"messenger.com", "Facebook"},
		{"zalo.me", "Zalo"}, {"zaloapp.com", "Zalo"}, {"zalo.vn", "Zalo"}, {"youtube.com", "YouTube"}, {"youtu.be", "YouTube"}, {"tiktok.com", "TikTok"},
		{"instagram.com", "Instagram"}, {"threads.net", "Threads"}, {"threads.com", "Threads"}, {"twitter.com", "X"}, {"x.com", "X"}, {"lotus.vn", "Lotus"}, {"gapo.vn", "Gapo"}, {"t.me", "Telegram"},
	}
}

// platform is the network of a host, «trang khác» where it is none that is known.
func platform(host string) string {
	for _, p := range platforms() {
		if host == p.host || strings.HasSuffix(host, "."+p.host) {
			return p.name
		}
	}
	return "trang khác"
}

var (
	linkIn   = regexp.MustCompile(`(?i)\bhttps?://[^\s"<>]+`)
	bareLink = regexp.MustCompile(`(?i)(?:^|[\s;|,])((?:www\.|m\.)?(?:facebook\.com|fb\.com|fb\.watch|zalo\.me|youtube\.com|youtu\.be|tiktok\.com|instagram\.com)/[^\s"<>]+)`)
	// dayWord is the word before a day that was taken out.
	dayWord = regexp.MustCompile(`(?i)(^|[\s;|])ngày(\s+đăng)?\s*:?\s*\t`)
	dayLike = regexp.MustCompile(`\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b`)
	// tracking are the parts of a query that say who shared a link, not which post it is.
	tracking = regexp.MustCompile(`(?i)^(utm_.*|fbclid|gclid|mibextid|sfnsn|ref|refsrc|rdid|share_url|si|igshid|igsh|_rdr|__tn__|__cft__.*|is_from_webapp|sender_device|app|feature|notif_id|notif_t)$`)
)

// cleanLink is the one form of an address: no fragment, no marks of who shared it, the host without www. or m. What has
// no such form (cleaning it once more gives another) is no address.
func cleanLink(text string) (*url.URL, bool) {
	u, ok := cleanedLink(text)
	if !ok {
		return nil, false
	}
	again, ok := cleanedLink(u.String())
	return u, ok && again.String() == u.String()
}

// linkHost is a host by name, perhaps with a port.
var linkHost = regexp.MustCompile(`^[\pL\pN]([\pL\pN-]*[\pL\pN])?(\.[\pL\pN]([\pL\pN-]*[\pL\pN])?)+(:[0-9]{1,5})?$`)

func cleanedLink(text string) (*url.URL, bool) {
	text = strings.TrimRight(text, ".,;:!?)]}'»”…")
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || !linkHost.MatchString(u.Host) || len(text) > 2000 {
		return nil, false
	}
	if u.Scheme = strings.ToLower(u.Scheme); u.Scheme != "http" && u.Scheme != "https" {
		return nil, false
	}
	host := strings.ToLower(u.Host)
	for _, lead := range []string{"www.", "m.", "mobile.", "web.", "mbasic."} {
		if rest, ok := strings.CutPrefix(host, lead); ok && strings.Contains(rest, ".") {
			host = rest
			break
		}
	}
	u.Host, u.Fragment, u.RawFragment = host, "", ""
	if name := platform(u.Hostname()); name != "trang khác" {
		u.Scheme = "https" // every network is reached so; the same post is one
	}
	q := u.Query()
	for k := range q {
		if tracking.MatchString(k) {
			q.Del(k)
		}
	}
	u.RawQuery = q.Encode()
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	return u, utf8.ValidString(u.String())
}

// parseLinks reads pasted links, one a line, each with the day of the post in any usual form and perhaps words about it.
// A line that names no day takes the day of the line above that stands alone, as a heading. Nothing is fetched.
func parseLinks(text string, now time.Time) []pastedLink {
	var out []pastedLink
	heading := time.Time{}
	seen := map[string]int{}
	for i, raw := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line := viet.Clean(raw)
		if line == "" {
			continue
		}
		p := pastedLink{Line: i + 1, Text: line}
		found := linkIn.FindString(line)
		if found == "" {
			if m := bareLink.FindStringSubmatch(line); m != nil {
				found = m[1]
			}
		}
		rest := line
		if found != "" {
			rest = strings.Replace(line, found, " ", 1)
		}
		date, dated := viet.ParseDate(rest, viet.DateOptions{Now: now})
		if dated {
			p.Day = calendar.Day(date.Time)
			rest = dayWord.ReplaceAllString(strings.Replace(rest, date.Text, "\t", 1), " ")
		}
		p.Title = strings.Trim(viet.Clean(strings.NewReplacer("\t", " ", ";", " ", "|", " ").Replace(rest)), " -–,:.()")
		if runes := []rune(p.Title); len(runes) > 300 {
			p.Title = string(runes[:300])
		}
		switch {
		case found == "" && dated && p.Title == "":
			heading = p.Day
			continue
		case found == "":
			p.Wrong = "không có đường dẫn (bắt đầu bằng https://)"
		}
		if u, ok := cleanLink(found); ok {
			p.URL, p.Platform = u.String(), platform(u.Hostname())
		} else if found != "" {
			p.Wrong = "đường dẫn không đọc được"
		}
		if odd := dayLike.FindString(rest); !dated && odd != "" && p.Wrong == "" { // not the day of the heading either
			p.Wrong = "«" + odd + "» không phải ngày có thật"
		}
		if p.Day.IsZero() {
			p.Day = heading
		}
		switch {
		case p.Wrong != "":
		case p.Day.IsZero():
			p.Wrong = "chưa có ngày đăng: xin ghi ngày cùng dòng, ví dụ 05/3/2023"
		case p.Day.After(now):
			p.Wrong = "ngày đăng " + viet.Day(p.Day) + " chưa đến"
		case seen[p.URL] > 0:
			p.Twice = "trùng dòng " + viet.Number(seen[p.URL])
		default:
			seen[p.URL] = p.Line
		}
		if out = append(out, p); len(out) == mostLines {
			break
		}
	}
	slices.SortStableFunc(out, func(a, b pastedLink) int { return cmp.Compare(a.Line, b.Line) })
	return out
}
