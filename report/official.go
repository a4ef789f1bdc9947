package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// Paper is for whom a report is written (domain: «Bảng theo dõi tháng» for the department itself, «công văn» to Sở Nội vụ,
// «báo cáo» to the People's Committee).
type Paper string

const (
	Internal Paper = "bang-theo-doi" // everything, for the department itself
	Supply   Paper = "cong-van"      // figures supplied to Sở Nội vụ: what goes out by default
	Account  Paper = "bao-cao"       // the department's account of its own duties, to the People's Committee by way of Sở Nội vụ
)

// Papers lists them with their names for people, the internal one first.
func Papers() []PaperKind {
	return []PaperKind{
		{Internal, "Bảng theo dõi (nội bộ)", false},
		{Supply, "Công văn cung cấp số liệu, gửi Sở Nội vụ", true},
		{Account, "Báo cáo Ủy ban nhân dân tỉnh (qua Sở Nội vụ)", true},
	}
}

// goesOut reports whether a paper leaves the house.
func (p Paper) goesOut() bool { return p == Supply || p == Account }

// on is the report as the paper prints it: the one asked for, else what the format is for.
func (r Report) on(otherwise Paper) Report {
	return r.as(cmp.Or(r.Paper, otherwise))
}

// as is the report as one paper prints it.
func (r Report) as(p Paper) Report {
	if r.Paper = p; p.goesOut() {
		return r.outgoing()
	}
	return r
}

// PaperKind is one paper and its name for people.
type PaperKind struct {
	Name  Paper
	Label string
	Out   bool // it leaves the house: it gets a number, and people say what may stand on it
}

// Shown is what a person lets go out on a paper that leaves the house. Nothing of it does by itself.
type Shown struct {
	NearMisses      bool `json:"near_misses"`
	Recommendations bool `json:"recommendations"`
	Units           bool `json:"units"`      // lists of units; those that may still reply are not named even then
	Propaganda      bool `json:"propaganda"` // Ban Tuyên giáo Tỉnh ủy among Nơi nhận
}

// headRef is the letterhead of the report's period.
type headRef struct {
	Agency    string   `json:"agency"`
	Superior  string   `json:"superior"`
	Issuer    string   `json:"issuer"`
	Name      string   `json:"name"`
	Symbol    string   `json:"symbol"`
	Office    string   `json:"office,omitempty"`
	Place     string   `json:"place"`
	Signer    string   `json:"signer"`
	Home      string   `json:"home_affairs"`
	Governing string   `json:"governing"`
	Copies    []string `json:"copies,omitempty"`
	ReplyDays int      `json:"reply_working_days"`
}

// nearConditions are those of which a piece may be told to have missed by one alone: a change of length, hour or number would
// have made it count.
var nearConditions = []string{"min_minutes", "in_window", "distinct_days", "posted"}

// nearMiss is how many pieces of a duty failed one condition and no other.
type nearMiss struct {
	Quota     string          `json:"quota"`
	Title     string          `json:"title"`
	Condition string          `json:"condition"`
	Basis     schedule.Basis  `json:"basis"` // of the condition
	Count     int             `json:"count"`
	Pieces    []Piece         `json:"pieces"`
	Why       schedule.Reason `json:"why"` // of the first
}

// Words tells it in a sentence: «05 lần phát sóng có thời lượng dưới 15 phút, các điều kiện khác đã đáp ứng».
func (n nearMiss) Words() string {
	unit := "tin, bài"
	if len(n.Pieces) > 0 && n.Pieces[0].Kind == media.EvAiring {
		unit = "lần phát sóng"
	}
	head := pad(n.Count) + " " + unit + " "
	switch n.Condition {
	case "min_minutes":
		if minutes := whole(n.Why, "wanted"); minutes > 0 {
			return fmt.Sprintf("%scó thời lượng dưới %d phút, các điều kiện khác đã đáp ứng", head, minutes)
		}
		return head + "chưa đủ thời lượng, các điều kiện khác đã đáp ứng"
	case "in_window":
		return head + "ngoài khung giờ có nhiều người theo dõi (mức tham chiếu), các điều kiện khác đã đáp ứng"
	case "distinct_days":
		return head + "trùng ngày với kỳ đã tính, các điều kiện khác đã đáp ứng"
	case "posted":
		return head + "chưa ghi số, ký hiệu văn bản, các điều kiện khác đã đáp ứng"
	}
	return head + "chưa khớp một điều kiện (" + viet.Reason(n.Why.Code, n.Why.Args) + "), các điều kiện khác đã đáp ứng"
}

