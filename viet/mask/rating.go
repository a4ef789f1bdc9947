package mask

import (
	"regexp"
	"strings"
)

const rating = `(?i:(?:hoàn thành (?:xuất sắc|tốt) nhiệm vụ|hoàn thành (?:xuất sắc|tốt)|không hoàn thành nhiệm vụ|không hoàn thành|hoàn thành nhiệm vụ|xếp loại [a-d]\b|loại [a-d]\b|loại (?:xuất sắc|tốt|khá|trung bình|yếu|kém)|(?:HTXSNV|HTTNV|HTNV|KHTNV)\b|\d{1,3}(?:[.,]\d{1,2})? ?(?:/ ?100 ?)?điểm))`

var (
	// «… Nguyễn Văn … được đánh giá hoàn thành tốt nhiệm vụ», «…: 95 điểm»
	rated = pattern{regexp.MustCompile(`(` + fullName + `)(?:[ ]?\([^()\n]{1,80}\))?[^.;\n]{0,80}?(?:đánh giá|xếp loại|xếp|tự chấm|chấm|đạt|mức)[^.;\n]{0,40}?(` + rating + `)`), []string{"hoàn thành", "điểm", "loại", "htxsnv", "httnv", "htnv", "khtnv"}, 400, 60}
	// «Bảng điểm đánh giá công chức», «Kết quả xếp loại … cá nhân»: a list of persons follows.
	ratingList = pattern{regexp.MustCompile(`(?i)(?:bảng (?:tổng hợp )?(?:điểm|kết quả)|kết quả|danh sách|phiếu|biểu)[^.\n]{0,80}(?:đánh giá|xếp loại|chấm điểm)[^.\n]{0,80}(?:công chức|viên chức|cá nhân|cán bộ|người lao động|đảng viên)`), []string{"đánh giá", "xếp loại", "chấm điểm"}, 200, 240}
	ratingWord = regexp.MustCompile(rating + `|\b\d{1,3}(?:[.,]\d{1,2})?\b`)
	ratingLine = regexp.MustCompile(`(?m)^[ \t|;]*(` + rating + `|\d{2,3}(?:[.,]\d{1,2})?|[A-D])[ \t|;]*$`)
	inLine     = regexp.MustCompile(fullName)
)

// ratings finds how single persons were rated.
func ratings(s string) []span {
	var out []span
	lower := lowered(s)
	for _, x := range rated.find(s, lower) {
		if from := x[2] + called(s[x[2]:x[3]]); person(s[from:x[3]]) && whole(s, x[2], x[3]) {
			out = append(out, span{x[4], x[5], aRating})
		}
	}
	heads := ratingList.find(s, lower)
	if heads == nil {
		return out
	}
	// In the list: on a person's line whatever follows the name, and lines of
	// their own between two names (a table read cell by cell).
	people := false
	at := heads[0][1]
	for line := range strings.Lines(s[at:]) {
		text := strings.TrimRight(line, "\r\n")
		end := -1
		for _, x := range inLine.FindAllStringIndex(text, -1) {
			if from := x[0] + called(text[x[0]:x[1]]); person(text[from:x[1]]) && whole(text, x[0], x[1]) {
				end = x[1]
				break
			}
		}
		if end >= 0 {
			people = true
			for _, x := range ratingWord.FindAllStringIndex(text[end:], -1) {
				if !strings.ContainsAny(near(text, end+x[0], end+x[1]), "/-") {
					out = append(out, span{at + end + x[0], at + end + x[1], aRating})
				}
			}
		} else if x := ratingLine.FindStringSubmatchIndex(text); x != nil && people {
			out = append(out, span{at + x[2], at + x[3], aRating})
		}
		at += len(line)
	}
	return out
}

// near is the byte before and the byte behind a stretch: of a date or a
// document's number they are strokes.
func near(s string, from, to int) string {
	var out []byte
	if from > 0 {
		out = append(out, s[from-1])
	}
	if to < len(s) {
		out = append(out, s[to])
	}
	return string(out)
}
