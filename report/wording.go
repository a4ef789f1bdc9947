package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/viet"
)

// passage is one section of a paper: what is generated, and what the officer adds.
type passage struct {
	ID    string // "truyen-hinh"; notes are kept by it
	Title string
	Lines []string
	Note  []string // paragraphs of the officer's own
}

// Passages lists the sections of a paper for who writes notes to them: id and title, those without text too.
func (r Report) Passages(p Paper) [][2]string {
	var out [][2]string
	for _, x := range r.as(p).wording() {
		out = append(out, [2]string{x.ID, x.Title})
	}
	return out
}

// wording are the sections of the report's paper, with the officer's notes; sections without text and notes come too.
func (r Report) wording() []passage {
	var out []passage
	switch r.Paper {
	case Supply:
		out = r.supply()
	case Account:
		out = r.account()
	default:
		out = r.internal()
	}
	for i := range out {
		for _, n := range r.Notes {
			if n.Section == out[i].ID {
				out[i].Note = append(out[i].Note, strings.FieldsFunc(n.Text, func(c rune) bool { return c == '\n' || c == '\r' })...)
			}
		}
	}
	return out
}

// filled drops sections without text and notes: a paper has no empty ones.
func filled(all []passage) []passage {
	return slices.DeleteFunc(all, func(p passage) bool { return len(p.Lines)+len(p.Note) == 0 })
}

// supply are the figures for Sở Nội vụ, in the order in which reports on reform tell of communication: on air, in the press, on
// portals and sites, in other forms.
func (r Report) supply() []passage {
	all, lacks := r.judged()
	return []passage{
		{ID: "phat-song", Title: "Tuyên truyền trên sóng phát thanh, truyền hình", Lines: r.onAir()},
		{ID: "bao-chi", Title: "Tuyên truyền trên báo", Lines: r.inPress()},
		{ID: "trang-tin", Title: "Tuyên truyền trên cổng, trang thông tin điện tử", Lines: r.onSites()},
		{ID: "hinh-thuc-khac", Title: "Hình thức khác", Lines: r.otherwise()},
		{ID: "noi-dung", Title: "Nội dung tuyên truyền", Lines: r.subjects()},
		{ID: "danh-gia", Title: "Đánh giá chung", Lines: slices.Concat(all, lacks, r.improve())},
		{ID: "du-lieu", Title: "Tình trạng dữ liệu", Lines: r.trust()},
	}
}

// account is the department's own duties; the report holds no others by then.
func (r Report) account() []passage {
	var did []string
	for _, d := range r.Duties {
		if line := d.sentence(); line != "" {
			did = append(did, line)
		}
	}
	all, lacks := r.judged()
	return []passage{
		{ID: "ket-qua", Title: "Kết quả thực hiện nhiệm vụ được giao", Lines: append(did, all...)},
		{ID: "ton-tai", Title: "Tồn tại, hạn chế", Lines: lacks},
		{ID: "phuong-huong", Title: "Phương hướng, nhiệm vụ"},
		{ID: "de-xuat", Title: "Đề xuất, kiến nghị", Lines: r.improve()},
	}
}

// sentence tells what came of one duty: «Đăng tin … (điểm c khoản 1 mục III): đạt 3; ghi nhận 04 tin, bài.»; "" if nothing yet.
func (d Duty) sentence() string {
	var t Tally
	pieces := 0
	for _, row := range d.told() {
		t.add(row)
		if !row.InProgress {
			pieces += len(row.Credits)
		}
	}
	s := "Nhiệm vụ «" + d.Title + "» (" + d.Place + "): "
	switch {
	case t.Total() == 0 && d.ToDate != nil:
		s += turnWords(d.Basis, *d.ToDate) + " (tính lũy kế)"
	case t.Total() == 0 && pieces > 0:
		s += fmt.Sprintf("ghi nhận %s %s", pad(pieces), unitWords(d.Kind, d.Unit))
	case t.Total() == 0:
		return ""
	default:
		s += turnWords(d.Basis, t)
		if pieces > 0 {
			s += fmt.Sprintf("; ghi nhận %s %s", pad(pieces), unitWords(d.Kind, d.Unit))
		}
	}
	return viet.Capital(s) + "."
}