// nearMisses gathers them from what was rejected for rows that are told and counted here, each piece once a duty.
func (b builder) nearMisses(ds []Duty) []nearMiss {
	out := []nearMiss{}
	for _, d := range ds {
		at := map[string]int{}
		seen := map[string]bool{}
		for _, row := range d.told() {
			if row.InProgress || row.Statistics {
				continue
			}
			for _, x := range b.rejections[key{d.Quota, row.Owner, row.Period}] {
				if !x.Alone && !x.Near || !slices.Contains(nearConditions, x.Condition) || x.Awaiting || seen[x.Evidence.ID] || placed(x.Evidence).After(row.known(b.in.Evaluation.Now)) {
					continue
				}
				seen[x.Evidence.ID] = true
				i, ok := at[x.Condition]
				if !ok {
					i = len(out)
					at[x.Condition] = i
					out = append(out, nearMiss{Quota: d.Quota, Title: d.Title, Condition: x.Condition, Basis: x.Basis, Why: x.Reason, Pieces: []Piece{}})
				}
				out[i].Pieces = append(out[i].Pieces, piece(x.Evidence))
				out[i].Count++
			}
		}
	}
	return out
}

// repost is how many items one agency took over from another in the period.
type repost struct {
	From     string `json:"from"`
	FromName string `json:"from_name"`
	To       string `json:"to"`
	ToName   string `json:"to_name"`
	Items    int    `json:"items"`
}

