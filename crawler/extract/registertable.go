package extract

import (
	"regexp"
	"strings"

	"loa/media"
	"loa/viet"
)

// The columns of a register.
const (
	rNumber field = iota
	rSymbol       // procedures: «Ký hiệu» beside a «Số»
	rDate
	rPage
	rSection
	rTitle
	rAsked
	rAnswered
	registerFields
)

// registerForm is how a register of a kind is headed; ok is false for no kind.
func registerForm(kind media.RegisterKind) (fm form, ok bool) {
	var heads [registerFields][]string
	switch kind {
	case media.RegSegments:
		return segmentForm(), true
	case media.RegPrint:
		heads = [registerFields][]string{
			rNumber: {"so bao", "so phat hanh", "so bao in", "so ra", "so ky bao", "so bao phat hanh", "ky bao", "ky phat hanh", "so xuat ban", "so an pham", "bao so", "ra so", "ma so bao", "issue",
				"so bao ngay phat hanh", "so bao ngay", "so bao ngay ra", "so bao ngay ra bao", "so bao va ngay", "so bao va ngay phat hanh", "so ngay phat hanh", "so va ngay phat hanh", "so ngay", "so ngay ra bao", "so", "ky"},
			rDate: {"ngay phat hanh", "ngay ra bao", "ngay bao", "ngay xuat ban", "ngay dang", "ngay in", "ngay dang bao", "ngay dang tin", "ngay dang tai", "ngay ra so", "ngay ra", "ngay phat hanh bao",
				"ngay thang nam phat hanh", "ngay thang phat hanh", "ngay thang dang", "ngay thang nam", "ngay thang", "thoi gian dang", "thoi gian phat hanh", "thoi gian", "ngay", "date"},
			rPage:    {"trang", "trang bao", "so trang", "trang so", "dang trang", "trang dang", "vi tri trang", "vi tri", "page"},
			rSection: {"chuyen muc", "ten chuyen muc", "muc", "chuyen trang", "chuyen trang chuyen muc", "chuyen muc chuyen trang", "trang muc", "ten muc", "chuyen de", "section", "column"},
			rTitle: {"tieu de", "ten bai", "ten tin bai", "tieu de tin bai", "ten tin", "ten tac pham", "tac pham", "tua de", "tit", "tit bai", "dau de", "tieu de bai viet", "tieu de bai", "ten bai viet", "ten bai bao",
				"bai viet", "tin bai", "ten tin bai anh", "tin bai anh", "noi dung tin bai", "noi dung", "noi dung dang", "title"},
		}
		return form{noun: "sổ tin, bài", wants: "«Số báo», «Ngày phát hành», «Trang», «Chuyên mục», «Tiêu đề»", least: 2, heads: heads[:]}, true
	case media.RegProcedures:
		heads = [registerFields][]string{
			rNumber: {"so ky hieu", "so va ky hieu", "so hieu", "so ki hieu", "so quyet dinh", "so qd", "so ky hieu van ban", "so ky hieu quyet dinh", "so hieu van ban", "so hieu quyet dinh", "so van ban", "so vb", "quyet dinh so",
				"so quyet dinh cong bo", "quyet dinh cong bo", "quyet dinh", "van ban", "so ngay quyet dinh", "so va ngay quyet dinh", "so ngay ky", "so ngay ban hanh", "so ky hieu ngay ky", "so ky hieu ngay ban hanh",
				"so ky hieu ngay thang nam", "so ky hieu ngay thang", "so ky hieu ngay thang nam ban hanh", "so ky hieu va ngay ban hanh", "so ky hieu ngay thang nam van ban", "so ngay thang nam", "so ngay thang quyet dinh",
				"so ngay thang nam quyet dinh", "so ngay van ban", "so quyet dinh ngay ban hanh", "so quyet dinh ngay ky", "so quyet dinh ngay", "so ky hieu ngay", "so ngay", "so", "number"},
			rSymbol: {"ky hieu", "ky hieu van ban", "ky hieu quyet dinh", "ki hieu"},
			rDate: {"ngay ky", "ngay ban hanh", "ngay ky ban hanh", "ngay quyet dinh", "ngay ra quyet dinh", "ngay van ban", "ngay vb", "ngay qd", "ngay cong bo", "ngay thang nam ban hanh", "ngay thang ban hanh", "ngay thang nam ky",
				"ngay thang ky", "thoi gian ban hanh", "ngay thang nam", "ngay thang", "ngay", "date"},
			rTitle: {"trich yeu", "trich yeu noi dung", "trich yeu van ban", "trich yeu noi dung van ban", "trich yeu quyet dinh", "noi dung trich yeu", "ten van ban", "ten quyet dinh", "ten loai va trich yeu", "ten loai trich yeu",
				"ten loai va trich yeu noi dung", "ten loai va trich yeu noi dung van ban", "noi dung quyet dinh", "noi dung cong bo", "ve viec", "v v", "noi dung", "tieu de", "title"},
		}
		return form{noun: "danh mục quyết định", wants: "«Số, ký hiệu», «Ngày ký», «Trích yếu»", least: 2, heads: heads[:]}, true
	case media.RegQuestions:
		heads = [registerFields][]string{
			rNumber: {"ma cau hoi", "so cau hoi", "ma so", "ma so cau hoi", "ma", "so phieu", "ma phieu", "ma hoi dap", "so hieu", "ma pakn", "so ma", "ma kien nghi", "ma phan anh", "so", "id"},
			rTitle: {"cau hoi", "noi dung cau hoi", "noi dung hoi", "noi dung phan anh", "noi dung kien nghi", "noi dung phan anh kien nghi", "noi dung can hoi", "tieu de cau hoi", "noi dung y kien", "van de hoi", "noi dung", "tieu de",
				"question"},
			rAsked: {"ngay hoi", "ngay nhan", "ngay gui", "ngay tiep nhan", "ngay gui cau hoi", "ngay nhan cau hoi", "ngay tiep nhan cau hoi", "ngay dat cau hoi", "ngay den", "thoi gian hoi", "thoi gian gui", "thoi gian nhan",
				"thoi gian tiep nhan", "thoi diem hoi", "thoi diem tiep nhan", "ngay", "asked"},
			rAnswered: {"ngay tra loi", "ngay tl", "ngay da tra loi", "ngay tra loi cau hoi", "ngay phuc dap", "ngay giai dap", "ngay phan hoi", "ngay dang tra loi", "ngay dang cau tra loi", "ngay cong khai tra loi", "ngay co ket qua",
				"thoi gian tra loi", "thoi diem tra loi", "tra loi ngay", "answered"},
		}
		return form{noun: "bảng kê câu hỏi", wants: "«Số» (hoặc «Mã»), «Câu hỏi», «Ngày hỏi», «Ngày trả lời»", least: 2, heads: heads[:]}, true
	}
	return form{}, false
}

