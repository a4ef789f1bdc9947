package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"loa/notify"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
	"loa/web"
)

// acts are the desk's doors of a day, a standing and an agency.
func (e *engine) acts(plan *schedule.Plan) web.Acts {
	names := report.NamesOf(plan)
	return web.Acts{
		Decide: func(ctx context.Context, d schedule.Decision, file, name string) error {
			return e.decideOn(ctx, plan, d, file, name)
		},
		Restate: func(ctx context.Context, d schedule.Decision, file, name string) error {
			return e.restateOn(ctx, plan, d, file, name)
		},
		Release: func(ctx context.Context, r schedule.Release) error { return e.releaseOn(ctx, plan, r) },
		Releases: func(ctx context.Context) ([]schedule.Release, error) {
			return e.store.Releases(ctx, plan.ID)
		},
		Note: func(ctx context.Context, n schedule.Note, file, name string) error {
			n.Plan, n.At = plan.ID, e.business()
			return onPage(plan, e.note(ctx, plan, n, file, name))
		},
		Notes: func(ctx context.Context) ([]schedule.Note, error) { return e.store.Notes(ctx, plan.ID, time.Time{}) },
		ToldTo: func(ctx context.Context, agency string, most int) ([]web.Told, error) {
			return e.toldTo(ctx, plan, agency, most)
		},
		Answer: func(ctx context.Context, agency, notice string, a web.Answer) error {
			return e.answer(ctx, plan, agency, notice, a)
		},
		Message: func(st schedule.Standing) string {
			return notify.Appeal(notify.World{Plan: plan, Cal: e.cal, Now: e.business(), Reason: names.Reason}, st)
		},
		Kept: func(ctx context.Context, hash string) ([]byte, error) {
			kept, err := e.keeper()
			if err != nil {
				return nil, err
			}
			_, body, err := kept.Read(ctx, hash)
			return body, err
		},
	}
}

// onPage words what is wrong with what a person asked for without flags, commands
// and ids; anything else is a failure, and stays what it is.
func onPage(plan *schedule.Plan, err error) error {
	if err == nil {
		return nil
	}
	all := []error{err}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		all = many.Unwrap()
	}
	names, said := report.NamesOf(plan), []string(nil)
	for _, one := range all {
		var r schedule.Refusal
		if !errors.As(one, &r) {
			return err
		}
		args := map[string]any{}
		for k, v := range r.Args {
			text, is := v.(string)
			switch {
			case is && (k == "owner" || k == "office" || k == "officer" || k == "reminders"):
				v = names.Agency(text)
			case is && (k == "period" || k == "other"):
				if p, err := calendar.Parse(text); err == nil && text != "" {
					v = p.Name()
				}
			}
			args[k] = v
		}
		words := viet.OnPage(viet.Refusal(r.Code, args))
		if r.Code == "evidence_unknown" || r.Code == "evidence_elsewhere" {
			words = "minh chứng này không còn trong kỳ đang xem"
		}
		if !slices.Contains(said, words) {
			said = append(said, words)
		}
	}
	return web.Refusal{Text: viet.Capital(strings.Join(said, "; ")) + "."}
}

// decideOn records a decision from a page and brings its owner's standings up to date.
func (e *engine) decideOn(ctx context.Context, plan *schedule.Plan, d schedule.Decision, file, name string) error {
	d.Plan, d.At = plan.ID, e.business()
	if strings.TrimSpace(d.Reason) == "" && d.Kind != schedule.Attest {
		return onPage(plan, schedule.Refusal{Code: "no_reason"})
	}
	if err := e.withFile(ctx, plan, &d, file, name); err != nil {
		return err
	}
	err := e.decide(ctx, d, func() (schedule.Matching, error) { return e.store.Detail(ctx, plan.ID, d.Quota, d.Owner, "") })
	if err != nil {
		return onPage(plan, err)
	}
	return e.refresh(ctx, d.Owner)
}

// withFile keeps the file that a decision rests on, once nothing is wrong with the decision.
func (e *engine) withFile(ctx context.Context, plan *schedule.Plan, d *schedule.Decision, file, name string) (err error) {
	if file == "" {
		return nil
	}
	d.File, d.FileName = "to be kept", name
	if err := schedule.CheckDecision(plan, *d); err != nil {
		return onPage(plan, err)
	}
	d.File, d.FileName, err = e.keepNamed(ctx, "decision", file, name)
	return err
}

