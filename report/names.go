package report

import (
	"fmt"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// Names puts names where a plan has ids. An id it does not know stays.
type Names struct {
	agencies, sources, columns, channels map[string]string
}

// NamesOf indexes a plan.
func NamesOf(p *schedule.Plan) Names {
	n := Names{map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}}
	for _, a := range p.Agencies {
		n.agencies[a.ID] = a.Name
		if a.Short != "" {
			n.agencies[a.ID] = a.Short
		}
	}
	for _, s := range p.Sources {
		n.sources[s.ID] = s.Name
	}
	for _, c := range p.Columns {
		n.columns[c.ID] = c.Name
	}
	for _, c := range p.Channels {
		n.channels[c.ID] = c.Name
		n.sources["log:"+c.ID] = "Nhật ký phát sóng " + c.Name
	}
	return n
}

func named(m map[string]string, id string) string {
	if s := m[id]; s != "" {
		return s
	}
	return id
}

// Agency is the short name of an agency.
func (n Names) Agency(id string) string { return named(n.agencies, id) }

// Source is the name of a source, or of a channel's log.
func (n Names) Source(id string) string { return named(n.sources, id) }

// Column is the name of a column.
func (n Names) Column(id string) string { return named(n.columns, id) }

// Channel is the name of a channel.
func (n Names) Channel(id string) string { return named(n.channels, id) }

// Copy says how a piece with this credit line stands to another that says the
// same; "" if none does.
func (n Names) Copy(c *media.Copy, credit string) string {
	if c == nil {
		return ""
	}
	return viet.SameText(c.Title, n.Agency(c.Agency), credit, c.Relation == "original", c.Certain, c.Others)
}

// Owner says in words who owes.
func (n Names) Owner(o schedule.Owner) string {
	if o.Agency != "" {
		return n.Agency(o.Agency)
	}
	var out []string
	for _, l := range o.Each {
		out = append(out, Level(l))
	}
	return strings.Join(out, "; ")
}

// Level names a level of agencies.
func Level(l media.Level) string { return viet.Level(string(l)) }

// Wanted says what a quota asks for: «ít nhất 02 kỳ chuyên mục, hằng tháng»,
// «trước ngày 31/01/2023».
func Wanted(q schedule.Quota) string {
	every := viet.Cadence(string(q.Cadence))
	switch {
	case onlyCounted(q) && q.Class == schedule.Proc, onlyCounted(q) && q.Kind == "attested":
		return "nếu có; chỉ thống kê, " + every
	case onlyCounted(q):
		return "khuyến khích; chỉ thống kê, " + every
	case q.Kind == "deadline" || !q.Deadline.IsZero():
		s := "trước ngày " + viet.Day(q.Deadline)
		if q.Wanted > 1 {
			s = "ít nhất " + pad(q.Wanted) + " văn bản " + s
		}
		return s
	case q.Kind == "lag":
		return "đăng trong " + pad(q.MaxLag.Value) + " ngày làm việc kể từ ngày ký; xét " + every
	case q.Kind == "availability":
		s := "truy cập được ít nhất " + viet.Number(q.Share.Value) + "% thời gian"
		if q.Hours[0] != q.Hours[1] {
			s += " từ " + clock(q.Hours[0]) + " đến " + clock(q.Hours[1])
		}
		return s + ", " + every
	case q.Kind == "exists":
		s := "trang, mục có mặt; xét " + every
		if q.Alive.Value > 0 {
			s += "; tin, bài mới nhất không quá " + viet.Number(q.Alive.Value) + " ngày"
		}
		return s
	}
	unit := unitWords(q.Kind, unitOf(q.Kind))
	s := "ít nhất " + pad(q.Wanted) + " " + unit + ", " + every
	if q.Kind == "instalments" && (q.Reading == "R2" || q.Reading == "R3") {
		s += " (cách đọc " + q.Reading + ")"
	}
	if q.MaxGap > 0 {
		s += "; khoảng trống không quá " + viet.Number(q.MaxGap) + " ngày"
	}
	if q.MaxLag.Value > 0 {
		s += "; mỗi câu trong " + pad(q.MaxLag.Value) + " ngày làm việc"
	}
	if q.DueDays > 0 {
		s += "; nhận đến hết " + pad(q.DueDays) + " ngày sau kỳ"
	}
	return s
}

// clock is a minute of the day as people write it: 06h00.
func clock(minute int) string { return fmt.Sprintf("%02dh%02d", minute/60, minute%60) }

// unitOf is what a kind of quota counts, where no standing says.
func unitOf(kind string) string {
	switch kind {
	case "airing":
		return "airings"
	case "instalments":
		return "instalments"
	case "deadline", "lag", "attested":
		return "documents"
	case "exists":
		return "pages"
	case "answered":
		return "answers"
	case "availability":
		return "percent"
	}
	return "items"
}

// unitWords is what a duty of a kind counts: a paper handed in for a number of
// pieces is a piece of evidence, not a document issued.
func unitWords(kind, unit string) string {
	if unit == "documents" && (kind == "count" || kind == "attested" || kind == "encouraged" || kind == "regular") {
		return "minh chứng"
	}
	return viet.Unit(unit)
}

// Reason is the sentence for a reason, with names in the place of ids, with a
// capital and without a full stop.
func (n Names) Reason(r schedule.Reason) string {
	return viet.Capital(viet.Reason(r.Code, n.args(r)))
}

// args are a reason's arguments with names in the place of ids.
func (n Names) args(r schedule.Reason) map[string]any {
	args := map[string]any{}
	for k, v := range r.Args {
		id, _ := v.(string)
		switch {
		case id == "":
		case k == "source":
			v = n.Source(id)
		case k == "owner":
			v = n.Agency(id)
		case k == "channel":
			v = n.Channel(id)
		case k == "column":
			v = n.Column(id)
		}
		args[k] = v
	}
	return args
}

// Gain says what an answer would change: for which duty, whose and when, how
// much is missing, and until when it can be saved.
func (n Names) Gain(g schedule.Gain) string {
	period := g.Period
	if p, err := calendar.Parse(g.Period); err == nil {
		period = p.Name()
	}
	duty := fmt.Sprintf("%s %s, %s", g.Quota, n.Agency(g.Owner), period)
	due := "hạn " + viet.Day(g.Due.Add(-time.Microsecond).In(calendar.Zone))
	if g.Over {
		due = "kỳ đã qua, chưa chốt"
	}
	switch {
	case g.Counted:
		return fmt.Sprintf("Đang tạm tính cho %s: nếu loại thì thiếu %d; %s", duty, g.Missing, due)
	case g.Missing == 1:
		return fmt.Sprintf("Nếu duyệt: %s còn thiếu 1, sẽ đủ; %s", duty, due)
	}
	return fmt.Sprintf("Nếu duyệt: %s còn thiếu %d, sẽ thiếu %d; %s", duty, g.Missing, g.Missing-1, due)
}
