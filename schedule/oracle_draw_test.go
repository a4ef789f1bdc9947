package schedule_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// scene is everything Match is asked with.
type scene struct {
	p   *schedule.Plan
	ev  []media.Evidence
	ds  []schedule.Decision
	cal *calendar.Calendar
}

// hand draws scenes. One seed gives one scene.
type hand struct {
	*rand.Rand
	days  []time.Time // few, so that pieces collide
	made  map[string]bool
	dense bool // few quotas and many good pieces: what counts where is the question
}

func drawScene(seed uint64) scene {
	h := hand{Rand: rand.New(rand.NewPCG(seed, 20230106)), made: map[string]bool{}}
	h.dense = h.oneIn(3)
	for range h.between(3, 14) {
		h.days = append(h.days, day(2023, 1, 2+h.IntN(63)))
	}
	s := scene{p: h.plan(), cal: &calendar.Calendar{Off: map[string]string{"2023-01-02": "Nghỉ bù"}, Years: []int{2023}}}
	for d := 20; d <= 26; d++ {
		s.cal.Off[fmt.Sprintf("2023-01-%02d", d)] = "Tết Nguyên đán"
	}
	fewest := 0
	if h.dense {
		fewest = 8
	}
	for range h.between(fewest, 25) {
		s.ev = append(s.ev, h.piece(s.p))
	}
	for range h.between(0, 5) {
		s.ds = append(s.ds, h.decision(s))
	}
	s.declare(seed)
	return s
}

func (h hand) between(a, b int) int { return a + h.IntN(b-a+1) }

// oneIn is true once in n.
func (h hand) oneIn(n int) bool { return h.IntN(n) == 0 }

func pick[T any](h hand, of ...T) T { return of[h.IntN(len(of))] }

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, calendar.Zone) }

// id is not in the order of making.
func (h hand) id(kind string) string {
	for {
		id := fmt.Sprintf("%s-%03d", kind, h.IntN(1000))
		if !h.made[id] {
			h.made[id] = true
			return id
		}
	}
}

// moment is on one of the days, often at the edge of it.
func (h hand) moment() time.Time {
	t := pick(h, h.days...).Add(time.Duration(h.IntN(24*60)) * time.Minute)
	switch h.IntN(8) {
	case 0:
		t = midnight(t)
	case 1:
		t = midnight(t).Add(24*time.Hour - time.Nanosecond)
	}
	if h.oneIn(3) {
		return t.UTC() // the same instant
	}
	return t
}

func (h hand) plan() *schedule.Plan {
	p := &schedule.Plan{
		ID: "mau/2023", Province: "mau", Year: 2023, From: pick(h, day(2022, 12, 30), day(2023, 1, 9)), To: pick(h, day(2024, 1, 1), day(2023, 3, 1)),
		Agencies: []media.Agency{
			{ID: "mau/dai", Level: media.Press, Binding: true}, {ID: "mau/bao", Level: media.Press, Binding: true},
			{ID: "mau/cong", Level: media.Portal, Binding: true}, {ID: "mau/so-b", Level: media.Department, Binding: true},
			{ID: "mau/so-a", Level: media.Department, Binding: true}, {ID: "mau/so-cuc", Level: media.Department},
			{ID: "mau/so-cu", Level: media.Department, Binding: true, To: day(2023, 2, h.between(1, 20))},
			{ID: "mau/so-moi", Level: media.Department, Binding: true, From: day(2023, 1, h.between(10, 31))},
		},
		Columns: []media.Column{{ID: "cchc", Agency: "mau/bao", Name: "Cải cách hành chính"}, {ID: "chung-tay", Agency: "mau/dai", Name: "Chung tay"}},
		Channels: []schedule.Channel{{ID: "tv", Agency: "mau/dai", Name: "Truyền hình", Medium: "tv"},
			{ID: "fm", Agency: "mau/dai", Name: "Phát thanh", Medium: "radio"}},
		Windows: []schedule.Window{{Medium: "tv", FromMinute: 18 * 60, ToMinute: 22 * 60}, {Medium: "tv", FromMinute: 11*60 + 30, ToMinute: 13*60 + 30},
			{Medium: "radio", FromMinute: 5 * 60, ToMinute: 7 * 60}, {Medium: "tv", FromMinute: 23 * 60, ToMinute: 60, From: day(2023, 1, 20), To: day(2023, 2, 10)}},
	}
	quotas := h.between(1, 4)
	if h.dense {
		quotas = h.between(1, 2)
	}
	for i := range quotas {
		q := h.quota(fmt.Sprintf("Q%d", i))
		if h.oneIn(4) {
			for _, until := range []time.Time{day(2023, 1, h.between(2, 31)), day(2023, 2, h.between(1, 28))} {
				if h.oneIn(2) {
					q.Was = append(q.Was, schedule.Was{Until: until, Quota: h.earlier(q)})
				}
			}
		}
		p.Quotas = append(p.Quotas, q)
	}
	return p
}

