package report

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// figure is one number or condition of a quota in words, with its basis: the
// two bases are never shown alike.
type figure struct {
	basis schedule.Basis
	words string
}

func basisWords(b schedule.Basis) string {
	return viet.Basis(string(cmp.Or(b, schedule.ByPlan)))
}

// planUnit is what a quota counts, as its own words go: what can only be handed
// in is counted by the piece of evidence.
func planUnit(q schedule.Quota) string {
	switch q.Kind {
	case "airing", "instalments", "deadline":
		return viet.Unit(unitOf(q.Kind))
	case "exists":
		return viet.Unit("pages")
	case "answered":
		return viet.Unit("answers")
	case "attested":
		return "minh chứng"
	}
	for _, kind := range schedule.Asked(q) {
		if kind == media.EvAiring {
			return viet.Unit("airings")
		}
		return viet.Unit("items")
	}
	return "minh chứng"
}

// numbers are the numbers that a quota is held against, conditions apart.
func numbers(q schedule.Quota) []figure {
	var out []figure
	add := func(b schedule.Basis, format string, a ...any) {
		out = append(out, figure{b, fmt.Sprintf(format, a...)})
	}
	main := cmp.Or(q.WantedBasis, q.Basis)
	switch {
	case !q.Deadline.IsZero():
		add(main, "%s văn bản, ban hành trước ngày %s (ngày cuối còn kịp là %s)", pad(max(q.Wanted, 1)), viet.Day(q.Deadline), viet.Day(q.Deadline.Add(-time.Nanosecond)))
	case q.Kind == "exists":
		add(main, "%s có mặt, dò %s", planUnit(q), viet.Cadence(string(q.Cadence)))
	case q.Wanted > 0:
		add(main, "ít nhất %s %s, %s", pad(q.Wanted), planUnit(q), viet.Cadence(string(q.Cadence)))
	}
	if q.MaxGap > 0 {
		add(cmp.Or(q.MaxGapBasis, q.Basis), "khoảng trống dài nhất không quá %d ngày", q.MaxGap)
	}
	switch {
	case q.MaxLag.Value > 0 && q.Kind == "answered":
		add(q.MaxLag.Basis, "mỗi câu trả lời trong %d ngày làm việc kể từ ngày hỏi", q.MaxLag.Value)
	case q.MaxLag.Value > 0:
		add(q.MaxLag.Basis, "đăng trong %d ngày làm việc kể từ ngày ký", q.MaxLag.Value)
	}
	if q.Alive.Value > 0 {
		add(q.Alive.Basis, "tin, bài mới nhất không quá %d ngày", q.Alive.Value)
	}
	if q.Share.Value > 0 {
		add(q.Share.Basis, "truy cập được ít nhất %d%% thời gian %s", q.Share.Value, hours(q.Hours))
	}
	for _, s := range q.Shares {
		add(s.Basis, "%s", shareWords(s))
	}
	if q.DueDays > 0 {
		add(schedule.ByReference, "văn bản còn được nhận đến hết %d ngày sau kỳ", q.DueDays)
	}
	if q.MakeGood > 0 {
		add(schedule.ByReference, "còn được thực hiện bù trong %d ngày sau kỳ", q.MakeGood)
	}
	if q.AgreedGood != "" {
		add(q.AgreedBasis, "%s", madeGoodWords(q.AgreedGood))
	}
	if q.Carry > 0 {
		add(schedule.ByReference, "phần dư của %d ngày trước kỳ được tính chuyển sang", q.Carry)
	}
	if q.Tolerance > 0 {
		add(schedule.ByReference, "thiếu không quá %d giây thì đưa ra để người xem, không bao giờ tự tính là đủ", q.Tolerance)
	}
	return out
}

// unnumbered says why a quota has no number, "" if it has one.
func unnumbered(q schedule.Quota) string {
	switch {
	case brief(q, schedule.ByPlan)+brief(q, schedule.ByReference) != "":
		return ""
	case q.Class == schedule.Enc:
		return "không đặt mức: khuyến khích, chỉ thống kê, không bao giờ tính thiếu"
	}
	return "không đặt mức: có phát sinh thì ghi nhận, không có thì không thiếu"
}

