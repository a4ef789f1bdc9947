package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"

	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

//go:embed report.html
var htmlPage string

//go:embed report.css
var htmlStyle string

// htmlFormat writes one self-contained page that asks nothing of any host, is
// read by a screen reader and prints on A4.
func htmlFormat() Format {
	sum := sha256.Sum256([]byte(htmlStyle))
	return Format{Name: "html", ContentType: "text/html; charset=utf-8", Label: "Trang web, in được",
		StyleHash: "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'", Write: writeHTML}
}

func writeHTML(w io.Writer, r Report) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"style":   func() template.CSS { return template.CSS(htmlStyle) }, // our own file, not input
		"day":     viet.Day,
		"lastday": func(t time.Time) string { return viet.Day(t.Add(-time.Nanosecond)) },
		"moment":  viet.Moment,
		"num":     viet.Number,
		"dec":     viet.Decimal,
		"gap":     gapWords,
		"length":  func(seconds int) string { return viet.Duration(time.Duration(seconds) * time.Second) },
		"pad":     pad,
		"word":    rowWord,
		"reason":  func(x schedule.Reason) string { return viet.Capital(viet.Reason(x.Code, x.Args)) },
		"basis":   func(b schedule.Basis) string { return viet.Basis(string(b)) },
		"topic":   viet.Topic,
		"blind":   viet.Blind,
		"unit":    viet.Unit,
		"cadence": viet.Cadence,
		"cap":     viet.Capital,
		"names":   func(fs []OwnerFigure) string { return ownerNames(fs) },
		"inc":     func(i int) int { return i + 1 },
		"wanted":  wantedWords,
		"ofbasis": func(ds []Duty, b string) []Duty { return ofBasis(ds, schedule.Basis(b)) },
		"tally":   tallyWords,
		"share":   share,
	}).Parse(htmlPage)
	if err != nil {
		return fmt.Errorf("read the report's template: %w", err)
	}
	if err := t.Execute(w, struct {
		Report
		Lines []string
	}{r, r.Summary()}); err != nil {
		return fmt.Errorf("write the report as HTML: %w", err)
	}
	return nil
}

func pad(n int) string {
	if n >= 0 && n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return viet.Number(n)
}

func gapWords(days *float64) string {
	if days == nil {
		return "–"
	}
	return viet.Decimal(*days) + " ngày"
}

func share(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return viet.Decimal(float64(part)*100/float64(whole)) + "%"
}

func ownerNames(fs []OwnerFigure) string {
	var out []string
	for _, f := range fs {
		out = append(out, f.Name)
	}
	return strings.Join(out, "; ")
}

func ofBasis(ds []Duty, b schedule.Basis) []Duty {
	var out []Duty
	for _, d := range ds {
		if d.Basis == b {
			out = append(out, d)
		}
	}
	return out
}

func rowWord(basis schedule.Basis, r Row) string {
	return Word(basis, r.State, r.Confirmed, r.Risk, r.Reasons)
}

func wantedWords(d Duty) string {
	q := schedule.Quota{Kind: d.Kind, Wanted: d.Wanted, MaxGap: d.MaxGap, Cadence: calendar.Cadence(d.Cadence)}
	if d.Deadline != nil {
		q.Deadline = *d.Deadline
	}
	return Wanted(q)
}

// stateCount is a word for a state and how many rows are in it.
type stateCount struct {
	word string
	n    int
}

// byState names the states that occur, most welcome first.
func (t Tally) byState(b schedule.Basis) []stateCount {
	var out []stateCount
	say := func(n int, s schedule.State, confirmed bool) {
		if n > 0 {
			out = append(out, stateCount{Word(b, s, confirmed, "", nil), n})
		}
	}
	say(t.Met, schedule.Met, false)
	if b == schedule.ByReference {
		say(t.Below(), schedule.Missed, false)
	} else {
		say(t.Missed, schedule.Missed, true)
		say(t.ToReview, schedule.Missed, false)
	}
	say(t.Insufficient, schedule.Insufficient, false)
	say(t.Exempt, schedule.Exempt, false)
	say(t.Open, schedule.Open, false)
	return out
}

