package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"loa/media"
	"loa/report"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
)

// keepDraft stores a draft with its body as JSON and says under which id.
func (e *engine) keepDraft(d store.Draft, body any) error {
	d.Plan = e.plan.ID
	id, err := e.addDraft(e.app.ctx, d, body)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.app.Out, "Đã lưu bản nháp %s: %s.\n", id[:shortID], d.Title)
	return nil
}

// addDraft stores a draft with its body as JSON.
func (e *engine) addDraft(ctx context.Context, d store.Draft, body any) (id string, err error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return "", fmt.Errorf("write draft: %w", err)
	}
	d.Made, d.Body = e.business(), string(raw)
	if id, err = e.store.AddDraft(ctx, d); err != nil {
		return "", fmt.Errorf("lưu bản nháp: %w", err)
	}
	return id, nil
}

// shortID is how much of a draft's id people are shown, and may type.
const shortID = 8

// directs reports whether an agency is the one that directs the press by this
// plan: the owner of the duty that a letter of orientation is evidence for. It
// alone sees what others share.
func (e *engine) directs(agency string) bool {
	q, ok := e.lettersQuota("orient")
	return ok && q.Owner.Agency == agency
}

// viewer is the agency that looks at drafts.
func (e *engine) viewer(name string) (media.Agency, error) {
	id := e.agencyID(name)
	i := slices.IndexFunc(e.plan.Agencies, func(a media.Agency) bool { return a.ID == id })
	if i < 0 {
		return media.Agency{}, usagef("kế hoạch %s không có cơ quan «%s»", e.plan.ID, name)
	}
	return e.plan.Agencies[i], nil
}

// drafts lists what an agency sees.
func (e *engine) drafts(agency string) ([]store.Draft, error) {
	all, err := e.store.Drafts(e.app.ctx, e.plan.ID, agency, e.directs(agency))
	if err != nil {
		return nil, fmt.Errorf("đọc bản nháp: %w", err)
	}
	return all, nil
}

// draft is the one of what an agency sees whose id begins so.
func (e *engine) draft(agency, id string) (store.Draft, error) {
	all, err := e.drafts(agency)
	if err != nil {
		return store.Draft{}, err
	}
	all = slices.DeleteFunc(all, func(d store.Draft) bool { return !strings.HasPrefix(d.ID, id) })
	if len(all) != 1 || len(id) < 4 {
		return store.Draft{}, usagef("không có bản nháp «%s» mà cơ quan này xem được (xem loa suggest list)", id)
	}
	return all[0], nil
}

type draftFlags struct {
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	As   string `required:"" help:"Với tư cách cơ quan nào, ví dụ bao, so-tttt." placeholder:"CƠ_QUAN"`
}

func (c draftFlags) open(a *app) (*engine, media.Agency, error) {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return nil, media.Agency{}, err
	}
	who, err := e.viewer(c.As)
	if err != nil {
		e.close()
		return nil, who, err
	}
	return e, who, nil
}

type suggestListCmd struct{ draftFlags }

// Run lists the drafts an agency sees.
func (c *suggestListCmd) Run(a *app) error {
	e, who, err := c.open(a)
	if err != nil {
		return err
	}
	defer e.close()
	all, err := e.drafts(who.ID)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(a.Out, "Không có bản nháp nào.")
	}
	names := report.NamesOf(e.plan)
	for _, d := range all {
		state := "chưa chia sẻ"
		switch {
		case d.Number != "":
			state = "đã ban hành: số " + d.Number + " ngày " + viet.Day(d.Issued.In(calendar.Zone))
		case d.Kind == "orient":
			state = "dự thảo, chưa có số"
		case !d.Shared.IsZero():
			state = "đã chia sẻ lúc " + viet.Moment(d.Shared.In(calendar.Zone))
		}
		fmt.Fprintf(a.Out, "%s\t%s\t%s\t%s\t%s\n", d.ID[:shortID], viet.Moment(d.Made.In(calendar.Zone)), names.Agency(d.Owner), state, d.Title)
	}
	return nil
}

type suggestShareCmd struct {
	draftFlags
	Draft string `arg:"" help:"Mã bản nháp (xem loa suggest list)."`
	By    string `help:"Ai chia sẻ (mặc định: người dùng của máy)."`
}

// Run shares an own draft with the department.
func (c *suggestShareCmd) Run(a *app) error {
	e, who, err := c.open(a)
	if err != nil {
		return err
	}
	defer e.close()
	to, ok := e.lettersQuota("orient")
	if !ok {
		return usagef("kế hoạch %s chưa ghi nhiệm vụ nào có «letters: orient» nên chưa biết chia sẻ với cơ quan nào", e.plan.ID)
	}
	d, err := e.draft(who.ID, c.Draft)
	if err != nil {
		return err
	}
	if err := e.store.ShareDraft(a.ctx, d.ID, who.ID, actor(c.By), e.business()); errors.Is(err, store.ErrNoDraft) {
		return usagef("bản nháp «%s» không phải của cơ quan này", c.Draft)
	} else if err != nil {
		return fmt.Errorf("chia sẻ bản nháp: %w", err)
	}
	fmt.Fprintf(a.Out, "Đã chia sẻ bản nháp %s với %s.\n", d.ID[:shortID], report.NamesOf(e.plan).Agency(to.Owner.Agency))
	return nil
}

type suggestOpenCmd struct {
	draftFlags
	Draft string `arg:"" help:"Mã bản nháp (xem loa suggest list)."`
}

// Run prints a saved suggestion.
func (c *suggestOpenCmd) Run(a *app) error {
	e, who, err := c.open(a)
	if err != nil {
		return err
	}
	defer e.close()
	d, err := e.draft(who.ID, c.Draft)
	if err != nil {
		return err
	}
	s, err := savedOf(d)
	if err != nil {
		return err
	}
	if e.plan.Sample {
		fmt.Fprintln(a.Out, sampleNotice)
	}
	names := report.NamesOf(e.plan)
	fmt.Fprintln(a.Out, s.Head)
	for _, x := range s.Pieces {
		fmt.Fprintf(a.Out, "%s\t%s\t%s: %s (%s)\n    %s\n", x.Quota, x.Period, names.Agency(x.Agency), x.Title, viet.Day(x.At.In(calendar.Zone)), reasonWords(names, x.Reasons))
	}
	for _, n := range s.Notes {
		fmt.Fprintln(a.Out, n)
	}
	return nil
}

// savedOf reads the body of a suggestion.
func savedOf(d store.Draft) (s savedSuggestion, err error) {
	if d.Kind != "suggestion" {
		return s, usagef("bản nháp %s không phải bản gợi ý", d.ID[:shortID])
	}
	if err := json.Unmarshal([]byte(d.Body), &s); err != nil {
		return s, fmt.Errorf("đọc bản nháp %s: %w", d.ID[:shortID], err)
	}
	return s, nil
}
