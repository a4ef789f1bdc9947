package mask

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	// Groups of digits as people write a telephone number.
	phone = regexp.MustCompile(`(?:\(?\+84\)?[ .-]?|\b84[ .-]?|\b0)\d{1,9}(?:[ .-]?\d{1,4}){0,4}`)
	dated = regexp.MustCompile(`\d{1,2}[ .-]\d{1,2}[ .-](?:19|20)\d\d`)
	mail  = regexp.MustCompile(`[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}`)

	// Words by which a number or address is an office's own.
	hotline = regexp.MustCompile(`(?i)(?:đường dây nóng|hotline|tổng đài|trực ban|trực tiếp nhận|số trực|tiếp nhận (?:phản ánh|thông tin|ý kiến|hồ sơ)|liên hệ|số máy|cơ quan|văn phòng|trung tâm|bộ phận|phòng|sở |ubnd|ủy ban|uỷ ban|công an|đồng chí|đ/c|giám đốc|chủ tịch|trưởng|phó |cán bộ|chuyên viên|công chức|ban biên tập|biên tập|luật sư|công ty|gửi về|báo |tạp chí|phóng viên|tòa soạn|toà soạn|hộp thư|hộp mail)`)
	own     = regexp.MustCompile(`(?i)(?:\[tên công dân\]|\btôi\b|\bem\b|\bcháu\b|\bmình\b)`)
	// Words that make a number a citizen's.
	citizen = regexp.MustCompile(`(?:\[tên công dân\]|(?i:của|do|là|gặp)? ?` + honorific + ` ` + syllable + `(?: ` + syllable + `){0,4}|(?i:người (?:dân|gửi|hỏi|phản ánh|nộp)|công dân|bạn đọc))[^.;\n]{0,80}$`)

	paperWords = regexp.MustCompile(`(?i)(?:cccd|cmnd|cmtnd|cmt|căn cước(?: công dân)?|chứng minh (?:nhân dân|thư)|số định danh(?: cá nhân)?|hộ chiếu|passport)[^\d\n]{0,30}$`)
	paperLong  = regexp.MustCompile(`\d(?:[ .]?\d){8,11}`)
	passport   = regexp.MustCompile(`\b[A-Z]\d{7,8}\b`)
	counted    = regexp.MustCompile(`(?i)^[ ]*(?:người|thẻ|hồ sơ|công dân|đồng|vnđ|vnd|trường hợp|lượt|tài khoản|triệu|tỷ|tỉ|usd|%|m2|ha\b|kg|tấn)`)
	fileWords  = regexp.MustCompile(`(?i)(?:mã hồ sơ|hồ sơ số|số hồ sơ|biên nhận|mã số thuế|mst|tài khoản|stk|số seri|serial|mã vạch|isbn|mã thủ tục|mã đơn|đơn hàng)[^\d\n]{0,30}$`)
)

// digits of a string.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// alone reports whether a number is no part of a longer code: a document's
// number, a procedure's code, an amount, an address of the web.
func alone(s string, from, to int) bool {
	if from > 0 && strings.IndexByte("./-_,=&#:", s[from-1]) >= 0 && (from < 2 || s[from-2] != ' ' && s[from-1] != ':' && (s[from-1] != '.' && s[from-1] != ',' || unicode.IsDigit(rune(s[from-2])))) {
		return false
	}
	if to < len(s)-1 && strings.IndexByte("./-_,=&", s[to]) >= 0 && (unicode.IsDigit(rune(s[to+1])) || s[to] == '/' || s[to] == '-' && s[to+1] != ' ') {
		return false
	}
	return whole(s, from, to)
}

// mobile reports whether digits are a mobile number of Viet Nam (prefixes by
// Thông tư 22/2014/TT-BTTTT and the renumbering of 2018), landline whether they
// are a land line (02…).
func mobile(number string) (mobile, landline bool) {
	number = strings.TrimPrefix(number, "84")
	number = strings.TrimPrefix(number, "0")
	if len(number) < 9 || len(number) > 10 {
		return false, false
	}
	if number[0] == '2' {
		return false, true
	}
	if len(number) != 9 {
		return false, false
	}
	switch number[0] {
	case '9':
		return true, false
	case '3':
		return number[1] >= '2', false
	case '5':
		return strings.IndexByte("25689", number[1]) >= 0, false
	case '7':
		return number[1] == '0' || number[1] >= '6', false
	case '8':
		return number[1] >= '1', false
	}
	return false, false
}