// Longest fields of an entry, in letters.
const (
	maxNumber   = 60
	maxPage     = 40
	maxSection  = 200
	maxTitle    = 1000
	maxQuestion = 4000
)

var (
	// sumWord opens a line that only counts those above it.
	sumWord = regexp.MustCompile(`^(tong cong|cong|tong so|tong)( (tin|bai|tin,? bai|quyet dinh|cau hoi|van ban|so bao|ky bao))*\s*(:.*|\(.*|[\d.,]+.{0,30})?$`)
	// signWord is a line of the place, day and signatures below a table.
	signWord = regexp.MustCompile(`^((nguoi|can bo|chuyen vien) (lap|tong hop|theo doi|bao cao)( bieu| bang| danh muc| danh sach| so)?|lap bieu|xac nhan( cua .{2,60})?|((kt|tm|tl|tuq|q)\. ?)?(pho )?(tong bien tap|giam doc|tong giam doc|chanh van phong|truong phong|truong ban|thu ky toa soan|chu tich|thu truong( don vi| co quan)?)|(kt|tm|tl|tuq)\..{2,60}|\(?(da )?ky( ten)?(,.{2,40})?\)?|noi nhan:?|ghi chu:.*)$`)
	// placeDay is «Mẫu, ngày 31 tháng 3 năm 2023».
	placeDay  = regexp.MustCompile(`^[a-z. ]{2,40}, ?ngay [\d.… ]{1,6} ?thang [\d.… ]{1,6} ?nam ?[\d.… ]*$`)
	weekday   = regexp.MustCompile(`^(so|thu|chu nhat|t\d|cn)\b`)
	countCell = regexp.MustCompile(`^\(?(\d{1,2}|[A-Ha-h])\)?$`)
	ruleCell  = regexp.MustCompile(`^:?[-=_]+:?$`)
)

// noRow reports whether a line is none of the register's rows whatever stands
// in it: the header again, the numbers of its columns, a rule between lines.
func (t *table) noRow(row tableRow) bool {
	filled := row.filled()
	if len(filled) == 0 {
		return true
	}
	counts, rules := 0, 0
	for _, c := range filled {
		if countCell.MatchString(c) {
			counts++
		}
		if ruleCell.MatchString(c) && len(c) > 2 {
			rules++
		}
	}
	heads := 0
	for f := range t.cols {
		if c := row.get(t, field(f)); c != "" && c == t.title(field(f)) {
			heads++
		}
	}
	return counts == len(filled) && counts > 2 && first(filled) || rules == len(filled) || heads > 1
}

// first reports whether cells count from one or A.
func first(cells []string) bool {
	switch strings.Trim(cells[0], "()") {
	case "1", "A", "a":
		return true
	}
	return false
}

// lone gives the one thing that a line says, also when it is merged over
// several cells, and its column; ok is false for a line that says more.
func (row tableRow) lone() (value string, at int, merged, ok bool) {
	for i, c := range row.cells {
		switch {
		case c == "":
		case value == "":
			value, at = c, i
		case c == value:
			merged = len(c) > 3 // not a number that two columns happen to share
		default:
			return "", 0, false, false
		}
	}
	return value, at, merged, value != ""
}

// below reports whether a line belongs to what stands under a table: sums
// (which end nothing) or, with end, the place, the day and the signatures.
func (row tableRow) below() (is, end bool) {
	filled := row.filled()
	if len(filled) == 0 {
		return false, false
	}
	f := strings.Trim(viet.Fold(filled[0]), " .")
	switch {
	case sumWord.MatchString(f):
		return true, false
	case signWord.MatchString(f), placeDay.MatchString(f) && !weekday.MatchString(f):
		return true, true
	}
	return false, false
}