// restateOn takes a proposal from a page: what it would come out as is derived anew, from the owner's own evidence.
func (e *engine) restateOn(ctx context.Context, plan *schedule.Plan, d schedule.Decision, file, name string) error {
	d.Kind, d.Plan, d.At = schedule.Restate, plan.ID, e.business()
	if strings.TrimSpace(d.Reason) == "" {
		return onPage(plan, schedule.Refusal{Code: "no_reason"})
	}
	if err := e.withFile(ctx, plan, &d, file, name); err != nil {
		return err
	}
	if err := e.refresh(ctx, d.Owner); err != nil {
		return err
	}
	ev, _, err := e.store.Some(ctx, plan.ID, web.StandingQuery{Owners: []string{d.Owner}, Quotas: []string{d.Quota}})
	if err != nil {
		return err
	}
	_, _, err = e.restate(ctx, d, ev.Proposals)
	if errors.Is(err, errNoProposal) {
		return web.Refusal{Text: "Kỳ này không còn đề nghị điều chỉnh nào: số liệu tính lại nay đã giống số liệu đã chốt."}
	}
	if err != nil {
		return onPage(plan, err)
	}
	return e.refresh(ctx, d.Owner)
}

// releaseOn lets somebody be told, from a page.
func (e *engine) releaseOn(ctx context.Context, plan *schedule.Plan, r schedule.Release) error {
	r.Plan, r.At = plan.ID, e.business()
	switch r.Kind {
	case schedule.ReleaseSummary:
		r.Office = plan.Tell.Reminders
	default:
		r.Office = plan.Tell.Officer
	}
	ev, _, err := e.store.Some(ctx, plan.ID, web.StandingQuery{Quotas: []string{r.Quota}, Owners: []string{r.Owner}, Periods: []string{r.Period}})
	if err != nil {
		return err
	}
	if len(ev.Standings) > 0 {
		r.Kind = schedule.ReleaseMissed
		if k, ok := schedule.ReleaseOf(ev.Standings[0]); ok {
			r.Kind = k
		}
	}
	if err := schedule.CheckRelease(plan, ev.Standings, r); err != nil {
		return onPage(plan, err)
	}
	if r.Office == "" {
		return web.Refusal{Text: "Kế hoạch chưa ghi cơ quan nào đứng tên báo cho cơ quan báo chí."}
	}
	err = e.store.AddRelease(ctx, r)
	if errors.Is(err, store.ErrReleased) {
		return web.Refusal{Text: "Việc này đã có người cho gửi trước đó."}
	}
	return err
}

// note checks what was said and records it, with the file that comes with it.
func (e *engine) note(ctx context.Context, plan *schedule.Plan, n schedule.Note, file, name string) (err error) {
	earlier, err := e.store.Notes(ctx, plan.ID, time.Time{})
	if err != nil {
		return err
	}
	if err := schedule.CheckNote(plan, earlier, n); err != nil {
		return err
	}
	if file != "" {
		if n.File, n.FileName, err = e.keepNamed(ctx, "note", file, name); err != nil {
			return err
		}
	}
	err = e.store.AddNote(ctx, n)
	if errors.Is(err, store.ErrSettled) {
		return schedule.Refusal{Code: "note_settled"}
	}
	return err
}

// answer records what an agency says to a notice that was made for it, and to no other.
func (e *engine) answer(ctx context.Context, plan *schedule.Plan, agency, notice string, a web.Answer) error {
	if strings.TrimSpace(a.Words) == "" {
		return web.Refusal{Text: "Thiếu nội dung trả lời."}
	}
	list, err := e.store.NoticeLog(ctx, plan.ID, notice, 2)
	if err != nil {
		return err
	}
	if len(list) != 1 || list[0].ID != notice || list[0].Agency != agency || list[0].Private() {
		return web.Refusal{Text: "Không có thông báo này gửi cho cơ quan."}
	}
	return e.store.AddAnswer(ctx, notice, store.Answer{At: e.business(), Actor: a.Actor, Words: a.Words})
}