func (h hand) basis() schedule.Basis {
	return pick(h, schedule.ByPlan, schedule.ByPlan, schedule.ByReference, schedule.ByReference, "")
}

func (h hand) quota(id string) schedule.Quota {
	q := schedule.Quota{ID: id, Class: pick(h, schedule.Hard, schedule.Reg, schedule.Enc), Basis: h.basis(), Wanted: h.between(1, 4),
		Cadence: pick(h, calendar.Week, calendar.Week, calendar.Month, calendar.Month, calendar.Month14, calendar.Quarter, calendar.Quarter14, calendar.Once),
		Kind: pick(h, "airing", "airing", "airing", "instalments", "instalments", "instalments", "regular", "count", "count", "count",
			"deadline", "lag", "lag", "lag", "answered", "attested", "exists", "encouraged", "availability")}
	if h.dense {
		q.Kind, q.Cadence = pick(h, "airing", "instalments", "count"), pick(h, calendar.Week, calendar.Week, calendar.Week, calendar.Month14)
	}
	q.Owner = pick(h, schedule.Owner{Agency: "mau/so-a"}, schedule.Owner{Agency: "mau/so-cu"}, schedule.Owner{Each: []media.Level{media.Department}},
		schedule.Owner{Each: []media.Level{media.Portal, media.Department}})
	if h.oneIn(12) {
		q.From = day(2023, 1, h.between(1, 31))
	}
	switch aired := h.oneIn(3); q.Kind {
	case "airing":
		q.Owner = pick(h, schedule.Owner{Agency: "mau/dai"}, schedule.Owner{Agency: "mau/dai"}, schedule.Owner{Each: []media.Level{media.Press}})
		h.airs(&q)
	case "instalments":
		q.Owner = pick(h, schedule.Owner{Agency: "mau/bao"}, schedule.Owner{Agency: "mau/bao"}, schedule.Owner{Each: []media.Level{media.Press}})
		q.Reading = pick(h, "", "R1", "R2", "R3")
		q.Conditions = append(q.Conditions, h.condition("column"))
		h.writes(&q)
	case "regular", "count", "encouraged":
		q.MaxGap = 7
		q.Attestable = h.oneIn(3)
		switch {
		case aired:
			q.Owner.Agency = "mau/dai"
			h.airs(&q)
		case h.oneIn(12):
			q.Attestable = true
		default:
			h.writes(&q)
		}
	case "deadline":
		q.Cadence, q.Deadline, q.Attestable = calendar.Once, day(2023, h.between(1, 2), h.between(5, 28)), true
		if h.oneIn(2) {
			h.writes(&q)
		}
	case "exists":
		q.Wanted = 1
		h.writes(&q)
	case "lag":
		q.Owner = schedule.Owner{Agency: "mau/cong"}
		q.MaxLag = schedule.Level{Value: 3, Basis: h.basis()}
		for _, name := range []string{"decision", "decision", "column", "topics"} {
			if h.oneIn(2) && !has(&q, name) {
				q.Conditions = append(q.Conditions, h.condition(name))
			}
		}
	case "answered":
		q.MaxLag = schedule.Level{Value: 5, Basis: h.basis()}
	case "attested":
		q.Class, q.DueDays = pick(h, schedule.Proc, schedule.Proc, schedule.Reg), pick(h, 0, 0, 5, 10)
		q.Attestable = q.Class != schedule.Proc
	case "availability":
		q.Share, q.Watch = schedule.Level{Value: 95}, []media.Level{media.Portal}
	}
	q.Print = q.Kind != "airing" && h.oneIn(3)
	if slices.Contains([]string{"airing", "instalments", "regular", "count"}, q.Kind) {
		switch x := h.IntN(4); {
		case h.dense && x < 3:
			q.MakeGood, q.Carry = h.between(0, 10), h.between(0, 10)
		case x < 2:
			q.MakeGood, q.Carry = pick(h, 0, h.between(1, 10)), pick(h, 0, h.between(1, 10))
		case x == 2:
			q.Shares = h.shares()
		}
	}
	return q
}

