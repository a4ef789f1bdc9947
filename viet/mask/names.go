package mask

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const (
	// A syllable of a name: Nguyễn, NGUYỄN, A., Y.
	syllable  = `\p{Lu}(?:\p{Ll}{0,6}|\p{Lu}{0,6})\.?`
	fullName  = syllable + `(?:[ ]` + syllable + `){1,5}`
	honorific = `(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác|[Cc]ụ|[Cc]háu|[Ee]m|[Bb]ạn|ÔNG|BÀ)`
	asking    = `(?:có |xin |đã |đặt |gửi |nêu |muốn )*(?:câu )?(?:hỏi|thắc mắc|gửi thư|viết thư)`
	telling   = `(?:có |xin |đã |gửi )*(?:ý kiến )?(?:phản ánh|kiến nghị)`
	livesAt   = `(?:[ ]?\([^()\n]{1,160}\)|, (?:hiện |đang )*(?:ở|trú|cư trú|thường trú|ngụ|sinh sống|sống|địa chỉ|quê|thôn|bản|xã|tổ|phường|huyện|khu|số|ấp|xóm|ngõ|phố|thị|tỉnh|thành phố|TP|\p{Lu})[^.;:?!\n]{1,160}?,?)`
)

var (
	// «Họ và tên: …», «Người gửi: …»: whatever is written there.
	labelled = pattern{regexp.MustCompile(`(?i)(?:họ (?:và )?tên(?: (?:người (?:gửi|hỏi|dân)|công dân|khách hàng))?|người (?:gửi|hỏi|đặt câu hỏi|phản ánh|kiến nghị)|tên (?:người (?:gửi|hỏi)|công dân)|(?:công dân|bạn đọc|độc giả) hỏi|bạn đọc|độc giả)[ ]*[:：][ ]*(\p{L}[\p{L}.]*(?: \p{L}[\p{L}.]*){0,5})`), []string{":", "："}, 80, 160}
	// «Bạn đọc Nguyễn …», «Công dân …», «Cử tri …»
	reader = pattern{regexp.MustCompile(`(?:[Bb]ạn đọc|[Đđ]ộc giả|[Tt]hính giả|[Kk]hán giả|[Cc]ông dân|[Cc]ử tri|BẠN ĐỌC|ĐỘC GIẢ|CÔNG DÂN)(?: ` + honorific + `)? (` + fullName + `)`), []string{"bạn đọc", "độc giả", "thính giả", "khán giả", "công dân", "cử tri"}, 0, 140}
	// «Ông Nguyễn … (thôn …) hỏi»
	asker = pattern{regexp.MustCompile(honorific + ` (` + syllable + `(?:[ ]` + syllable + `){0,5})(?:` + livesAt + `?,? ` + asking + `|` + livesAt + `,? ` + telling + `)`), []string{"hỏi", "thắc mắc", "phản ánh", "kiến nghị", "gửi thư", "viết thư"}, 440, 20}
	// in a letter: «Ông Nguyễn …», «Tôi tên là …», a line that is a name alone
	addressed = regexp.MustCompile(honorific + ` (` + fullName + `)`)
	ownName   = regexp.MustCompile(`(?:[Tt]ôi|[Ee]m|[Cc]háu|[Mm]ình) (?:tên )?là:? (` + fullName + `)|[Tt]ên (?:tôi|em|cháu|của tôi) là:? (` + fullName + `)`)
	signed    = regexp.MustCompile(`(?m)^[ \t]*(?:[-–*•][ ]?)?(` + fullName + `)[ \t]*(?:\([^()\n]{1,160}\))?[ \t]*[,;:]?[ \t]*(?:$|[-–|] ?\d)`)

	// What shows that somebody speaks or acts in an office.
	officeAfter  = regexp.MustCompile(`(?i)^[ ]*[,–—(-]?[ ]*(?:(?:là|nguyên|hiện là|chức vụ:?|chức danh:?|quyền) )?(?:(?:chủ|phó|bí) (?:tịch|chủ|bí|giám|trưởng|tổng|chánh|cục|vụ|viện|ban|phòng|thủ|đoàn|văn|hiệu|thư)|giám đốc|tổng giám đốc|trưởng |chánh |cục trưởng|vụ trưởng|chi cục|thứ trưởng|bộ trưởng|thủ tướng|viện trưởng|hiệu trưởng|đội trưởng|uỷ viên|ủy viên|đại biểu|đại diện|luật sư|phóng viên|biên tập viên|chuyên viên|cán bộ|công chức|viên chức|kiểm soát viên|thanh tra|chấp hành viên|lãnh đạo|người phát ngôn|tổng biên tập|thẩm phán|kế toán trưởng)`)
	officeBefore = regexp.MustCompile(`(?i)(?:đồng chí|đ/c|chủ tịch|giám đốc|bí thư|trưởng|chánh văn phòng|thứ trưởng|bộ trưởng|thủ tướng|uỷ viên|ủy viên|đại biểu|luật sư|thạc sĩ|tiến sĩ|bác sĩ|lãnh đạo|chuyên viên|cán bộ|công chức|đại diện|phó phòng|phó ban|chủ trì)[^.;:?!\n]{0,60}$`)
	answering    = regexp.MustCompile(`^[^.;:?!\n]{0,40}(?:trả lời|giải đáp|phát biểu|khẳng định|chủ trì|kết luận|cho biết|thông tin)`)

	asksNext  = regexp.MustCompile(`^` + livesAt + `?,? (?:` + asking + `|` + telling + `)`)
	otherwise = regexp.MustCompile(`^` + livesAt + `?,? (?:có |xin |đã )*hỏi (?:thăm|han|cung|đáp|vợ|cưới|ý)`)

	anyQuestion = pattern{regexp.MustCompile(`(?i)(?:người (?:gửi|hỏi) ?:|họ (?:và )?tên ?:|câu hỏi(?: số)? ?\d* ?:|xin (?:được )?hỏi|tôi muốn hỏi|(?:bạn đọc|công dân|độc giả) hỏi|kính gửi[^\n]{0,80}\n?[^\n]{0,40}tôi (?:tên )?là)`), []string{":", "hỏi", "kính gửi"}, 100, 200}
)

