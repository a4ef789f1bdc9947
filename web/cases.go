package web

import (
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// caseRoutes are the pages of make-good: a station proposes and proves, the department agrees and settles.
func (s *site) caseRoutes() []route {
	if s.Air.Cases == nil {
		return nil
	}
	out := []route{{"GET", "/phat-bu", access.See, true, s.caseList}, {"POST", "/phat-bu", access.Log, true, s.openCase}, {"GET", "/phat-bu/{case}", access.See, true, s.caseShow}}
	for _, a := range caseActs() {
		out = append(out, route{"POST", "/phat-bu/{case}/" + a.path, a.may, a.may == access.Log, s.caseAct(a.kind)})
	}
	return out
}

// caseActs are the acts in a case that goes on, with who may do them.
func caseActs() []struct {
	path string
	kind schedule.CaseActKind
	may  access.Right
} {
	return []struct {
		path string
		kind schedule.CaseActKind
		may  access.Right
	}{
		{"hen", schedule.CasePropose, access.Log}, {"da-phat", schedule.CaseAired, access.Log}, {"thong-nhat", schedule.CaseApprove, access.Decide},
		{"chua-phat", schedule.CaseMissed, access.Decide}, {"rut-lai", schedule.CaseRetract, access.Decide}, {"khong-phat-bu", schedule.CasePreempt, access.Decide},
		{"khep", schedule.CaseClose, access.Decide}, {"rut", schedule.CaseWithdraw, access.Decide},
	}
}

// casesPage lists the cases, and the misses for which one can be opened.
type casesPage struct {
	Cases   []schedule.Case
	Open    []caseMiss
	Reasons []choice
	All     bool
	May     bool // open
}

// caseMiss is a confirmed miss without a case.
type caseMiss struct {
	schedule.Standing
	Title, Value, URL string
	Period            calendar.Period
}

func (s *site) caseList(w http.ResponseWriter, r *http.Request) { s.caseListWith(w, r, nil) }

func (s *site) caseListWith(w http.ResponseWriter, r *http.Request, wrong error) {
	world, err := s.Air.Cases(r.Context())
	if err != nil {
		s.fail(w, r, "read the make-good cases", err)
		return
	}
	a := s.actor(r)
	page := casesPage{All: r.URL.Query().Get("het") != "", May: a.May(access.Log)}
	for _, c := range slices.Backward(world.Cases) {
		if a.Sees(c.Owner) && (page.All || !c.State.Over()) {
			page.Cases = append(page.Cases, c)
		}
	}
	for _, st := range world.Evaluation.Standings {
		if st.State != schedule.Missed || !st.Confirmed || !a.Sees(st.Owner) {
			continue
		}
		if _, err := world.MayOpen(st.Owner, []schedule.Miss{{Quota: st.Quota, Period: st.Period}}); err == nil {
			page.Open = append(page.Open, caseMiss{st, s.quotas[st.Quota].Title, st.Quota + " " + st.Owner + " " + st.Period, s.standingURL(st.Quota, st.Owner, st.Period), calendar.Period{ID: st.Period, Start: st.Start, End: st.End}})
		}
	}
	for _, code := range schedule.MissReasons() {
		page.Reasons = append(page.Reasons, choice{code, viet.Capital(viet.MissReason(code)), code == field(r, "vi-sao")})
	}
	if wrong == nil && s.asSheet(w, r, func() (sheet, error) { return s.caseSheet(page), nil }) {
		return
	}
	f := frame{Title: "Phát bù", Here: "/phat-song", Page: page}
	s.answer(w, r, "open a make-good case", wrong, "cases", f)
}

func (s *site) caseSheet(p casesPage) sheet {
	sh := sheet{Name: "phat-bu", Title: "Việc phát bù", Head: []string{"Việc", "Cơ quan", "Kỳ chưa đạt", "Vì sao", "Tình trạng", "Mở lúc", "Lần hẹn gần nhất", "Kết thúc"}}
	for _, c := range p.Cases {
		var misses []string
		for _, m := range c.Misses {
			misses = append(misses, m.Quota+" "+periodName(m.Period))
		}
		row := []any{c.ID, s.names.Agency(c.Owner), strings.Join(misses, "; "), viet.MissReason(c.Reason), viet.CaseState(string(c.State)), c.Opened.At, "", ""}
		if n := len(c.Pledges); n > 0 {
			row[6] = c.Pledges[n-1].Start
		}
		if c.Ended != nil {
			row[7] = c.Ended.At
		}
		sh.Rows = append(sh.Rows, row)
	}
	return sh
}

// openCase opens a case for the misses that were ticked.
func (s *site) openCase(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	act := schedule.CaseAct{Kind: schedule.CaseOpen, Reason: field(r, "vi-sao"), Words: field(r, "loi")}
	for _, v := range r.PostForm["ky"] {
		parts := strings.Fields(v)
		if len(parts) != 3 || act.Owner != "" && act.Owner != parts[1] {
			s.caseListWith(w, r, Refusal{"Chọn các kỳ của cùng một cơ quan."})
			return
		}
		act.Owner = parts[1]
		act.Misses = append(act.Misses, schedule.Miss{Quota: parts[0], Period: parts[2]})
	}
	if len(act.Misses) == 0 {
		s.caseListWith(w, r, Refusal{"Chưa chọn kỳ chưa đạt nào."})
		return
	}
	if s.keepsOut(w, r, act.Owner) {
		return
	}
	id, said, err := s.Air.Act(r.Context(), s.actor(r), act, nil)
	if err != nil {
		s.caseListWith(w, r, err)
		return
	}
	s.done(w, r, "/phat-bu/"+id, said)
}

// casePage is one case.
type casePage struct {
	schedule.Case
	Misses   []caseMissLine
	Pledges  []casePledge
	Channels []choice
	Acts     []schedule.CaseAct // its history
	May      bool               // propose and prove
	Decides  bool
	Waits    bool // a pledge is not agreed
	Agreed   bool // a pledge is agreed and has no outcome
	Settled  bool // a pledge has an outcome that can be taken back
}

type caseMissLine struct {
	schedule.Miss
	Covered int
	Chip    *chip
	URL     string
}

type casePledge struct {
	schedule.Pledge
	N       int
	Outcome string // in words
	Mark    string // what the log says now
	Can     bool   // the log has it
	Waits   bool   // not agreed
	Agreed  bool   // agreed, without an outcome
	Settled bool   // aired or missed
}

func (s *site) caseShow(w http.ResponseWriter, r *http.Request) { s.caseShowWith(w, r, nil) }

func (s *site) caseShowWith(w http.ResponseWriter, r *http.Request, wrong error) {
	world, err := s.Air.Cases(r.Context())
	if err != nil {
		s.fail(w, r, "read the make-good cases", err)
		return
	}
	a := s.actor(r)
	i := slices.IndexFunc(world.Cases, func(c schedule.Case) bool { return c.ID == r.PathValue("case") })
	if i < 0 || !a.Sees(world.Cases[i].Owner) {
		s.missing(w, r, "Không có việc phát bù này.")
		return
	}
	page := s.casePage(world, world.Cases[i], a)
	acts, err := s.Standings.CaseActs(r.Context(), s.Plan.ID, time.Time{})
	if err != nil {
		s.fail(w, r, "read the make-good cases", err)
		return
	}
	page.Acts = slices.DeleteFunc(slices.Clone(acts), func(x schedule.CaseAct) bool { return x.Case != page.ID })
	f := frame{Title: "Việc phát bù " + page.ID, Here: "/phat-song", Page: page}
	s.answer(w, r, "act in a make-good case", wrong, "case", f)
}

func (s *site) casePage(world schedule.CaseWorld, c schedule.Case, a access.Actor) casePage {
	page := casePage{Case: c, May: a.May(access.Log) && !c.State.Over(), Decides: a.May(access.Decide) && !c.State.Over()}
	for _, m := range c.Misses {
		line := caseMissLine{Miss: m, Covered: c.Covered(m), URL: s.standingURL(m.Quota, c.Owner, m.Period)}
		for _, st := range world.Evaluation.Standings {
			if st.Quota == m.Quota && st.Owner == c.Owner && st.Period == m.Period {
				now := s.chip(st)
				line.Chip = &now
			}
		}
		page.Misses = append(page.Misses, line)
	}
	for i, p := range c.Pledges {
		line := casePledge{Pledge: p, N: i + 1, Waits: p.Approved == nil && p.Outcome == nil, Agreed: p.Approved != nil && p.Outcome == nil}
		switch {
		case p.Outcome == nil:
			mark := world.Mark(c, i+1)
			line.Mark, line.Can = viet.CaseMark(mark.Code), mark.Code == "found"
			if mark.Code == "" {
				line.Mark = ""
			}
		case p.Outcome.Kind == schedule.CaseAired:
			line.Outcome, line.Settled = "đã phát "+viet.Moment(p.Outcome.Aired)+", "+viet.Duration(p.Outcome.Length), true
		case p.Outcome.Kind == schedule.CaseMissed:
			line.Outcome, line.Settled = "chưa phát bù như đã hẹn", true
		default:
			line.Outcome = "đã thay bằng lần hẹn khác"
		}
		page.Waits, page.Agreed, page.Settled = page.Waits || line.Waits, page.Agreed || line.Agreed, page.Settled || line.Settled
		page.Pledges = append(page.Pledges, line)
	}
	for _, ch := range s.Plan.Channels {
		if ch.Agency == c.Owner {
			page.Channels = append(page.Channels, choice{Value: ch.ID, Word: ch.Name})
		}
	}
	return page
}

// caseAct does one act in a case.
func (s *site) caseAct(kind schedule.CaseActKind) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		files, done, ok := s.files(w, r, mostSheet, 1)
		if !ok {
			return
		}
		defer done()
		act := schedule.CaseAct{Kind: kind, Case: r.PathValue("case"), Words: field(r, "loi"), Document: field(r, "van-ban"), Issuer: field(r, "co-quan")}
		act.N, _ = strconv.Atoi(field(r, "lan")) // none is number 0, which the case refuses where it needs one
		if text := field(r, "ngay-van-ban"); text != "" {
			day, ok := dayOf(text)
			if !ok {
				s.caseShowWith(w, r, Refusal{"Ngày văn bản «" + text + "» không phải một ngày."})
				return
			}
			act.Issued = day
		}
		if kind == schedule.CasePropose {
			p, wrong := pledgeOf(r)
			if wrong != nil {
				s.caseShowWith(w, r, wrong)
				return
			}
			act.Pledge = &p
		}
		var file []byte
		if len(files) == 1 {
			var err error
			if file, err = os.ReadFile(files[0].Path); err != nil {
				s.fail(w, r, "read the paper", err)
				return
			}
			act.FileName = files[0].Name
		}
		id, said, err := s.Air.Act(r.Context(), s.actor(r), act, file)
		if err != nil {
			s.caseShowWith(w, r, err)
			return
		}
		s.done(w, r, "/phat-bu/"+id, said)
	}
}

// pledgeOf reads a proposed broadcast.
func pledgeOf(r *http.Request) (p schedule.Pledge, wrong error) {
	day, ok := dayOf(field(r, "ngay"))
	clock, err := time.Parse("15:04", field(r, "gio"))
	minutes, merr := strconv.Atoi(field(r, "phut"))
	switch {
	case !ok:
		return p, Refusal{"Chưa chọn ngày phát bù."}
	case err != nil:
		return p, Refusal{"Giờ phát bù cần dạng 20:00."}
	case merr != nil || minutes < 1 || minutes > 24*60:
		return p, Refusal{"Thời lượng cần từ 1 đến 1440 phút."}
	}
	return schedule.Pledge{Channel: field(r, "kenh"), Programme: field(r, "chuong-trinh"), Start: day.Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute),
		Length: time.Duration(minutes) * time.Minute}, nil
}
