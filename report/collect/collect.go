// Package collect is the form that goes out and comes back by e-mail («Biểu thu
// thập»): one workbook for a unit and a period, filled in with what loa found,
// corrected in any spreadsheet program, and read again however it was handled.
package collect

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// Form is what one workbook says.
type Form struct {
	Plan, Agency, Period                     string // ids
	PlanName, AgencyName, PeriodName, Return string // as people read them; Return is whom the form goes back to
	Made                                     time.Time
	Edition                                  int       // of the unit's newest declaration when the form was made
	Deadline                                 time.Time // last day; zero: none is named
	Sample                                   bool      // invented data
	Rows                                     []Row
	Had                                      []schedule.Claim // what the unit declared before: it stands in the form again
}

// Row is one thing that loa found, in words. The unit cannot change it, only say what it thinks of it.
type Row struct {
	Evidence                                string // id
	Medium, Date, Title, URL, Topic, Counts string
}

// cells are what is filled in, in the order of its columns.
func (r Row) cells() []string { return []string{r.Medium, r.Date, r.Title, r.URL, r.Topic, r.Counts} }

// RowsOf words what was found of a unit, the pieces that are worth showing to it.
// quota and reason give words; mask takes out of a piece what tells who a citizen is.
func RowsOf(found []schedule.Found, quota func(id string) string, reason func(schedule.Reason) string, mask func(media.Evidence) media.Evidence) []Row {
	var out []Row
	for _, f := range found {
		if !f.Told() {
			continue
		}
		e := mask(f.Evidence)
		r := Row{Evidence: e.ID, Medium: medium(e), Title: e.Title, URL: e.URL, Date: "không rõ ngày"}
		if e.Precision != media.NoDate {
			r.Date = viet.Day(e.At.In(calendar.Zone))
		}
		if e.Verdict != nil && len(e.Verdict.Topics) > 0 {
			r.Topic = viet.Topic(e.Verdict.Topics[0])
		}
		var counts []string
		for _, c := range f.Counted {
			counts = append(counts, quota(c.Quota))
		}
		switch {
		case len(counts) > 0:
			r.Counts = "có: " + strings.Join(counts, "; ")
		case f.Not != nil:
			r.Counts = "không: " + reason(f.Not.Reason)
		default:
			r.Counts = "không"
		}
		out = append(out, r)
	}
	return out
}

func medium(e media.Evidence) string {
	switch e.Kind {
	case media.EvItem:
		return "trang tin"
	case media.EvAiring:
		return "phát sóng"
	case media.EvSegment:
		return "tin trong chương trình"
	case media.EvBulletin:
		return "truyền thanh"
	case media.EvPrint:
		return "báo in"
	case media.EvAttestation:
		return "minh chứng đã nộp"
	case media.EvQuestion:
		return "hỏi đáp"
	}
	return "khác"
}

// Activities are the activities of the plan's annex whose quantities only the unit knows.
func Activities() []string {
	return []string{"Hội nghị, giao ban có nội dung cải cách hành chính", "Tập huấn, bồi dưỡng", "Tọa đàm, đối thoại", "Cuộc thi, sân khấu hóa", "Tờ rơi, ấn phẩm",
		"Pa nô, áp phích, băng rôn", "Niêm yết tại trụ sở, Bộ phận Một cửa", "Bài đăng mạng xã hội"}
}

// Returned is what came back.
type Returned struct {
	Plan, Agency, Period string
	Made                 time.Time
	Edition              int
	By                   string // who filled it in, as written on the cover; "" if nobody said
	Claims               []schedule.Claim
	Problems             []Problem
}

// Problem is something to be mended or to be known, at one cell where it has one.
type Problem struct {
	Sheet, Cell string // «Tin, bài», «C7»; "" where it is of the whole file
	Value       string // as it stands there, cut short
	Words       string // Vietnamese: what is wrong and what was expected
	Fatal       bool   // it is not known what the file is of: nothing can be taken
	Note        bool   // nothing has to be mended
}

// Where is the place in words, "" where the problem is of the whole file.
func (p Problem) Where() string {
	switch {
	case p.Sheet == "":
		return ""
	case p.Cell == "":
		return "trang «" + p.Sheet + "»"
	}
	return "trang «" + p.Sheet + "», ô " + p.Cell
}

func (p Problem) String() string {
	s := p.Words
	if p.Value != "" {
		s = "«" + p.Value + "»: " + s
	}
	if w := p.Where(); w != "" {
		s = w + ": " + s
	}
	return s
}

// Faults are the problems to be mended.
func (r Returned) Faults() (n int, fatal bool) {
	for _, p := range r.Problems {
		fatal = fatal || p.Fatal
		if !p.Note {
			n++
		}
	}
	return n, fatal
}

const (
	magic      = "loa-bieu-thu-thap-1"
	hidden     = "loa"
	coverName  = "Bìa"
	pieceName  = "Tin, bài"
	amountName = "Hoạt động"
	paperName  = "Văn bản giấy"

	headCode, headMedium, headDate, headTitle, headURL  = "Mã", "Loại, phương tiện", "Ngày", "Tên tin, bài", "Địa chỉ (đường dẫn)"
	headTopic, headCounts, headAnswer, headNote         = "Chủ đề", "Hệ thống ghi nhận", "Ý kiến của đơn vị", "Ghi chú"
	headActivity, headDocument, headIssued, headSubject = "Hoạt động", "Số, ký hiệu văn bản", "Ngày văn bản", "Trích yếu nội dung"
	labelBy                                             = "Người lập biểu:"
)

// pieceHeads are the columns of the sheet of pieces.
func pieceHeads() []string {
	return []string{headCode, headMedium, headDate, headTitle, headURL, headTopic, headCounts, headAnswer, headNote}
}

func amountHeads() []string {
	out := []string{headActivity}
	for _, c := range schedule.ClaimCounts() {
		out = append(out, viet.Capital(c))
	}
	return append(out, headNote)
}

func paperHeads() []string { return []string{headDocument, headIssued, headSubject, headNote} }

// code is what a filled-in row is known by, wherever it is moved to.
func code(i int) string { return fmt.Sprintf("T%03d", i+1) }

// plain is a cell's text without what viet.Cell put before it.
func plain(s string) string {
	s = viet.Clean(s)
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@", rune(s[1])) {
		return s[1:]
	}
	return s
}

// sum is a short checksum of one filled-in cell of a row.
func sum(code string, column int, text string) string {
	h := sha256.Sum256([]byte(code + "\x00" + strconv.Itoa(column) + "\x00" + plain(text)))
	return hex.EncodeToString(h[:6])
}

// identity is what the hidden sheet says of the form, with a checksum that tells when it was damaged.
func identity(f Form) [][2]string {
	out := [][2]string{{"plan", f.Plan}, {"agency", f.Agency}, {"period", f.Period}, {"made", f.Made.UTC().Format(time.RFC3339)}, {"edition", strconv.Itoa(f.Edition)}, {"rows", strconv.Itoa(len(f.Rows))}}
	return append(out, [2]string{"sum", identitySum(out)})
}

func identitySum(pairs [][2]string) string {
	h := sha256.New()
	for _, p := range pairs {
		fmt.Fprintf(h, "%d %s %d %s ", len(p[0]), p[0], len(p[1]), p[1])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