// asks reports whether a text is a citizen's own words by what stands in it.
func asks(s string) bool {
	return anyQuestion.find(s, lowered(s)) != nil || slices.ContainsFunc(asker.find(s, lowered(s)), func(x []int) bool { return !otherwise.MatchString(after(s, x[3], 200)) })
}

// bodies begin the name of who is no person: they ask in public.
var bodies = strings.Fields("văn sở ubnd ủy uỷ công phòng ban trung hợp doanh trường bệnh chi cục vụ bộ hội đoàn nhà xí báo đài cổng trang tập thể hđnd bhxh quỹ liên tổ viện")

// places that begin like a family's name, or follow «công dân», «cử tri».
var places = map[string]bool{"Việt Nam": true, "Hà Nội": true, "Hà Giang": true, "Hà Nam": true, "Hà Tĩnh": true, "Cao Bằng": true, "Thái Nguyên": true,
	"Thái Bình": true, "Lục Yên": true, "Hồ Chí Minh": true, "Mai Châu": true, "Mai Sơn": true, "Đà Nẵng": true, "Hà Đông": true, "Lý Sơn": true, "Châu Đốc": true,
	"Lương Sơn": true, "Đinh Lập": true, "Tô Hiệu": true, "Vũ Thư": true, "Vũ Quang": true, "Cao Lộc": true, "Cao Phong": true, "Trà Vinh": true}

// families are the family names by which a person's name is told from other
// words in capitals.
var families = set(`Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Đoàn Trịnh Mai Lương Tô Tạ Hà Cao Chu Châu Thái
	Tống Quách Kiều Vương Triệu Trương Lưu Phùng Đào Đàm Lại Nghiêm Khổng Giàng Sùng Vàng Thào Lò Lường Quàng Hầu Mùa Hờ Cứ Sình Nông La Ma Bế Vi Lục Lèng
	Tăng Từ Thân Tôn Mạc Hứa Cù Doãn Âu Bạch Cầm Hảng Lầu Phàng Tráng Vừ Bàn Đồng Viên Diệp Trang Thạch Sơn Kim Đèo Tòng Hạng Sa`)