// conditions are what makes a piece count, each with its own basis.
func (n Names) conditions(q schedule.Quota) []figure {
	var out []figure
	for _, c := range q.Conditions {
		out = append(out, figure{c.Basis, n.condition(c)})
	}
	return out
}

func (n Names) condition(c schedule.Condition) string {
	words := c.Name
	for _, row := range schedule.Conditions() {
		if row.Name == c.Name {
			words = row.Doc
		}
	}
	if c.Name == "min_minutes" {
		return fmt.Sprintf("mỗi lần phát sóng dài ít nhất %d phút, không cộng dồn", c.Value)
	}
	if list := n.Listed(c); len(list) > 0 {
		words = strings.TrimSuffix(words, " trong danh sách") + " «" + strings.Join(list, "», «") + "»"
	}
	return words
}

// Listed is what the list of a condition holds, in words.
func (n Names) Listed(c schedule.Condition) []string {
	word := func(id string) string { return id }
	for _, row := range schedule.Conditions() {
		if row.Name != c.Name {
			continue
		}
		switch row.Holds {
		case schedule.HoldsColumns:
			word = n.Column
		case schedule.HoldsTopics:
			word = viet.Topic
		case schedule.HoldsTones:
			word = viet.SegmentTone
		case schedule.HoldsLanguages:
			word = viet.Language
		case schedule.HoldsMediums:
			word = viet.Medium
		}
	}
	var out []string
	for _, id := range c.List {
		out = append(out, word(id))
	}
	if c.Name == "segment_topic" && len(out) == len(media.Topics()) {
		return []string{"cải cách hành chính (mọi chủ đề)"}
	}
	return out
}

func hours(h [2]int) string {
	if h[0] == h[1] {
		return "cả ngày"
	}
	clock := func(m int) string { return fmt.Sprintf("%02dh%02d", m/60, m%60) }
	return "từ " + clock(h[0]) + " đến " + clock(h[1])
}

func shareWords(s schedule.ShareRule) string {
	of := map[string]string{"repost": "tin, bài đăng lại", "repeat": "lần phát lại"}[s.Of]
	bound := map[string]string{"at_most": "nhiều nhất", "at_least": "ít nhất"}[s.Bound]
	return fmt.Sprintf("%s chiếm %s %d%%", cmp.Or(of, s.Of), cmp.Or(bound, s.Bound), s.Percent)
}

// classWords says what sort of duty a class is.
func classWords(c schedule.Class) string {
	switch c {
	case schedule.Hard:
		return "có số lượng của chính kế hoạch"
	case schedule.OnceClass:
		return "làm một lần, có thời hạn hoặc phải có mặt"
	case schedule.Reg:
		return "thường xuyên"
	case schedule.Proc:
		return "việc trong nội bộ, theo minh chứng của cơ quan"
	case schedule.Enc:
		return "khuyến khích, không bao giờ tính thiếu"
	}
	return string(c)
}

func crawlWords(c string) string {
	switch c {
	case "yes":
		return "thu thập tự động được"
	case "partly":
		return "thu thập tự động được một phần"
	case "no":
		return "không thu thập tự động được"
	}
	return c
}

func readingWords(r string) string {
	switch r {
	case "", "R1":
		return "R1: số ngày khác nhau có tin, bài của chuyên mục"
	case "R2":
		return "R2: số tin, bài của chuyên mục"
	case "R3":
		return "R3: số chuyên mục khác nhau"
	}
	return r
}

func repeatsWords(r string) string {
	switch r {
	case "all":
		return "mỗi lần phát, kể cả phát lại, đều tính"
	case "never":
		return "phát lại không bao giờ tính"
	}
	return "cùng một chương trình chỉ tính một lần"
}

func kindWords(name string) string {
	for _, k := range schedule.Kinds() {
		if k.Name == name {
			return k.Doc
		}
	}
	return name
}