// turnWords says a tally in a sentence: «02 lượt đạt mức tham chiếu, 08 lượt chưa đủ dữ liệu»; of one that is all there is, its state.
func turnWords(b schedule.Basis, t Tally) string {
	all := t.byState(b)
	if len(all) == 1 && all[0].n == 1 {
		return all[0].word
	}
	var out []string
	for _, x := range all {
		out = append(out, pad(x.n)+" lượt "+x.word)
	}
	return strings.Join(out, ", ")
}

// mark says whose number it is; every figure that is held against a level bears it.
func mark(b schedule.Basis, place string) string {
	if b == schedule.ByReference {
		return "mức tham chiếu"
	}
	return place
}

func (r Report) place(quota string) string {
	if d := r.duty(quota); d.Quota == quota {
		return d.Place
	}
	return quota
}

func (r Report) duty(quota string) Duty {
	for _, d := range r.Duties {
		if d.Quota == quota {
			return d
		}
	}
	return Duty{}
}

// onAir tells of stations: «Trong kỳ báo cáo, Đài … đã phát sóng mới 04 kỳ chuyên mục CCHC (đạt 4/4 tuần) …».
func (r Report) onAir() []string {
	var out []string
	for _, b := range r.Broadcasts {
		of := fmt.Sprintf("đạt %d/%d tuần", b.Tally.Met, b.Closed)
		for _, x := range []struct {
			n    int
			word string
		}{{b.Tally.Held, "đang trong thời hạn phản hồi"}, {b.Tally.Insufficient, "chưa đủ dữ liệu để đánh giá"}, {b.Tally.ToReview + b.Tally.Judge, "đề nghị rà soát"}, {b.Tally.Missed, "chưa đạt"}, {b.Tally.Exempt, "không đánh giá"}} {
			if x.n > 0 {
				of += fmt.Sprintf(", %s tuần %s", pad(x.n), x.word)
			}
		}
		of += "; " + mark(b.Basis, r.place(b.Quota))
		if b.FirstRuns == 0 {
			out = append(out, fmt.Sprintf("Trong kỳ báo cáo, chưa ghi nhận kỳ chuyên mục CCHC phát sóng mới nào của %s (%s).", b.OwnerName, of))
			continue
		}
		s := fmt.Sprintf("Trong kỳ báo cáo, %s đã phát sóng mới %s kỳ chuyên mục CCHC (%s), thời lượng trung vị %s/kỳ", b.OwnerName, pad(b.FirstRuns), of, viet.Duration(time.Duration(b.Median)*time.Second))
		if b.InWindow > 0 {
			s += fmt.Sprintf(", trong đó %s kỳ phát trong khung giờ có nhiều người theo dõi (mức tham chiếu)", pad(b.InWindow))
		}
		if b.Repeats > 0 {
			s += fmt.Sprintf("; phát lại %s lần (không tính)", pad(b.Repeats))
		}
		out = append(out, s+".")
	}
	if t := r.Radio; t != nil && t.Expected > 0 {
		s := fmt.Sprintf("Hệ thống truyền thanh cấp huyện, cấp xã: nhận %s/%s lượt phiếu, dữ liệu tháng", pad(t.Received), pad(t.Expected))
		if t.Received == 0 {
			s = fmt.Sprintf("Hệ thống truyền thanh cấp huyện, cấp xã: chưa nhận được phiếu, dữ liệu tháng nào trên tổng số %s lượt", pad(t.Expected))
		}
		if t.Bulletins > 0 {
			s += fmt.Sprintf("; %s tin, bài về CCHC (hệ thống thông tin nguồn ghi %s, tự khai %s)", pad(t.Bulletins), pad(t.System), pad(t.Declared))
		}
		out = append(out, s+".")
	}
	return append(out, r.regulars(func(g Regular, d Duty) bool {
		return d.Kind == "airing" || !g.Each && r.stations(d) || slices.ContainsFunc(d.Rows, func(x Row) bool { return x.Handed != nil })
	})...)
}

// stations reports whether a duty is of one that broadcasts: a station belongs to the press, but not to newspapers.
func (r Report) stations(d Duty) bool {
	return slices.ContainsFunc(d.Rows, func(x Row) bool {
		return slices.ContainsFunc(r.Broadcasts, func(b Broadcast) bool { return b.Owner == x.Owner })
	})
}