func set(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// person reports whether a name begins with a family's name and is no place.
func person(name string) bool {
	first, _, two := strings.Cut(name, " ")
	return two && !places[name] && (families[first] || families[title(first)])
}

// called is how long the form of address is that a name begins with: in front
// of a name it may stand in capitals.
func called(name string) int {
	first, rest, two := strings.Cut(name, " ")
	switch {
	case !two:
	case first == "Ông" || first == "Bà" || first == "Anh" || first == "Chị" || first == "ÔNG" || first == "BÀ" || first == "ANH" || first == "CHỊ":
		if person(rest) || !strings.Contains(rest, " ") {
			return len(name) - len(rest)
		}
	}
	return 0
}

// title is a syllable with its first letter alone in capitals.
func title(s string) string {
	for i, r := range s {
		if i > 0 {
			return s[:i] + strings.ToLower(s[i:])
		}
		_ = r
	}
	return s
}

// named finds the names of who asks or writes.
func (m Mask) named(s string) []span {
	var out []span
	lower := lowered(s)
	add := func(p pattern, sure bool, ok func(name string, from, to int) bool) {
		for _, x := range p.find(s, lower) {
			for g := 2; g < len(x); g += 2 {
				if x[g] < 0 {
					continue
				}
				from, to := x[g], x[g+1]
				from += called(s[from:to])
				name := s[from:to]
				if name = trim(name); name == "" || places[name] || !begins(s, x[0]) {
					continue
				}
				to = from + len(name)
				if !whole(s, from, to) || m.office[name] || !ok(name, from, to) || !sure && inOffice(s, x[0], from, to) {
					continue
				}
				out = append(out, span{from, to, aName})
			}
		}
	}
	any := func(string, int, int) bool { return true }
	someone := func(name string, _, _ int) bool { return person(name) }
	add(labelled, false, func(name string, from, to int) bool {
		first, _, _ := strings.Cut(strings.ToLower(name), " ")
		for _, b := range bodies {
			if first == b && !person(name) {
				return false
			}
		}
		return !strings.HasSuffix(strings.ToLower(name), " hỏi")
	})
	add(reader, false, func(name string, from, to int) bool {
		if r := strings.ToLower(before(s, from, 24)); !m.letter && (strings.Contains(r, "công dân") || strings.Contains(r, "cử tri")) && !asksNext.MatchString(after(s, to, 200)) {
			return false // a plain report tells whose citizen somebody is
		}
		return person(name) && (strings.Count(name, " ") > 1 || m.letter)
	})
	add(asker, false, func(name string, from, to int) bool {
		for o := range m.office {
			if strings.HasSuffix(o, " "+name) {
				return false
			}
		}
		return (m.letter || strings.Contains(name, " ")) && !otherwise.MatchString(after(s, to, 200))
	})
	if m.letter {
		whole := func(re *regexp.Regexp) pattern { return pattern{re: re} }
		add(whole(addressed), false, func(name string, from, to int) bool {
			return !answering.MatchString(after(s, to, 80)) && (person(name) || strings.Count(name, " ") > 0 && !places[name])
		})
		add(whole(ownName), false, any)
		add(whole(signed), false, someone)
	}
	return out
}

// trim takes off what a name does not end with: words that follow a label on
// the same line, a full stop.
func trim(name string) string {
	words := strings.Split(name, " ")
	capital := 0
	for i, w := range words {
		r := []rune(w)[0]
		if unicode.IsUpper(r) {
			capital++
			continue
		}
		if capital > 0 { // «Nguyễn Văn … hỏi», «… trú tại»
			words = words[:i]
			break
		}
	}
	return strings.TrimRight(strings.Join(words, " "), ". ")
}

// inOffice reports whether a post stands beside a name.
func inOffice(s string, phrase, from, to int) bool {
	behind := after(s, to, 120)
	if strings.HasPrefix(behind, " (") || strings.HasPrefix(behind, "(") {
		behind = strings.TrimLeft(behind, " (")
	}
	return officeAfter.MatchString(behind) || officeBefore.MatchString(before(s, phrase, 120)) && !strings.Contains(s[phrase:from], ":")
}

// holdsPost reports whether a post stands beside a name anywhere in a text.
func holdsPost(s, name string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], name)
		if i < 0 {
			return false
		}
		i += from
		from = i + len(name)
		if whole(s, i, from) && inOffice(s, i, i, from) {
			return true
		}
	}
}