func (h hand) shares() []schedule.ShareRule {
	var out []schedule.ShareRule
	for range h.between(1, 2) {
		r := schedule.ShareRule{Of: pick(h, "repost", "repeat"), Bound: pick(h, "at_most", "at_most", "at_least"), Percent: pick(h, 0, 20, 30, 50, 60, 100), Basis: h.basis()}
		if !slices.ContainsFunc(out, func(o schedule.ShareRule) bool { return o.Of == r.Of && o.Bound == r.Bound }) {
			out = append(out, r)
		}
	}
	return out
}

// airs gives a quota conditions and policies of broadcasts.
func (h hand) airs(q *schedule.Quota) {
	q.Conditions = append(q.Conditions, h.condition(pick(h, "min_minutes", "theme")))
	for _, name := range []string{"min_minutes", "theme", "first_run", "in_window", "distinct_days"} {
		if h.oneIn(4) && !has(q, name) {
			q.Conditions = append(q.Conditions, h.condition(name))
		}
	}
	h.Shuffle(len(q.Conditions), func(i, j int) { q.Conditions[i], q.Conditions[j] = q.Conditions[j], q.Conditions[i] })
	q.Repeats, q.EachOn, q.Tolerance = pick(h, "", "once", "all", "all", "never"), h.oneIn(3), pick(h, 0, h.between(1, 60))
}

// writes gives a quota conditions of what is written.
func (h hand) writes(q *schedule.Quota) {
	names := []string{"reform", "reform", "topics", "no_repost", "column"}
	if q.Kind != "deadline" {
		names = append(names, "distinct_days")
	}
	for _, name := range names {
		if h.oneIn(3) && !has(q, name) {
			q.Conditions = append(q.Conditions, h.condition(name))
		}
	}
	if len(q.Conditions) == 0 {
		q.Conditions = append(q.Conditions, h.condition("reform"))
	}
	h.Shuffle(len(q.Conditions), func(i, j int) { q.Conditions[i], q.Conditions[j] = q.Conditions[j], q.Conditions[i] })
}

func (h hand) condition(name string) schedule.Condition {
	c := schedule.Condition{Name: name, Basis: h.basis()}
	switch name {
	case "column":
		c.List = pick(h, []string{"cchc"}, []string{"cchc", "mot-cua"}, []string{"cchc", "mot-cua", "hoi-dap"})
	case "topics":
		c.List = pick(h, []string{media.TTHC}, []string{media.CongVu, media.TTHC})
	case "theme":
		c.List = pick(h, []string{"chung-tay"}, []string{"chung-tay", "cchc"})
	case "min_minutes":
		c.Value = 15
	}
	return c
}

// earlier is another definition of the same quota.
func (h hand) earlier(q schedule.Quota) schedule.Quota {
	q.Was = nil
	q.Conditions = slices.Clone(q.Conditions)
	for i := range q.Conditions {
		if h.oneIn(3) {
			q.Conditions[i] = h.condition(q.Conditions[i].Name)
		}
	}
	if q.Kind != "exists" {
		q.Wanted = h.between(1, 4)
	}
	if len(q.Shares) > 0 {
		q.Shares = h.shares()
	} else if q.MakeGood+q.Carry > 0 {
		q.MakeGood, q.Carry = h.between(0, 10), h.between(0, 10)
	}
	if q.Kind == "instalments" {
		q.Reading = pick(h, "R1", "R2", "R3")
	}
	if q.Repeats != "" {
		q.Repeats, q.EachOn = pick(h, "once", "all", "never"), h.oneIn(2)
	}
	if q.Class != schedule.Proc && q.Kind != "attested" && q.Kind != "deadline" {
		q.Attestable = h.oneIn(2)
	}
	q.Print, q.Tolerance = q.Kind != "airing" && h.oneIn(2), h.between(0, 60)
	return q
}