// reposts is the map of who took over whose items about reform: copies whose first is known, most first.
func (r Report) reposts() []repost {
	count := map[[2]string]*repost{}
	for _, x := range r.Items {
		if x.Of == "" || !x.Dated || !x.Reform {
			continue
		}
		k := [2]string{x.Of, x.Agency}
		if count[k] == nil {
			count[k] = &repost{x.Of, x.OfName, x.Agency, x.Name, 0}
		}
		count[k].Items++
	}
	out := []repost{}
	for _, x := range count {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b repost) int {
		return cmp.Or(cmp.Compare(b.Items, a.Items), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out
}

// formSum is what units attest to have done in one form of communication (F6 to F11) in the period, added up.
type formSum struct {
	Form    string         `json:"form"`
	Name    string         `json:"name"`
	Pieces  int            `json:"pieces"`
	Units   int            `json:"units"`
	Amounts map[string]int `json:"amounts"`        // events, participants, copies, panels, posts
	Cost    int64          `json:"cost,omitempty"` // đồng
}

// attestedLine is what one unit attests to have done of a duty in one form in the period.
type attestedLine struct {
	Form    string         `json:"form"`
	Name    string         `json:"name"`
	Quota   string         `json:"quota"`
	Owner   string         `json:"owner"`
	Pieces  int            `json:"pieces"`
	Amounts map[string]int `json:"amounts"`
	Cost    int64          `json:"cost,omitempty"`
}

// attested lists what was accepted of hand-ins, with the name of its form; one that names none is of its duty's.
func (b builder) attested() []attestedLine {
	out := []attestedLine{}
	for _, h := range b.in.Amounts {
		x := attestedLine{Form: h.Form, Name: "Hình thức khác", Quota: h.Quota, Owner: h.Owner, Pieces: h.Pieces, Amounts: h.Amounts, Cost: h.Cost}
		for _, f := range b.in.Plan.Forms {
			if x.Form == "" && slices.Contains(f.Quotas, h.Quota) {
				x.Form = f.ID
			}
			if f.ID == x.Form {
				x.Name = f.Title
			}
		}
		out = append(out, x)
	}
	return out
}

// forms adds them up by form.
func (r Report) forms() []formSum {
	sums, units := map[string]*formSum{}, map[string]map[string]bool{}
	for _, h := range r.Attested {
		x := sums[h.Form]
		if x == nil {
			x = &formSum{Form: h.Form, Name: h.Name, Amounts: map[string]int{}}
			sums[h.Form], units[h.Form] = x, map[string]bool{}
		}
		x.Pieces += h.Pieces
		x.Cost += h.Cost
		units[h.Form][h.Owner] = true
		for k, n := range h.Amounts {
			x.Amounts[k] += n
		}
	}
	out := []formSum{}
	for _, id := range slices.Sorted(maps.Keys(sums)) {
		sums[id].Units = len(units[id])
		out = append(out, *sums[id])
	}
	return out
}

// levelChange is a number that was changed within the period.
type levelChange struct {
	Quota  string         `json:"quota"`
	Title  string         `json:"title"`
	Basis  schedule.Basis `json:"basis"`
	From   time.Time      `json:"from"` // day from which the new one holds
	Before string         `json:"before"`
	After  string         `json:"after"`
	Actor  string         `json:"actor,omitempty"`
	Note   string         `json:"basis_note,omitempty"`
}

// changes are the levels that were changed with effect within the period.
func (r Report) changes() []levelChange {
	out := []levelChange{}
	for _, d := range r.Duties {
		for i, w := range d.Was {
			if w.Until.Before(r.Period.Start) || !w.Until.Before(r.Period.End) {
				continue
			}
			after := d.Asks
			if i+1 < len(d.Was) {
				after = d.Was[i+1].Asks
			}
			if after != w.Asks {
				out = append(out, levelChange{d.Quota, d.Title, d.Basis, w.Until, w.Asks, after, w.Actor, w.Note})
			}
		}
	}
	return out
}

// replyOpen is the reason of a row that is short and whose unit may still reply: no paper that goes out names it.
const replyOpen = "reply_open"

// replyUntil is until when a unit may answer before it is named: the right of reply in working days, from the day on which its
// row could be known to be short, which is when the period was closed, or else ended.
func replyUntil(row Row, days int, cal calendar.Calendar) time.Time {
	from := row.End.Add(-time.Nanosecond)
	if row.Closed != nil && row.Closed.At.After(from) {
		from = row.Closed.At
	}
	return calendar.Day(cal.AddWorkingDays(calendar.Day(from), days)).AddDate(0, 0, 1)
}

// outgoing is the report as it may leave the house: a row that is short, unconfirmed or not, is told as waiting for its unit's
// reply while that may still come or is disputed; what stays internal is gone unless a person let it out. Figures are counted
// from what is left, so that no reader of a paper can find a unit by subtraction of lists.
func (r Report) outgoing() Report {
	cal := r.calendar()
	disputed := map[[2]string]bool{}
	for _, x := range r.Declared {
		if x.Open > 0 {
			disputed[[2]string{x.Owner, x.Period}] = true
		}
	}
	r.Duties, r.Broadcasts = slices.Clone(r.Duties), slices.Clone(r.Broadcasts) // the report that is asked stays as it is: it is printed in other formats too
	for i := range r.Duties {
		d := &r.Duties[i]
		d.Rows = d.told()       // of what is being tried nobody is told
		if r.Paper == Account { // of the department's own duties alone
			d.Rows = slices.DeleteFunc(d.Rows, func(x Row) bool { return x.Owner != r.Head.Agency })
			d.Pieces = slices.DeleteFunc(slices.Clone(d.Pieces), func(x pieceRef) bool { return x.Owner != r.Head.Agency })
		}
		for j := range d.Rows {
			row := &d.Rows[j]
			if row.State != schedule.Missed || r.Now.After(replyUntil(*row, r.Head.ReplyDays, cal)) && !disputed[[2]string{row.Owner, row.Period}] {
				continue
			}
			row.State, row.Confirmed = schedule.Open, false
			row.Reasons = append([]schedule.Reason{{Code: replyOpen, Args: map[string]any{"days": r.Head.ReplyDays}}}, row.Reasons...)
		}
	}
	if r.Paper == Account {
		r.Duties = slices.DeleteFunc(r.Duties, func(d Duty) bool { return len(d.Rows) == 0 })
		r.Broadcasts = slices.DeleteFunc(slices.Clone(r.Broadcasts), func(b Broadcast) bool { return b.Owner != r.Head.Agency })
		r.Near = slices.DeleteFunc(slices.Clone(r.Near), func(n nearMiss) bool { return r.duty(n.Quota).Quota == "" })
		r.Items = slices.DeleteFunc(slices.Clone(r.Items), func(x item) bool { return x.Agency != r.Head.Agency })
		r.Declared = slices.DeleteFunc(slices.Clone(r.Declared), func(x declaredRow) bool { return x.Owner != r.Head.Agency })
		r.Attested = slices.DeleteFunc(slices.Clone(r.Attested), func(x attestedLine) bool { return x.Owner != r.Head.Agency })
	}
	if !r.Shown.NearMisses {
		r.Near = []nearMiss{}
	}
	proposals := r.Proposals
	r.count()
	r.Proposals = proposals
	if !r.Shown.Recommendations {
		r.Recommendations = []recommendation{}
	}
	return r
}
