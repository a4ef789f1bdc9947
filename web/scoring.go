package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// Scoring is the simulation of points, for Sở Nội vụ alone. It is off until that body entered by which decision points are given.
type Scoring struct {
	Model func() *schedule.ScoreModel // nil: the plan's folder has none
	// Bases are the decisions as they were entered, the latest first; Enter records one.
	Bases func(ctx context.Context) ([]schedule.ScoreBasis, error)
	Enter func(ctx context.Context, b schedule.ScoreBasis) error
	// Simulate works the model over everything known now.
	Simulate func(ctx context.Context, m schedule.ScoreModel) (schedule.Score, error)
}

func (s *site) scoringRoutes() []route {
	if s.Scoring == nil {
		return nil
	}
	return []route{
		{"GET", "/mo-phong-diem", access.Score, false, s.score},
		{"POST", "/mo-phong-diem", access.Score, false, s.enterScore},
	}
}

// scorePage is the simulation, or the form that switches it on.
type scorePage struct {
	Model *schedule.ScoreModel
	Bases []schedule.ScoreBasis
	Score *schedule.Score // nil: off
	Gains []gainLine
	Form  schedule.ScoreBasis
	Day   string
}

type gainLine struct {
	Duty     schedule.ScoreDuty
	From, To string
}

// pointsWord is points as people write them: «0,88».
func pointsWord(v float64) string { return strings.ReplaceAll(fmt.Sprintf("%.2f", v), ".", ",") }

// dutyStateWord is how a duty stands for the simulation.
func dutyStateWord(k schedule.DutyState) string {
	switch k {
	case schedule.DutyDone:
		return "hoàn thành"
	case schedule.DutyShort:
		return "chưa hoàn thành"
	case schedule.DutyUnknown:
		return "chưa đủ dữ liệu"
	}
	return "chưa đến hạn"
}

func (s *site) score(w http.ResponseWriter, r *http.Request) { s.scoreWith(w, r, scorePage{}, nil) }

func (s *site) scoreWith(w http.ResponseWriter, r *http.Request, p scorePage, wrong error) {
	p.Model = s.Scoring.Model()
	bases, err := s.Scoring.Bases(r.Context())
	if p.Bases = bases; err == nil && len(bases) > 0 && p.Model != nil {
		var sc schedule.Score
		if sc, err = s.Scoring.Simulate(r.Context(), *p.Model); err == nil {
			p.Score = &sc
			for _, g := range sc.Gains {
				p.Gains = append(p.Gains, gainLine{g.Duty, pointsWord(g.From), pointsWord(g.To)})
			}
		}
	}
	if err != nil {
		s.fail(w, r, "simulate points", err)
		return
	}
	s.answer(w, r, "enter a decision on points", wrong, "score", frame{Title: "Mô phỏng điểm", Here: "/mo-phong-diem", Page: p})
}

func (s *site) enterScore(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	b := schedule.ScoreBasis{Plan: s.Plan.ID, Number: field(r, "so"), Words: strings.TrimSpace(field(r, "noi-dung")), At: s.Business(), Actor: s.actor(r).String()}
	p := scorePage{Form: b, Day: field(r, "ngay")}
	day, ok := viet.ParseDate(p.Day, viet.DateOptions{})
	var err error
	switch {
	case b.Number == "" || len([]rune(b.Number)) > 100:
		err = Refusal{"Xin ghi số, ký hiệu của quyết định, không quá 100 ký tự, ví dụ 2524/QĐ-UBND."}
	case !ok:
		err = Refusal{"Ngày quyết định cần là ngày có thật, dạng ngày/tháng/năm, ví dụ 12/12/2022."}
	case calendar.Day(day.Time.In(calendar.Zone)).After(b.At):
		err = Refusal{"Ngày quyết định còn ở phía trước."}
	case b.Words == "" || len([]rune(b.Words)) > 5000:
		err = Refusal{"Xin ghi nội dung quyết định về tiêu chí tuyên truyền, không quá 5.000 ký tự."}
	}
	if err == nil {
		b.Day = calendar.Day(day.Time.In(calendar.Zone))
		err = s.Scoring.Enter(r.Context(), b)
	}
	if err != nil {
		s.scoreWith(w, r, p, err)
		return
	}
	s.done(w, r, "/mo-phong-diem", "Đã ghi quyết định số "+b.Number+".")
}