// piece makes evidence that some quota may look at.
func (h hand) piece(p *schedule.Plan) media.Evidence {
	q := pick(h, p.Quotas...)
	var owners []string
	for _, a := range p.Agencies {
		if a.ID == q.Owner.Agency || q.Owner.Agency == "" && slices.Contains(q.Owner.Each, a.Level) {
			owners = append(owners, a.ID)
		}
	}
	e := media.Evidence{Kind: media.EvItem, Agency: pick(h, owners...), At: h.moment(), Precision: pick(h, media.ToDay, media.ToMinute), Grade: media.GradeC}
	if h.oneIn(8) {
		e.Agency = pick(h, p.Agencies...).ID
	} else if h.dense && slices.Contains(owners, q.Owner.Agency) {
		e.Agency = q.Owner.Agency
	}
	switch {
	case q.Kind == "lag" && h.oneIn(2):
		e.Kind = media.EvProcedure
	case q.Kind == "answered":
		e.Kind = media.EvQuestion
	case q.Print && h.oneIn(3), h.oneIn(20):
		e.Kind = media.EvPrint
	case q.Kind == "airing", has(&q, "min_minutes"), has(&q, "theme"):
		e.Kind = media.EvAiring
	case (q.Attestable || q.Class == schedule.Proc) && h.oneIn(3), q.Kind == "attested":
		e.Kind = media.EvAttestation
	}
	e.ID = h.id(string(e.Kind))
	e.Seen = e.At.Add(time.Duration(h.IntN(72)) * time.Hour)
	switch e.Kind {
	case media.EvItem:
		h.item(&e, q)
	case media.EvAiring:
		h.airing(&e)
	case media.EvPrint:
		e.Column, e.Title, e.Page = pick(h, "cchc", "cchc", "mot-cua", ""), pick(h, "", "Trang "+e.ID), "3"
	case media.EvProcedure:
		n := 1 // no two rows have one number
		for h.made[fmt.Sprint(n)] {
			n++
		}
		h.made[fmt.Sprint(n)] = true
		e.Precision, e.Document = media.ToDay, pick(h, "Số ", "")+fmt.Sprintf("%02d/QĐ-UBND", n)
		if h.oneIn(10) {
			e.Document = "không số"
		}
	case media.EvQuestion:
		switch h.IntN(5) {
		case 0:
			e.Asked = e.At
		case 1:
			e.At = e.Seen
		default:
			e.Answered = e.At
			if !h.oneIn(4) {
				e.Asked = e.At.AddDate(0, 0, h.between(-12, 1))
			}
		}
	case media.EvAttestation:
		e.Quota, e.Owner, e.Document, e.Decided = q.ID, pick(h, e.Agency, ""), pick(h, "", "3/BB"), "Văn thư"
		e.None, e.Form = h.oneIn(6), pick(h, "", "integrated")
		if h.oneIn(2) {
			e.Period = h.period(p, q, e.Agency)
		}
		if h.oneIn(8) {
			e.Quota = pick(h, p.Quotas...).ID
		}
	}
	if h.oneIn(12) && slices.Contains([]media.EvidenceKind{media.EvItem, media.EvPrint, media.EvAttestation}, e.Kind) {
		e.Precision = media.NoDate
		if h.oneIn(2) {
			e.At = time.Time{}
		}
	}
	return e
}

func (h hand) item(e *media.Evidence, q schedule.Quota) {
	e.Column, e.Section = pick(h, "cchc", "cchc", "cchc", "mot-cua", ""), pick(h, "", "Thời sự")
	e.Title, e.Unread = pick(h, "", "Tin "+e.ID), h.oneIn(10)
	if h.oneIn(3) {
		e.Repost, e.Credit = true, pick(h, "Theo Báo khác", "")
	}
	if q.Kind == "lag" || h.oneIn(12) {
		no := func() string { return fmt.Sprintf("%d/QĐ-UBND", h.between(1, 8)) }
		signed := func() string {
			return pick(h, "", " ngày "+e.At.In(calendar.Zone).AddDate(0, 0, h.between(-15, 2)).Format("02/01/2006"))
		}
		e.Title = "Quyết định số " + no() + signed()
		if h.oneIn(4) {
			e.Title += " và số " + no() + signed()
		}
		e.Title += pick(h, " công bố Danh mục thủ tục hành chính", " công bố Danh mục thủ tục hành chính", " công bố TTHC", " về công tác cán bộ", " sửa đổi thủ tục hành chính")
		if h.oneIn(8) {
			e.Title = "Công bố thủ tục hành chính mới"
		}
	}
	v := media.Verdict{Reform: true, Score: float64(h.IntN(100)) / 100, Topics: pick(h, []string{media.TTHC}, []string{media.TTHC, media.CongVu}, []string{media.TheChe}, nil)}
	for range h.IntN(9) {
		v.Cues = append(v.Cues, media.Cue{Term: pick(h, "một cửa", "thủ tục hành chính", "PAR INDEX", "cải cách", "công vụ", "dịch vụ công", "đoàn"), Weight: float64(h.between(-2, 4))})
	}
	if h.dense && !h.oneIn(4) {
		e.Column, e.Verdict = "cchc", &v
		return
	}
	switch h.IntN(8) {
	case 0:
		return // not judged
	case 1:
		v.Reform = false
	case 2:
		v.Reform, v.Review = h.oneIn(2), true
	}
	if e.Verdict = &v; h.oneIn(6) {
		e.Decided = "Biên tập viên"
	}
}