// spanWords names whole days, the last one counting: To of a span does not.
func spanWords(from, to time.Time) string {
	var out []string
	if !from.IsZero() {
		out = append(out, "từ ngày "+viet.Day(from))
	}
	if !to.IsZero() {
		out = append(out, "đến hết ngày "+viet.Day(to.Add(-time.Nanosecond)))
	}
	return strings.Join(out, " ")
}

func (n Names) windowWords(w schedule.Window) string {
	out := viet.Medium(w.Medium)
	switch {
	case w.Channel != "":
		out += ", riêng kênh " + n.Channel(w.Channel)
	case w.Agency != "":
		out += ", riêng " + n.Agency(w.Agency)
	}
	out += " " + hours([2]int{w.FromMinute, w.ToMinute})
	if span := spanWords(w.From, w.To); span != "" {
		out += ", " + span
	}
	return out
}

func (n Names) retentionWords(r schedule.Retention) string {
	out := fmt.Sprintf("%s lưu bản ghi %d ngày, nhắc từ ngày thứ %d", n.Agency(r.Agency), r.Days, r.Notice)
	if span := spanWords(r.From, r.To); span != "" {
		out += ", " + span
	}
	return out + " (" + r.Basis + ")"
}

func (n Names) tellWords(t schedule.Tell) []string {
	var out []string
	if t.Officer != "" {
		out = append(out, n.Agency(t.Officer)+" được báo, và cho gửi cho cơ quan báo chí")
	}
	if t.Reminders != "" {
		out = append(out, n.Agency(t.Reminders)+" đứng tên và cho gửi tổng hợp tháng nhắc các sở, huyện, xã")
	}
	return out
}

// quotes groups what is quoted by line: «dòng 145: «…»; «…»».
func quotes(cs []schedule.Clause) []string {
	var out []string
	for i, c := range cs {
		if i > 0 && cs[i-1].Line == c.Line {
			out[len(out)-1] += "; «" + c.Words() + "»"
			continue
		}
		out = append(out, fmt.Sprintf("dòng %d: «%s»", c.Line, c.Words()))
	}
	return out
}

func contentWords(c schedule.Content) string {
	var of []string
	for _, t := range c.Topics {
		of = append(of, viet.Topic(t))
	}
	if c.Facet != "" {
		of = append(of, c.Facet)
	}
	of = append(of, c.Documents...)
	return quotes([]schedule.Clause{c.Clause})[0] + " (" + strings.Join(of, "; ") + ")"
}

// documentWords tells a document, and whether the plan's own contents name it.
func documentWords(p *schedule.Plan, d schedule.Document) string {
	s := d.Number + " ngày " + viet.Day(d.Date) + ": " + d.Name
	if slices.ContainsFunc(p.New(), func(o schedule.Document) bool { return o.Number == d.Number }) {
		s += " (văn bản mới)"
	}
	return s
}

// madeGoodWords says what an agreed make-good does to the missed period.
func madeGoodWords(p schedule.MadeGood) string {
	switch p {
	case schedule.MadeGoodNone:
		return "không áp dụng phát bù"
	case schedule.MadeGoodRepairs:
		return "phát bù đã thống nhất, có minh chứng thì tính cho kỳ chưa đạt"
	}
	return "phát bù đã thống nhất thì ghi chú, kỳ chưa đạt vẫn là chưa đạt"
}

