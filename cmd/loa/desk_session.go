package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"loa/monitor"
	"loa/plans"
	"loa/report"
	"loa/report/letters"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/web"
)

// sessionEvery is how often it is looked whether a cut-off has passed whose drafts are not there yet.
const sessionEvery = 10 * time.Minute

// preparedSession is what is kept of the drafts of a period.
type preparedSession struct {
	Draft   web.SessionDraft          `json:"draft"`
	Letters map[string]letters.Letter `json:"letters"` // by owner
}

// prepareSessions drafts what a period that was cut last needs, once, from the first working hour after the cut-off on. Nothing of
// it is sent; the officer finds it on the first page. A stop in between leaves nothing half: what is there is whole.
func (e *engine) prepareSessions(ctx context.Context) error {
	plan := e.inUse()
	for _, period := range schedule.DueSessions(plan, e.cal, e.business()) {
		if _, there, err := e.store.SessionDraft(ctx, plan.ID, period.ID); err != nil || there {
			if err != nil {
				return err
			}
			continue
		}
		in, err := e.reportInput(ctx, period, report.Supply)
		if err != nil {
			return fmt.Errorf("gather %s: %w", period.ID, err)
		}
		p := preparedSession{Draft: sessionDraft(in), Letters: map[string]letters.Letter{}}
		for _, x := range p.Draft.Lacks {
			if l, ok := letters.Remind(letters.RemindInput{Plan: in.Plan, Period: period, Now: in.Now, Of: x}); ok {
				p.Letters[x.Owner] = l
			}
		}
		body, err := json.Marshal(p)
		if err != nil {
			return fmt.Errorf("write the drafts of %s: %w", period.ID, err)
		}
		first, err := e.store.PutSessionDraft(ctx, store.SessionDraft{Plan: plan.ID, Period: period.ID, At: in.Now, Body: string(body)})
		if err != nil {
			return err
		}
		if first {
			e.app.log.InfoContext(ctx, "drafts of a reporting period are ready", "period", period.ID, "letters", len(p.Letters))
		}
	}
	return nil
}

// prepared is what was drafted of a period on the morning after its cut-off.
func (e *engine) prepared(ctx context.Context, period calendar.Period) (p preparedSession, ok bool, err error) {
	d, ok, err := e.store.SessionDraft(ctx, e.inUse().ID, period.ID)
	if err != nil || !ok {
		return p, false, err
	}
	if err := json.Unmarshal([]byte(d.Body), &p); err != nil {
		return p, false, fmt.Errorf("read the drafts of %s: %w", period.ID, err)
	}
	return p, true, nil
}

// draftFor is how long what was drafted of a period stands for another look at the page while nothing was written: the days of
// reply and the last moments to save a period go on.
const draftFor = 10 * time.Minute

// keptDrafts are the drafts of periods as they were derived last. Deriving takes a third of a second in a province of 300
// agencies, and the page is loaded again after each thing that was done about it.
type keptDrafts struct {
	mu sync.Mutex
	of map[string]keptDraft // by period
}

type keptDraft struct {
	version string
	draft   web.SessionDraft
}

// draft is what is drafted of a period, as it was derived last if nothing changed since. Who reads it changes nothing of it.
func (k *keptDrafts) draft(ctx context.Context, e *engine, period calendar.Period) (web.SessionDraft, error) {
	plan := e.inUse()
	version, err := e.store.Version(ctx, plan.ID)
	if err != nil {
		return web.SessionDraft{}, err
	}
	version += " " + plan.Version
	k.mu.Lock()
	defer k.mu.Unlock()
	now := e.business()
	if had, ok := k.of[period.ID]; ok && had.version == version && !now.Before(had.draft.At) && now.Sub(had.draft.At) < draftFor && calendar.Day(now).Equal(calendar.Day(had.draft.At)) {
		return had.draft, nil
	}
	in, err := e.reportInput(ctx, period, report.Supply)
	if err != nil {
		return web.SessionDraft{}, err
	}
	out := sessionDraft(in)
	if len(k.of) >= mostDrafts {
		clear(k.of)
	}
	k.of[period.ID] = keptDraft{version, out}
	return out, nil
}

// mostDrafts is more periods than people work on at once.
const mostDrafts = 12