func (h hand) airing(e *media.Evidence) {
	e.At = midnight(e.At).Add(time.Duration(pick(h, 18*60, 19*60+30, 21*60+50, 21*60+45, 11*60+45, 13*60+20, 5*60+30, 23*60+10, 30, 50, h.IntN(24*60))) * time.Minute)
	a := &media.Airing{ID: e.ID, Channel: pick(h, "tv", "tv", "fm"), Programme: pick(h, "Chung tay CCHC", "Thời sự"), Column: pick(h, "chung-tay", "chung-tay", "chung-tay", "cchc", ""),
		EpisodeID: pick(h, "x", "y", "z", ""), Title: "Số", Start: e.At, FirstRun: !h.oneIn(3),
		Duration: pick(h, 15*time.Minute, 20*time.Minute, 60*time.Minute, 14*time.Minute+40*time.Second, 15*time.Minute-500*time.Millisecond, 14*time.Minute, 5*time.Minute, 0)}
	if h.dense && !h.oneIn(4) {
		a.Column, a.Duration, a.FirstRun = "chung-tay", 20*time.Minute, true
		a.EpisodeID = pick(h, a.EpisodeID, "")
	}
	if !h.oneIn(4) {
		a.Medium = map[string]string{"tv": "tv", "fm": "radio"}[a.Channel]
	}
	if e.Precision = media.ToMinute; h.oneIn(5) {
		e.Agency = ""
	}
	e.Airing, e.Source, e.Title = a, "log:"+a.Channel, pick(h, "", "Số phát sóng")
}

// period names a period of the owner near the days, or none there is.
func (h hand) period(p *schedule.Plan, q schedule.Quota, owner string) string {
	var near []string
	for _, a := range p.Agencies {
		if a.ID != owner {
			continue
		}
		for _, t := range terms(p, q, a) {
			if t.start.Before(day(2023, 3, 6)) {
				near = append(near, t.id)
			}
		}
	}
	if len(near) == 0 || h.oneIn(10) {
		return "2029-03"
	}
	return pick(h, near...)
}

func (h hand) decision(s scene) schedule.Decision {
	q := pick(h, s.p.Quotas...)
	var owners []string
	for _, a := range s.p.Agencies {
		if len(terms(s.p, q, a)) > 0 {
			owners = append(owners, a.ID)
		}
	}
	d := schedule.Decision{ID: h.id("d"), Kind: pick(h, schedule.Attest, schedule.Strike, schedule.Strike, schedule.Add, schedule.Add, schedule.Add, schedule.ExemptKind),
		Plan: pick(h, s.p.ID, s.p.ID, s.p.ID, s.p.ID, "", "khac/2023"), Quota: q.ID, Owner: "mau/bao", At: day(2023, 4, 1).Add(time.Duration(len(h.made)*7919%100) * time.Hour),
		Actor: pick(h, "Chuyên viên", "Phó phòng"), Reason: "đã kiểm tra"}
	if len(owners) > 0 {
		d.Owner = pick(h, owners...)
	}
	if d.Kind == schedule.Attest {
		d.Date, d.Document, d.File, d.Grade = h.moment(), pick(h, "", "7/UBND"), "", pick(h, "", media.GradeA)
		d.None, d.Form = h.oneIn(6), pick(h, "", "integrated")
		if h.oneIn(10) {
			d.Date = time.Time{}
		}
		if !h.oneIn(3) {
			d.Period = h.period(s.p, q, d.Owner)
		}
		return d
	}
	var ids, own []string
	for _, e := range s.ev {
		if ids = append(ids, e.ID); e.Agency == d.Owner || e.Agency == "" && d.Owner == "mau/dai" {
			own = append(own, e.ID)
			if q.Kind == "lag" && len(posts(e.Title)) > 0 {
				own = append(own, e.ID, e.ID, e.ID)
			}
		}
	}
	for _, o := range s.ds {
		if o.Kind == schedule.Attest && o.Quota == d.Quota {
			own = append(own, o.ID)
		}
		if o.Evidence != "" && o.Quota == d.Quota && o.Owner == d.Owner {
			own = append(own, o.Evidence, o.Evidence) // several decisions on one piece
		}
	}
	switch {
	case len(own) > 0 && !h.oneIn(5):
		d.Evidence = pick(h, own...)
	case len(ids) > 0:
		d.Evidence = pick(h, ids...)
	default:
		d.Evidence = "nobody"
	}
	if h.oneIn(2) {
		d.Period = h.period(s.p, q, d.Owner)
	}
	return d
}