// labels name the fields of a plan's head and of its parts.
func labels() map[string]string {
	return map[string]string{
		"plan.ID": "mã kế hoạch", "plan.Province": "mã tỉnh", "plan.Year": "năm", "plan.Number": "số, ký hiệu", "plan.Title": "tên kế hoạch",
		"plan.Issuer": "cơ quan ban hành", "plan.Issued": "ngày ban hành", "plan.From": "hiệu lực từ ngày", "plan.To": "hiệu lực đến trước ngày", "plan.Sample": "dữ liệu mẫu",
		"plan.Tell": "ai được báo", "plan.Closing": "các ngày của phiên chốt kỳ (mức tham chiếu)", "plan.Effective": "bản này áp dụng từ ngày", "plan.ProvinceName": "tên tỉnh", "plan.AgenciesAsOf": "danh sách cơ quan của ngày", "plan.AgenciesBasis": "căn cứ của danh sách cơ quan", "plan.Communes": "số xã, phường, thị trấn của tỉnh",
		"retention.Agency": "cơ quan", "retention.Days": "số ngày lưu", "retention.Notice": "nhắc từ ngày thứ", "retention.From": "từ ngày", "retention.To": "đến trước ngày", "retention.Basis": "căn cứ",
		"letterhead.Agency": "cơ quan", "letterhead.From": "từ ngày", "letterhead.To": "đến trước ngày", "letterhead.Superior": "cơ quan chủ quản", "letterhead.Issuer": "tên cơ quan ban hành", "letterhead.Name": "tên trong câu",
		"letterhead.Symbol": "ký hiệu", "letterhead.Office": "đơn vị soạn thảo", "letterhead.Place": "địa danh", "letterhead.Signer": "người ký", "letterhead.Home": "cơ quan tổng hợp", "letterhead.Governing": "nơi nhận báo cáo",
		"letterhead.Copies": "nơi nhận thêm", "letterhead.ReplyDays": "thời hạn phản hồi, ngày làm việc", "letterhead.Basis": "căn cứ",
		"quota.ID": "mã", "quota.Title": "nhiệm vụ", "quota.Wants": "minh chứng cần có", "quota.Crawl": "thu thập", "quota.Class": "loại", "quota.Kind": "cách đếm",
		"quota.Basis": "tính chất của mức chính", "quota.Owner": "cơ quan thực hiện", "quota.Coordinate": "cơ quan phối hợp", "quota.Cadence": "tần suất",
		"quota.Clauses": "câu trích", "quota.Place": "căn cứ", "quota.From": "áp dụng từ ngày", "quota.To": "áp dụng đến trước ngày",
		"quota.Wanted": "số lượng tối thiểu trong kỳ", "quota.WantedBasis": "tính chất của số lượng tối thiểu", "quota.Conditions": "điều kiện",
		"quota.MaxGap": "khoảng trống dài nhất, ngày", "quota.MaxGapBasis": "tính chất của khoảng trống dài nhất", "quota.Deadline": "thời hạn: trước ngày",
		"quota.Streams": "luồng tin phải thấy", "quota.Channels": "kênh phải có nhật ký", "quota.Attestable": "nhận minh chứng được nộp", "quota.Letters": "văn bản là minh chứng khi có số",
		"quota.LeadDays": "số ngày làm việc để làm ra một kỳ", "quota.WarnDays": "số ngày làm việc báo sớm trước khi không còn kịp", "quota.Basisnote": "ghi chú về mức", "quota.MaxLag": "thời gian lâu nhất, ngày làm việc",
		"quota.Alive": "tuổi của tin, bài mới nhất, ngày", "quota.Share": "độ sẵn sàng, phần trăm", "quota.Hours": "giờ theo dõi", "quota.Watch": "theo dõi trang của",
		"quota.DueDays": "số ngày sau kỳ còn nhận văn bản", "quota.Print": "báo in cũng tính", "quota.Reading": "cách đọc", "quota.Repeats": "phát lại",
		"quota.EachOn": "mỗi kênh tính riêng", "quota.Shares": "tỷ lệ", "quota.MakeGood": "số ngày còn được thực hiện bù", "quota.Carry": "số ngày được tính chuyển từ kỳ trước",
		"quota.AgreedGood": "phát bù đã thống nhất được tính thế nào", "quota.AgreedBasis": "tính chất của cách tính phát bù",
		"quota.Tolerance": "số giây thiếu được đưa ra xem xét", "quota.Agreement": "văn bản thống nhất mức tham chiếu", "quota.Shadow": "theo dõi thử", "quota.Was": "các lần điều chỉnh trước",
		"form.ID": "mã", "form.Title": "hình thức", "form.Clauses": "câu trích", "form.Quotas": "nhiệm vụ", "content.Line": "dòng", "content.Shown": "chữ để đọc",
		"content.Topics": "chủ đề", "content.Facet": "mặt", "content.Documents": "văn bản", "not_duty.Line": "dòng", "not_duty.Shown": "chữ để đọc", "not_duty.Why": "vì sao",
		"document.Number": "số, ký hiệu", "document.Date": "ngày ban hành", "document.Name": "tên văn bản",
	}
}