func tallyWords(b schedule.Basis, t Tally) string {
	var out []string
	for _, x := range t.byState(b) {
		out = append(out, x.word+" "+viet.Number(x.n))
	}
	if out == nil {
		return "chưa có kỳ nào kết thúc"
	}
	return strings.Join(out, "; ")
}

// Summary is the report's first page in sentences, in the register of official
// reports. Every figure in it stands in a table below.
func (r Report) Summary() []string {
	var out []string
	for _, b := range r.Broadcasts {
		s := fmt.Sprintf("Trong kỳ, %s đã phát sóng mới %s lần thuộc chuyên mục (nhiệm vụ %s; đạt %d/%d tuần đã kết thúc)", b.OwnerName, pad(b.FirstRuns), b.Quota, b.Tally.Met, b.Closed)
		if b.FirstRuns > 0 {
			s += fmt.Sprintf(", tổng thời lượng %s, trung vị %s, ngắn nhất %s; %s/%s lần bắt đầu trong khung giờ có nhiều người theo dõi (mức tham chiếu)",
				viet.Duration(time.Duration(b.Seconds)*time.Second), viet.Duration(time.Duration(b.Median)*time.Second),
				viet.Duration(time.Duration(b.Shortest)*time.Second), pad(b.InWindow), pad(b.FirstRuns))
		}
		if b.Repeats > 0 {
			s += fmt.Sprintf("; phát lại %s lần (không tính)", pad(b.Repeats))
		}
		out = append(out, s+".")
	}
	for _, c := range r.Columns {
		out = append(out, fmt.Sprintf("%s đã thực hiện %s kỳ chuyên mục (nhiệm vụ %s; chỉ tiêu các kỳ trong báo cáo: %s) và đăng %s tin, bài về CCHC.",
			viet.Capital(c.OwnerName), pad(c.Counted), c.Quota, pad(c.Wanted), pad(c.Items)))
	}
	for _, g := range r.Regulars {
		switch {
		case g.Each:
			s := fmt.Sprintf("%d/%d cơ quan, đơn vị đủ dữ liệu có tin, bài về CCHC trong kỳ (nhiệm vụ %s)", g.With, g.Binding, g.Quota)
			if len(g.Unknown) > 0 {
				s += fmt.Sprintf("; %s cơ quan, đơn vị chưa đủ dữ liệu", pad(len(g.Unknown)))
			}
			out = append(out, s+".")
		case len(g.PerOwner) > 0:
			s := fmt.Sprintf("%s đăng %s tin, bài về CCHC (nhiệm vụ %s)", viet.Capital(g.PerOwner[0].Name), pad(g.Pieces), g.Quota)
			if g.PerOwner[0].Unknown {
				s += "; chưa đủ dữ liệu"
			} else if g.Longest != nil {
				s += ", khoảng trống dài nhất " + gapWords(g.Longest)
			}
			out = append(out, s+".")
		}
	}
	for _, d := range r.Deadlines {
		out = append(out, fmt.Sprintf("Nhiệm vụ %s (%s): đã hoàn thành %d/%d; chậm %d; chưa ghi nhận %d; chưa đến hạn %d; chưa đủ dữ liệu %d.",
			d.Quota, d.Title, len(d.Done), d.Total, len(d.Late), len(d.Missing), len(d.NotDue), len(d.Unknown)))
	}
	out = append(out, fmt.Sprintf("Đối với chỉ tiêu của kế hoạch: %d lượt đánh giá đạt, %d chưa đạt (đã có người xác nhận), %d đề nghị rà soát, %d chưa đủ dữ liệu để đánh giá.",
		r.ByPlan.Met, r.ByPlan.Missed, r.ByPlan.ToReview, r.ByPlan.Insufficient))
	if r.Reference.Total() > 0 {
		out = append(out, fmt.Sprintf("Đối với mức tham chiếu (phục vụ theo dõi, không phải chỉ tiêu): %d lượt đạt, %d thấp hơn mức tham chiếu, %d chưa đủ dữ liệu.",
			r.Reference.Met, r.Reference.Below(), r.Reference.Insufficient))
	}
	return out
}