// inPress tells of newspapers: «Báo … đã thực hiện 02 kỳ chuyên mục CCHC (chỉ tiêu: 02 …) và đăng 15 tin, bài, ảnh về CCHC».
func (r Report) inPress() []string {
	var out []string
	for _, c := range r.Columns {
		level := fmt.Sprintf("chỉ tiêu: %s kỳ; %s", pad(c.Wanted), r.place(c.Quota))
		if c.Basis == schedule.ByReference {
			level = fmt.Sprintf("mức tham chiếu: %s kỳ", pad(c.Wanted))
		}
		switch {
		case c.Counted == 0 && c.Wanted == 0:
			continue
		case c.Counted == 0:
			out = append(out, fmt.Sprintf("Chưa ghi nhận kỳ chuyên mục CCHC nào của %s (%s); có %s tin, bài, ảnh về CCHC.", c.OwnerName, level, pad(c.Items)))
			continue
		}
		s := fmt.Sprintf("%s đã thực hiện %s kỳ chuyên mục CCHC (%s)", viet.Capital(c.OwnerName), pad(c.Counted), level)
		if c.Items > 0 {
			s += fmt.Sprintf(" và đăng %s tin, bài, ảnh về CCHC", pad(c.Items))
		}
		out = append(out, s+".")
	}
	return append(out, r.regulars(func(g Regular, d Duty) bool {
		return d.Level == media.Press && !g.Each && d.Kind != "airing" && !r.stations(d)
	})...)
}

// onSites tells of the portal and the agencies' sites.
func (r Report) onSites() []string {
	out := r.regulars(func(g Regular, d Duty) bool {
		return (g.Each || d.Level != media.Press) && !slices.ContainsFunc(d.Rows, func(x Row) bool { return x.Handed != nil }) && !attested(d)
	})
	for _, l := range r.Lags {
		switch {
		case l.Posted == 0 && l.NotPosted == 0:
			continue
		}
		s := fmt.Sprintf("%s công khai %s quyết định công bố thủ tục hành chính", viet.Capital(l.OwnerName), pad(l.Posted))
		if l.Median != nil {
			s += fmt.Sprintf(" (thời gian trung vị %s ngày làm việc kể từ ngày ký)", viet.Decimal(*l.Median))
		}
		if l.PostedOnly {
			s += "; tính trên số đã đăng"
		} else if l.NotPosted > 0 {
			s += fmt.Sprintf("; %s quyết định chưa thấy đăng", pad(l.NotPosted))
		}
		out = append(out, s+".")
	}
	for _, a := range r.Answers {
		if a.Asked == 0 {
			continue
		}
		s := fmt.Sprintf("%s tiếp nhận %s câu hỏi, đã trả lời %s", viet.Capital(a.OwnerName), pad(a.Asked), pad(a.Answered))
		if a.Over > 0 {
			s += fmt.Sprintf("; %s câu quá %d ngày làm việc (mức tham chiếu)", pad(a.Over), a.Max)
		}
		out = append(out, s+".")
	}
	return out
}

func attested(d Duty) bool {
	return d.Kind == "attested" || slices.ContainsFunc(d.Rows, func(x Row) bool {
		return slices.ContainsFunc(x.Credits, func(p Piece) bool { return p.Kind == media.EvAttestation })
	})
}

// regulars are the sentences of duties that hold «thường xuyên» or want a number, of those picked.
func (r Report) regulars(pick func(Regular, Duty) bool) []string {
	var out []string
	for _, g := range r.Regulars {
		d := r.duty(g.Quota)
		if !pick(g, d) {
			continue
		}
		unit := unitWords(g.Kind, g.Unit)
		switch {
		case g.Each && g.Binding > 0:
			s := fmt.Sprintf("%s: %s/%s cơ quan, đơn vị có %s về CCHC trong kỳ", g.Title, pad(g.With), pad(g.Binding), unit)
			if len(g.Unknown) > 0 {
				s += fmt.Sprintf("; %s cơ quan, đơn vị chưa đủ dữ liệu", pad(len(g.Unknown)))
			}
			if r.namesUnits() && len(g.Zero) > 0 {
				if named := r.mayName(d, g.Zero); len(named) > 0 {
					s += "; chưa ghi nhận: " + namesOf(named)
				}
			}
			out = append(out, viet.Capital(s)+" ("+mark(g.Basis, d.Place)+").")
		case g.Each:
			continue
		case g.Pieces > 0:
			verb := "đăng"
			if r.stations(d) {
				verb = "phát"
			}
			s := fmt.Sprintf("%s %s %s %s về CCHC", viet.Capital(g.PerOwner[0].Name), verb, pad(g.Pieces), unit)
			if g.Longest != nil && g.Kind == "regular" {
				s += ", khoảng trống dài nhất " + gapWords(g.Longest)
			}
			out = append(out, s+" ("+viet.Uncapital(d.Title)+"; "+mark(g.Basis, d.Place)+").")
		}
	}
	return out
}