// fieldWords says the value of a field, as a list where it is one. q is the
// quota that has it, if it is a quota's.
func (n Names) fieldWords(field string, v any, q *schedule.Quota) []string {
	level := func(value int, b schedule.Basis) []string {
		if value == 0 && field != "Wanted" {
			return nil
		}
		return []string{viet.Number(value) + " (" + basisWords(b) + ")"}
	}
	switch x := v.(type) {
	case schedule.Basis:
		return []string{basisWords(x)}
	case schedule.MadeGood:
		if x == "" {
			return nil
		}
		return []string{madeGoodWords(x)}
	case schedule.Class:
		return []string{classWords(x)}
	case schedule.Owner:
		return []string{n.Owner(x)}
	case schedule.Level:
		return level(x.Value, x.Basis)
	case schedule.Span:
		return []string{spanWords(x.From, x.To)}
	case schedule.SessionDays:
		if x == (schedule.SessionDays{}) {
			x = schedule.UsualSessionDays()
		}
		return []string{fmt.Sprintf("đơn vị gửi ngày %d, tổng hợp từ ngày %d đến ngày %d, gửi ngày %d", x.Units, x.From, x.To, x.Sent)}
	case calendar.Cadence:
		return []string{viet.Cadence(string(x))}
	case time.Time:
		if x.IsZero() {
			return nil
		}
		return []string{viet.Day(x)}
	case bool:
		return []string{map[bool]string{true: "có", false: "không"}[x]}
	case [2]int:
		return []string{hours(x)}
	case []schedule.Clause:
		var out []string
		for _, c := range x {
			out = append(out, quotes([]schedule.Clause{c})...)
		}
		return out
	case []schedule.Condition:
		var out []string
		for _, c := range x {
			out = append(out, n.condition(c)+" ("+conditionBasis(c.Basis)+")")
		}
		return out
	case []schedule.ShareRule:
		var out []string
		for _, s := range x {
			out = append(out, shareWords(s)+" ("+basisWords(s.Basis)+")")
		}
		return out
	case []media.Level:
		var out []string
		for _, l := range x {
			out = append(out, Level(l))
		}
		return out
	case []schedule.Was:
		return []string{fmt.Sprintf("%d lần", len(x))}
	case []string:
		var out []string
		for _, s := range x {
			switch field {
			case "Coordinate":
				s = n.Agency(s)
			case "Channels":
				s = n.Channel(s)
			case "Topics":
				s = viet.Topic(s)
			}
			out = append(out, s)
		}
		return out
	case string:
		return n.stringWords(field, x)
	case int:
		switch {
		case q != nil && field == "Wanted":
			return level(x, cmp.Or(q.WantedBasis, q.Basis))
		case q != nil && field == "MaxGap":
			return level(x, cmp.Or(q.MaxGapBasis, q.Basis))
		case field == "Year" || field == "Line":
			return []string{fmt.Sprint(x)}
		}
		return []string{viet.Number(x)}
	}
	if r := reflect.ValueOf(v); r.IsValid() && r.Kind() == reflect.Slice {
		return []string{fmt.Sprintf("%d mục", r.Len())}
	}
	return []string{fmt.Sprint(v)}
}

func (n Names) stringWords(field, s string) []string {
	switch field {
	case "Crawl":
		s = crawlWords(s)
	case "Kind":
		s = kindWords(s)
	case "Reading":
		s = readingWords(s)
	case "Repeats":
		s = repeatsWords(s)
	}
	if s == "" {
		return nil
	}
	return []string{s}
}

// conditionBasis names the basis of a condition: the plan's own words are no
// number, so they are not called a target.
func conditionBasis(b schedule.Basis) string {
	if cmp.Or(b, schedule.ByPlan) == schedule.ByPlan {
		return "theo chữ của kế hoạch"
	}
	return basisWords(b)
}