// papers finds the numbers of identity papers: twelve digits that begin like
// those of a citizen's card, and whatever of nine or twelve stands behind such
// a paper's name.
func papers(s string) []span {
	var out []span
	if len(digits(s)) < 7 {
		return nil
	}
	for _, x := range paperLong.FindAllStringIndex(s, -1) {
		from, to := x[0], x[1]
		n := digits(s[from:to])
		if len(n) != 9 && len(n) != 12 || !alone(s, from, to) || counted.MatchString(after(s, to, 24)) {
			continue
		}
		said := paperWords.MatchString(before(s, from, 90))
		if !said && (len(n) != 12 || strings.ContainsAny(s[from:to], " .") || !card(n) || fileWords.MatchString(before(s, from, 90))) {
			continue
		}
		out = append(out, span{from, to, aPaper})
	}
	for _, x := range passport.FindAllStringIndex(s, -1) {
		if paperWords.MatchString(before(s, x[0], 90)) && whole(s, x[0], x[1]) {
			out = append(out, span{x[0], x[1], aPaper})
		}
	}
	return out
}

// card reports whether twelve digits may be a citizen's number: the province
// (001–096), sex and century (0–3 for those born from 1900 to 2099), the year
// (Nghị định 137/2015/NĐ-CP, Điều 13).
func card(n string) bool {
	province := int(n[0]-'0')*100 + int(n[1]-'0')*10 + int(n[2]-'0')
	return province >= 1 && province <= 96 && n[3] <= '3'
}

// lastOf is where the last match of a pattern begins; -1 without one.
func lastOf(re *regexp.Regexp, s string) int {
	all := re.FindAllStringIndex(s, -1)
	if all == nil {
		return -1
	}
	return all[len(all)-1][0]
}

// reach finds by what a citizen can be reached: mobile numbers and e-mail
// behind a citizen's name, or anywhere in a citizen's own words, unless it is
// an office's.
func (m Mask) reach(s string, names []span) []span {
	var out []span
	theirs := func(at int) bool {
		front := before(s, at, 160)
		beside := false // on the lines that follow a label with a citizen's name
		for _, n := range names {
			beside = beside || n.with == aName && n.to <= at && at-n.to < 200
		}
		office := lastOf(hotline, front)
		switch {
		case office < 0:
		case !m.letter, office > lastOf(own, front) && !(beside && strings.HasSuffix(strings.TrimRight(front, " "), ":")):
			return false
		case strings.Contains(strings.ToLower(front[office:]), "đường dây nóng"), strings.Contains(strings.ToLower(front[office:]), "hotline"):
			return false
		}
		return m.letter || beside || citizen.MatchString(front)
	}
	var numbers, mails [][]int
	if len(digits(s)) >= 9 {
		numbers = phone.FindAllStringIndex(s, -1)
	}
	if strings.Contains(s, "@") {
		mails = mail.FindAllStringIndex(s, -1)
	}
	for _, x := range numbers {
		from, to := x[0], x[1]
		isMobile, isLand := mobile(digits(s[from:to]))
		for !isMobile && !isLand { // another number may stand behind it
			cut := strings.LastIndexAny(s[from:to], " .-")
			if cut < 4 {
				break
			}
			to = from + cut
			isMobile, isLand = mobile(digits(s[from:to]))
		}
		if !isMobile && !isLand || dated.MatchString(s[from:to]) || !alone(s, from, to) && s[from] != '+' && s[from] != '(' {
			continue
		}
		if isLand { // an office's, but on the lines that tell who writes
			near := false
			for _, n := range names {
				near = near || n.with == aName && n.to <= from && from-n.to < 120 && strings.Contains(s[n.to:from], ":")
			}
			if front := before(s, from, 60); !near || !m.letter || lastOf(hotline, front) > lastOf(own, front) {
				continue
			}
			out = append(out, span{from, to, aPhone})
			continue
		}
		if theirs(from) {
			out = append(out, span{from, to, aPhone})
		}
	}
	for _, x := range mails {
		if !strings.HasSuffix(strings.ToLower(strings.TrimRight(s[x[0]:x[1]], ".-")), ".gov.vn") && theirs(x[0]) {
			out = append(out, span{x[0], x[1], aMail})
		}
	}
	return out
}