func (r Report) namesUnits() bool { return !r.Paper.goesOut() || r.Shown.Units }

// mayName drops the units whose right of reply is not over.
func (r Report) mayName(d Duty, fs []ownerFigure) []ownerFigure {
	return slices.DeleteFunc(slices.Clone(fs), func(f ownerFigure) bool {
		return slices.ContainsFunc(d.Rows, func(x Row) bool { return x.Owner == f.Owner && has(x.Reasons, replyOpen) })
	})
}

// otherwise tells of papers, pages that have to be there, what is only counted, and what units attest to, added up.
func (r Report) otherwise() []string {
	var out []string
	for _, f := range r.Forms {
		var what []string
		for _, a := range media.Amounts() {
			if n := f.Amounts[a]; n > 0 {
				what = append(what, pad(n)+" "+strings.TrimPrefix(viet.Uncapital(viet.Amount(a)), "số "))
			}
		}
		s := fmt.Sprintf("%s: %s lượt do %s cơ quan, đơn vị báo cáo có minh chứng", f.Name, pad(f.Pieces), pad(f.Units))
		if len(what) > 0 {
			s += ", gồm " + strings.Join(what, ", ")
		}
		out = append(out, s+".")
	}
	for _, p := range r.Papers {
		if p.Each && p.Total > 0 {
			out = append(out, fmt.Sprintf("%s: %s/%s cơ quan, đơn vị đã gửi minh chứng (%s).", p.Title, pad(len(p.Received)), pad(p.Total), mark(p.Basis, r.place(p.Quota))))
		}
	}
	for _, d := range r.Deadlines {
		out = append(out, fmt.Sprintf("%s: đã ghi nhận %s/%s (%s).", viet.Capital(d.Title), pad(len(d.Done)+len(d.Late)), pad(d.Total), mark(d.Basis, r.place(d.Quota))))
	}
	for _, s := range r.Statistics {
		if s.Pieces > 0 {
			out = append(out, fmt.Sprintf("%s: %s %s của %s cơ quan, đơn vị (kế hoạch khuyến khích, chỉ thống kê).", s.Title, pad(s.Pieces), unitWords(s.Kind, s.Unit), pad(s.Owners)))
		}
	}
	return append(out, r.regulars(func(g Regular, d Duty) bool { return g.Each && attested(d) })...)
}

// subjects tells what the pieces were about.
func (r Report) subjects() []string {
	if r.Topics.Items == 0 {
		return nil
	}
	var had, none []string
	for _, t := range r.Topics.Counts {
		if t.Items > 0 {
			had = append(had, viet.Topic(t.Topic)+" "+pad(t.Items))
		} else {
			none = append(none, viet.Topic(t.Topic))
		}
	}
	out := []string{fmt.Sprintf("%s tin, bài về CCHC, theo nội dung (một tin, bài có thể thuộc nhiều nội dung): %s.", pad(r.Topics.Items), strings.Join(had, "; "))}
	if len(none) > 0 {
		out = append(out, "Chưa ghi nhận tin, bài về: "+strings.Join(none, "; ")+".")
	}
	return out
}

