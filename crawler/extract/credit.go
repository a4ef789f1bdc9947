package extract

import (
	"regexp"
	"strings"
	"unicode"

	"loa/viet"
)

// leadMark is the outlet's mark before a lead: «YênBái -», «YBĐT -» (until
// 2018, then both), «CTTĐT -» on the portal, «(HBĐT) -», «(TTV)», «(Chinhphu.vn) –».
var leadMark = regexp.MustCompile(`^\(?(YênBái|YBĐT|YBO|CTTĐT|HBĐT|LCĐT|TTV|YTV|Chinhphu\.vn|TTXVN)\)?\s*[-–—]\s*`)

// stripMark drops the outlet's own mark from a lead and gives it back.
func stripMark(lead string) (rest, mark string) {
	for range 3 {
		m := leadMark.FindStringSubmatch(lead)
		if m == nil {
			break
		}
		lead = lead[len(m[0]):]
		mark = strings.TrimSpace(mark + " " + m[1])
	}
	return lead, mark
}

var (
	// Lines that change with every visit or belong to the page's tools.
	toolLine = regexp.MustCompile(`^((so )?luot (xem|doc|truy cap)\s*:?\s*[\d.,]*|(da xem|xem|views?)\s*:?\s*[\d.,]+|[\d.,]+ luot (xem|doc|truy cap)|xem co chu.*|google|in (bai( viet)?|trang)|gui (email|mail|binh luan|bai viet)|chia se( .{0,20})?|tro ve( dau trang)?|ve trang truoc|quay lai|ban in|like|share|print|email)$`)
	weather  = regexp.MustCompile(`ap suat khong khi|do am\s*[%:]|^-?\d{1,2}\s*[o°]?\s*c\b`)
	// Headings after which nothing belongs to the article.
	endLine = regexp.MustCompile(`^(\W*)((cac )?(tin|bai)( viet)? (khac|lien quan|moi hon|cu hon|cung chuyen muc|da dua|da dang|cung loai)|tin, bai (khac|lien quan)|tin moi( hon)?|tin cu hon|tin cung chuyen muc|cac tin (khac|da dua|da dang|cu hon|moi hon|lien quan).{0,20}|xem them|binh luan|y kien ban doc|doc nhieu nhat|tu khoa)(\W*)$`)

	creditFoot  = regexp.MustCompile(`^[(\[*\s]*((?:Nguồn(?: tin)?|Nguồn bài)\s*[:：]\s*.{2,80}?|(?:Theo|THEO)\s+.{2,60}?)[)\].\s]*$`)
	creditIntro = regexp.MustCompile(`((?:Báo|Cổng|Trang|Tạp chí|Đài|Ban biên tập|BBT)[^.\n]{0,80}?(?:xin )?trân trọng giới thiệu)`)
	// What may follow «Theo» in a credit: an outlet's name, not a sentence.
	outlet = regexp.MustCompile(`^(Theo|THEO)\s+([\p{Lu}\d][\p{L}\d.&-]*)(\s+([\p{Lu}\d(/–-][\p{L}\d.&/)–-]*|điện tử|tỉnh|và|thông tin|thành phố|của))*$`)
)

// Lines longer than this, in bytes, are neither tools of the page nor credits.
const (
	maxToolLine = 400
	maxCredit   = 600
)

// cleanBody drops what is no part of the article from its lines and moves lead,
// byline and credit line into their fields.
func (p *page) cleanBody(lines []string, a *Article) []string {
	var out []string
	for _, l := range lines {
		f := viet.Fold(l)
		if len(out) > 0 && len(f) < maxToolLine && endLine.MatchString(f) {
			break
		}
		if strings.Contains(f, "web part error") || strings.HasPrefix(f, "correlation id") {
			continue
		}
		if f == "error" && len(out) == 0 || len(f) < maxToolLine && toolLine.MatchString(f) || len(l) < 120 && weather.MatchString(f) {
			continue
		}
		if _, ok := dateLine(l, "", p.rule); ok && len(out) == 0 {
			continue // the date line at the head of what readability took
		}
		if l == a.Title && len(out) == 0 {
			continue
		}
		out = append(out, l)
	}
	a.Credit, out = takeCredit(out)
	if a.Byline == "" {
		a.Byline, out = p.byline(out)
	}
	if c, rest := takeCredit(out); a.Credit == "" {
		a.Credit, out = c, rest
	}
	var mark string
	if a.Lead, mark = stripMark(a.Lead); mark == "" && len(out) > 0 && a.Lead == "" {
		out[0], mark = stripMark(out[0])
	}
	if mark != "" {
		a.Notes = append(a.Notes, Note{Code: "lead_mark", Text: mark})
	}
	if len(out) > 0 && a.Lead != "" { // the lead repeated as first paragraph
		if first, _ := stripMark(out[0]); first == a.Lead {
			out = out[1:]
		}
	}
	return out
}

// takeCredit finds the line that names another outlet. One at the foot is
// taken out of the text; «… trân trọng giới thiệu …» stays where it stands.
func takeCredit(lines []string) (string, []string) {
	for i := len(lines) - 1; i >= 0 && i >= len(lines)-4; i-- {
		if len(lines[i]) > maxCredit {
			continue
		}
		m := creditFoot.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		c := strings.TrimSpace(m[1])
		if viet.Fold(c) == "theo do" || strings.HasPrefix(c, "Theo") && !outlet.MatchString(c) || strings.HasPrefix(c, "THEO") && !outlet.MatchString(c) {
			continue
		}
		return c, append(append([]string{}, lines[:i]...), lines[i+1:]...)
	}
	for _, l := range lines {
		if !strings.Contains(l, "trân trọng giới thiệu") {
			continue
		}
		if m := creditIntro.FindStringSubmatch(l); m != nil {
			return m[1], lines
		}
	}
	return "", lines
}

// byline reads the author from the source's selector, JSON-LD, known places or
// a last line that is nothing but a name.
func (p *page) byline(lines []string) (string, []string) {
	name, _ := p.first(p.rule.Byline)
	if name == "" {
		name = p.ld.author
	}
	if name == "" {
		if name, _ = p.first(knownByline); len([]rune(name)) > 60 {
			name = ""
		}
	}
	n := len(lines)
	if name != "" {
		if n > 1 && lines[n-1] == name {
			lines = lines[:n-1]
		}
		return name, lines
	}
	if n > 1 && personName(lines[n-1]) {
		return lines[n-1], lines[:n-1]
	}
	return "", lines
}

// personName accepts two to five capitalised words («Thanh Thủy», «T.T - Minh
// Hằng»), a group of reporters, or bare initials.
func personName(s string) bool {
	if f := viet.Fold(s); len(f) < 40 && (strings.HasPrefix(f, "nhom p") || strings.HasPrefix(f, "thuc hien:")) {
		return true
	}
	words := strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r == '-' || r == '–' || r == ',' || r == '(' || r == ')'
	})
	if len(words) < 1 || len(words) > 6 || len([]rune(s)) > 45 || strings.ContainsAny(s, ":;?!0123456789") {
		return false
	}
	for _, w := range words {
		r := []rune(w)
		if !unicode.IsUpper(r[0]) || len(r) > 8 && !strings.Contains(w, ".") {
			return false
		}
	}
	if len(words) == 1 {
		return strings.Contains(words[0], ".") && len([]rune(words[0])) <= 6
	}
	return !strings.HasSuffix(s, ".") || strings.Contains(words[len(words)-1], ".") && len([]rune(words[len(words)-1])) <= 4
}