// again finds the known names wherever else they stand, also called by the last
// syllable alone («ông …»).
func (m Mask) again(s string) []span {
	var out []span
	for _, name := range m.names {
		for _, form := range []string{name, strings.ToUpper(name)} {
			for from := 0; ; {
				i := strings.Index(s[from:], form)
				if i < 0 {
					break
				}
				i += from
				from = i + len(form)
				if whole(s, i, from) {
					out = append(out, span{i, from, aName})
				}
			}
		}
		given := name[strings.LastIndexByte(name, ' ')+1:]
		for _, h := range strings.Fields("Ông ông Bà bà Anh anh Chị chị Cô cô Chú chú Bác bác Cụ cụ Cháu cháu Em em Bạn bạn") {
			form := h + " " + given
			for from := 0; ; {
				i := strings.Index(s[from:], form)
				if i < 0 {
					break
				}
				i += from
				from = i + len(form)
				if whole(s, i, from) {
					out = append(out, span{i + len(h) + 1, from, aName})
				}
			}
		}
	}
	return out
}

var (
	bracketed = regexp.MustCompile(`^ ?\(([^()\[\]\n]{2,160})\)`)
	living    = regexp.MustCompile(`^,? ?(?:(?:hiện )?(?:đang )?(?:ở|trú|cư trú|thường trú|ngụ|sinh sống|sống)(?: tại)?|địa chỉ(?: tại)?:?|tại|quê(?: quán)?) ([^.;:?!()\[\]\n]{2,160}?)(?:,? (?:có |xin |đã |đặt |gửi |nêu )*(?:câu )?hỏi|,? phản ánh|,? kiến nghị|,? thắc mắc|[.;:?!\n]|$)`)
	placed    = regexp.MustCompile(`^, ((?:thôn|bản|xã|tổ|phường|huyện|khu|số|ấp|xóm|ngõ|phố|thị|tỉnh|thành phố|TP|\p{Lu})[^.;:?!()\[\]\n]{1,160}?)(?:,? (?:có |xin |đã |đặt |gửi |nêu )*(?:câu )?hỏi|,? phản ánh|,? kiến nghị|,? thắc mắc)`)
	dwelling  = regexp.MustCompile(`(?i)địa chỉ(?: (?:thường trú|liên hệ|người (?:gửi|hỏi)))? ?[:：] ?([^\n;|\[\]]{2,160})`)
)

// addresses finds where those who were named live: in brackets behind the
// name, as a place they live at, on the line that follows.
func addresses(s string, names []span) []span {
	var out []span
	for _, n := range names {
		rest := after(s, n.to, 400)
		if x := bracketed.FindStringSubmatchIndex(rest); x != nil && !officeAfter.MatchString(rest[x[2]:x[3]]) {
			out = append(out, span{n.to + x[2], n.to + x[3], aAddress})
		} else if x := living.FindStringSubmatchIndex(rest); x != nil {
			out = append(out, span{n.to + x[2], n.to + x[3], aAddress})
		} else if x := placed.FindStringSubmatchIndex(rest); x != nil && !officeAfter.MatchString(rest) {
			out = append(out, span{n.to + x[2], n.to + x[3], aAddress})
		}
		end := min(len(s), n.to+300)
		for _, x := range dwelling.FindAllStringSubmatchIndex(strings.ToValidUTF8(s[n.to:end], "?"), 1) {
			from, to := n.to+x[2], n.to+x[3]
			first, _, _ := strings.Cut(strings.ToLower(s[from:to]), " ")
			if to <= len(s) && !official(first) {
				out = append(out, span{from, to, aAddress})
			}
		}
	}
	return out
}

// official reports whether a line begins with a body's name.
func official(first string) bool {
	for _, b := range bodies {
		if first == b && b != "tổ" && b != "nhà" {
			return true
		}
	}
	return false
}