// judged is the standing as a whole, and what is not yet as it should be: «Còn 02 nhiệm vụ chưa đạt, 03 nhiệm vụ chưa đủ dữ liệu
// để đánh giá».
func (r Report) judged() (all, lacks []string) {
	var missed, review, unknown, held []string
	weak := 0
	for _, d := range r.Duties {
		if d.Basis != schedule.ByPlan {
			continue
		}
		t := d.Tally
		switch {
		case t.Missed > 0:
			missed = append(missed, viet.Uncapital(d.Title))
		case t.ToReview+t.Judge > 0:
			review = append(review, viet.Uncapital(d.Title))
		case t.Held > 0:
			held = append(held, viet.Uncapital(d.Title))
		case t.Insufficient > 0:
			unknown = append(unknown, viet.Uncapital(d.Title))
		}
		if total := t.Met + t.Missed; t.Missed > 0 && t.Met*2 < total {
			weak++
		}
	}
	t := r.ByPlan
	switch {
	case t.Total() == 0:
		all = []string{"Trong kỳ, chưa có lượt đánh giá nào theo chỉ tiêu của Kế hoạch."}
	case t.Met == t.Total():
		return []string{fmt.Sprintf("Đối với chỉ tiêu của Kế hoạch: %s lượt đánh giá đều đạt.", pad(t.Met))}, nil
	default:
		all = []string{fmt.Sprintf("Đối với chỉ tiêu của Kế hoạch: %s lượt đánh giá đạt trên tổng số %s lượt.", pad(t.Met), pad(t.Total()))}
	}
	if len(missed)+len(unknown)+len(review)+len(held) == 0 {
		return all, nil
	}
	var parts []string
	for _, x := range []struct {
		all  []string
		word string
	}{{missed, "chưa đạt"}, {review, "đề nghị rà soát"}, {held, "đang trong thời hạn phản hồi của đơn vị"}, {unknown, "chưa đủ dữ liệu để đánh giá"}} {
		if len(x.all) > 0 {
			parts = append(parts, fmt.Sprintf("%s nhiệm vụ %s", pad(len(x.all)), x.word))
		}
	}
	lacks = []string{"Còn " + strings.Join(parts, ", ") + "."}
	if weak > 0 {
		lacks = append(lacks, fmt.Sprintf("%s chỉ tiêu, nhiệm vụ đạt thấp (%s); đề nghị khẩn trương rà soát, kịp thời có giải pháp tháo gỡ.", pad(weak), strings.Join(missed, "; ")))
	}
	return all, lacks
}

// improve are near misses and recommendations, where they may be told.
func (r Report) improve() []string {
	var out []string
	for _, n := range r.Near {
		out = append(out, viet.Capital(n.Words())+".")
	}
	for _, x := range r.Recommendations {
		if x.Code == "near_miss" || x.Code == "queue" || x.Code == "sources" {
			continue // told above, or the department's own business
		}
		out = append(out, x.said()+".")
	}
	return out
}

// trust says how far the figures can be trusted.
func (r Report) trust() []string {
	d := r.Data
	out := []string{fmt.Sprintf("Theo dõi %s nguồn, đọc được %s nguồn ở lần truy cập gần nhất; %s tin, bài có ngày đăng trong kỳ, trong đó %s tin, bài về CCHC (phân loại tự động %s, có người xác nhận %s).",
		pad(d.Sources), pad(d.Reading), pad(d.Items), pad(d.Reform), pad(d.Auto), pad(d.Human))}
	var left []string
	for _, x := range []struct {
		n    int
		word string
	}{{len(d.Blind), "nguồn chưa thu thập được"}, {d.Queue, "tin, bài chờ duyệt"}, {d.NoLog, "kỳ thiếu nhật ký phát sóng"}, {d.NoList, "kỳ thiếu bảng kê, danh mục"}, {d.Exempt, "trường hợp không đánh giá theo văn bản"}} {
		if x.n > 0 {
			left = append(left, pad(x.n)+" "+x.word)
		}
	}
	if len(left) > 0 {
		out = append(out, "Còn "+strings.Join(left, "; ")+".")
	}
	if r.Audit.All.Checked > 0 {
		out = append(out, r.Audit.Words())
	}
	declared, observed := 0, 0
	for _, x := range r.Declared {
		declared += x.Declared
		observed += x.Observed
	}
	if len(r.Declared) > 0 {
		out = append(out, fmt.Sprintf("%s cơ quan, đơn vị khai %s tin, bài, hoạt động; hệ thống ghi nhận %s (hai số để cạnh nhau, không cộng).", pad(len(r.Declared)), pad(declared), pad(observed)))
	}
	return out
}