// reminding are the desk's doors to letters of reminder and to the session that closes a period.
func (e *engine) reminding() *web.Reminding {
	kept := &keptDrafts{of: map[string]keptDraft{}}
	return &web.Reminding{
		Draft: func(ctx context.Context, period calendar.Period) (web.SessionDraft, error) {
			return kept.draft(ctx, e, period)
		},
		Prepared: func(ctx context.Context, period calendar.Period) (web.SessionDraft, bool, error) {
			d, ok, err := e.prepared(ctx, period)
			return d.Draft, ok, err
		},
		Letter: e.reminder,
		Briefing: func(ctx context.Context, period calendar.Period) (name string, body []byte, err error) {
			in, err := e.reportInput(ctx, period, report.Supply)
			if err != nil {
				return "", nil, err
			}
			var buf bytes.Buffer
			err = letters.Briefing(&buf, in.Plan, period, in.Now, report.SilentUnits(in))
			return briefingFile(period), buf.Bytes(), err
		},
	}
}

// sessionDraft is what is drafted of a period for people.
func sessionDraft(in report.Input) web.SessionDraft {
	out := web.SessionDraft{At: in.Now, Lacks: report.Lacks(in), Silent: report.SilentUnits(in), Paragraph: report.Paragraph(in)}
	for _, x := range in.Declared {
		out.Disputes += x.Open
	}
	for _, x := range out.Lacks {
		_, ok := letters.Remind(letters.RemindInput{Plan: in.Plan, Period: in.Period, Now: in.Now, Of: x})
		out.Letters = append(out.Letters, ok)
	}
	return out
}

// reminder writes one owner's letter; the file's name is without its ending.
func (e *engine) reminder(ctx context.Context, period calendar.Period, owner, format string, propaganda, prepared bool) (name string, body []byte, err error) {
	var l letters.Letter
	ok := false
	plan := e.inUse()
	if prepared {
		had, _, err := e.prepared(ctx, period)
		if err != nil {
			return "", nil, err
		}
		l, ok = had.Letters[owner]
	} else {
		in, err := e.reportInput(ctx, period, report.Supply)
		if err != nil {
			return "", nil, err
		}
		plan = in.Plan
		lacks := report.Lacks(in)
		if i := slices.IndexFunc(lacks, func(x report.Lacking) bool { return x.Owner == owner }); i >= 0 {
			l, ok = letters.Remind(letters.RemindInput{Plan: in.Plan, Period: period, Now: in.Now, Of: lacks[i], Propaganda: propaganda})
		}
	}
	if !ok {
		return "", nil, web.Refusal{Text: "Cơ quan này không có nội dung nào được nhắc trong kỳ đã chọn: không thiếu, còn trong thời hạn phản hồi, hoặc nguồn chưa thu thập được."}
	}
	var buf bytes.Buffer
	if err = l.DOCX(&buf); format == "html" {
		buf.Reset()
		err = l.HTML(&buf)
	}
	return letterFile(plan, owner, period), buf.Bytes(), err
}

// scoring is the simulation of points, for Sở Nội vụ alone.
func (e *engine) scoring(plan *schedule.Plan) *web.Scoring {
	return &web.Scoring{
		Model: func() *schedule.ScoreModel {
			m, problems := plans.Score(e.files, plan.ID, plan)
			for _, p := range problems {
				e.app.log.Warn("the model of points left out", "problem", p.String())
			}
			return m
		},
		Bases: func(ctx context.Context) ([]schedule.ScoreBasis, error) { return e.store.ScoreBases(ctx, plan.ID) },
		Enter: e.store.AddScoreBasis,
		Simulate: func(ctx context.Context, m schedule.ScoreModel) (schedule.Score, error) {
			ev, err := monitor.Derive(ctx, e.store, plan, e.cal, e.moment())
			if err != nil {
				return schedule.Score{}, err
			}
			sums, err := e.store.HandinSums(ctx, plan.ID, plan.From, plan.To)
			if err != nil {
				return schedule.Score{}, err
			}
			var attested []string
			for _, h := range sums {
				if h.Form != "" && h.Pieces > 0 && !slices.Contains(attested, h.Form) {
					attested = append(attested, h.Form)
				}
			}
			return m.Simulate(plan, ev.Standings, schedule.FormsShown(plan, ev.Matching, attested), e.business()), nil
		},
	}
}