// repostLines tell who took over whose, one line who took over: «Cổng TTĐT tỉnh đăng lại 05 tin, bài: của Báo Mẫu 03, của …».
func (r Report) repostLines() []string {
	type taker struct {
		name string
		n    int
		from []string
	}
	var all []*taker
	at := map[string]*taker{}
	for _, x := range r.Reposts { // most first
		t := at[x.To]
		if t == nil {
			t = &taker{name: x.ToName}
			at[x.To], all = t, append(all, t)
		}
		t.n += x.Items
		t.from = append(t.from, "của "+x.FromName+" "+pad(x.Items))
	}
	slices.SortStableFunc(all, func(a, b *taker) int { return b.n - a.n })
	var out []string
	for i, t := range all {
		if i == 20 {
			return append(out, fmt.Sprintf("Và %s cơ quan, đơn vị khác.", pad(len(all)-i)))
		}
		if len(t.from) == 1 {
			out = append(out, fmt.Sprintf("%s đăng lại %s tin, bài của %s.", viet.Capital(t.name), pad(t.n), strings.TrimSuffix(strings.TrimPrefix(t.from[0], "của "), " "+pad(t.n))))
			continue
		}
		out = append(out, fmt.Sprintf("%s đăng lại %s tin, bài: %s.", viet.Capital(t.name), pad(t.n), strings.Join(t.from, ", ")))
	}
	return out
}

// internal is everything.
func (r Report) internal() []passage {
	var missed []string
	for _, d := range r.Duties {
		for _, row := range d.told() {
			if row.InProgress || row.State != schedule.Missed {
				continue
			}
			s := fmt.Sprintf("%s, %s, %s: %s", d.Quota, row.OwnerName, row.PeriodName, rowWord(d, row))
			if len(row.Reasons) > 0 {
				if why := viet.Reason(row.Reasons[0].Code, row.Reasons[0].Args); strings.HasPrefix(why, rowWord(d, row)+": ") { // the reason says the state itself
					s = strings.TrimSuffix(s, rowWord(d, row)) + why
				} else {
					s += " – " + why
				}
			}
			missed = append(missed, s+".")
		}
	}
	if n := len(missed); n > 40 {
		missed = append(missed[:40], fmt.Sprintf("và %d trường hợp khác, xem các biểu.", n-40))
	}
	var near, changes, reposts, advice []string
	for _, n := range r.Near {
		near = append(near, fmt.Sprintf("%s (nhiệm vụ %s).", viet.Capital(n.Words()), n.Quota))
	}
	for _, c := range r.Changes {
		s := fmt.Sprintf("Nhiệm vụ %s (%s): từ ngày %s %s thay cho %s", c.Quota, viet.Basis(string(c.Basis)), viet.Day(c.From), c.After, c.Before)
		if c.Note != "" {
			s += ", theo " + c.Note
		}
		if c.Actor != "" {
			s += " (" + c.Actor + ")"
		}
		changes = append(changes, s+".")
	}
	reposts = r.repostLines()
	for _, x := range r.Recommendations {
		advice = append(advice, x.said()+". Lý do: "+strings.Join(x.Why, "; ")+".")
	}
	return []passage{
		{ID: "tom-tat", Title: "Tóm tắt", Lines: r.summary(func(string) string { return "" })},
		{ID: "ra-soat", Title: "Chưa đạt, đề nghị rà soát", Lines: missed},
		{ID: "gan-dat", Title: "Các trường hợp gần đạt", Lines: near},
		{ID: "noi-dung", Title: "Nội dung tuyên truyền", Lines: r.subjects()},
		{ID: "hinh-thuc-khac", Title: "Hình thức khác (có minh chứng gửi đến)", Lines: r.otherwise()},
		{ID: "dang-lai", Title: "Đăng lại giữa các cơ quan", Lines: reposts},
		{ID: "muc-tham-chieu", Title: "Thay đổi chỉ tiêu, mức tham chiếu trong kỳ", Lines: changes},
		{ID: "khuyen-nghi", Title: "Khuyến nghị", Lines: advice},
		{ID: "du-lieu", Title: "Tình trạng dữ liệu", Lines: r.trust()},
	}
}
