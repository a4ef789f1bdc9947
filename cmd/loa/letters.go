package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/report"
	"loa/report/letters"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/schedule/propose"
	"loa/store"
	"loa/viet"
)

type lettersCmd struct {
	Orient lettersOrientCmd `cmd:"" help:"Dự thảo công văn định hướng tuyên truyền gửi Báo, Đài (HTML hoặc DOCX); chưa có số, ngày, dấu, chữ ký."`
	Remind lettersRemindCmd `cmd:"" help:"Dự thảo thư nhắc từng cơ quan về nội dung chưa đạt, cần rà soát, chưa nhận được của một kỳ; danh sách đơn vị chưa ghi nhận. Không gửi đi đâu."`
	Export lettersExportCmd `cmd:"" help:"Xuất lại một dự thảo công văn đã lưu."`
	Issued lettersIssuedCmd `cmd:"" help:"Ghi số, ngày của công văn đã ban hành từ một dự thảo: thành minh chứng của nhiệm vụ."`
	Note   lettersNoteCmd   `cmd:"" help:"Ghi chú vào một mục của công văn, báo cáo theo kỳ (để trống: bỏ ghi chú)."`
	Report lettersReportCmd `cmd:"" help:"Ghi số, ngày, bản đã ký của công văn, báo cáo theo kỳ đã chốt: từ đó các tệp của nó giữ nguyên."`
}

// lettersQuota is the duty that a kind of letter is evidence for.
func (e *engine) lettersQuota(kind string) (schedule.Quota, bool) {
	i := slices.IndexFunc(e.plan.Quotas, func(q schedule.Quota) bool { return q.Letters == kind })
	if i < 0 {
		return schedule.Quota{}, false
	}
	return e.plan.Quotas[i], true
}

func (e *engine) orienting() (schedule.Quota, error) {
	q, ok := e.lettersQuota("orient")
	if !ok {
		return q, usagef("kế hoạch %s chưa ghi nhiệm vụ nào có «letters: orient» (xem plans/README.md)", e.plan.ID)
	}
	return q, nil
}

type lettersOrientCmd struct {
	Plan string   `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment   `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	For  []string `help:"Gửi cơ quan báo chí nào (mặc định: mọi cơ quan báo chí của kế hoạch)." placeholder:"CƠ_QUAN"`
	From []string `help:"Đưa vào các tin, bài của bản gợi ý mà Báo, Đài đã chia sẻ." placeholder:"BẢN_NHÁP"`
	Out  string   `short:"o" required:"" help:"Tệp .html hoặc .docx." placeholder:"TỆP"`
	By   string   `help:"Ai lập (mặc định: người dùng của máy)."`
}

// Run drafts the letter, keeps it as the department's draft and writes it.
func (c *lettersOrientCmd) Run(a *app) error {
	write, err := letterWriter(c.Out)
	if err != nil {
		return err
	}
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	q, err := e.orienting()
	if err != nil {
		return err
	}
	in := letters.OrientInput{Plan: e.plan, Now: e.business()}
	if in.Issuer, err = e.viewer(q.Owner.Agency); err != nil {
		return err
	}
	if in.Outlets, err = c.outlets(e); err != nil {
		return err
	}
	for _, id := range c.From {
		d, err := e.draft(in.Issuer.ID, id)
		if err != nil {
			return err
		}
		s, err := savedOf(d)
		if err != nil {
			return err
		}
		in.Pieces = append(in.Pieces, s.Pieces...)
	}
	evidence, err := e.store.Evidence(a.ctx, e.plan, time.Time{})
	if err != nil {
		return fmt.Errorf("đọc minh chứng: %w", err)
	}
	opt := propose.Options{Now: in.Now}.Filled()
	in.Silent = opt.Silent
	for i, o := range in.Outlets {
		untold := propose.Gather(e.plan, evidence, o.ID, opt).Untold()
		if i == 0 {
			in.Untold = untold
			continue
		}
		in.Untold = propose.Missing{Topics: both(in.Untold.Topics, untold.Topics), Contents: both(in.Untold.Contents, untold.Contents), Agencies: both(in.Untold.Agencies, untold.Agencies)}
	}
	letter := letters.Orient(in)
	if err := writeOut(c.Out, write(letter)); err != nil {
		return err
	}
	return e.keepDraft(store.Draft{Kind: "orient", Owner: in.Issuer.ID, Title: viet.Capital(letter.About), Actor: actor(c.By)}, letter)
}

// both keeps what is in two lists.
func both[T comparable](a, b []T) []T {
	return slices.DeleteFunc(slices.Clone(a), func(x T) bool { return !slices.Contains(b, x) })
}

func (c *lettersOrientCmd) outlets(e *engine) ([]media.Agency, error) {
	var out []media.Agency
	for _, name := range c.For {
		o, err := e.pressAgency(name)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	if len(c.For) > 0 {
		return out, nil
	}
	for _, x := range e.plan.Agencies {
		if x.Level == media.Press && x.ValidAt(e.business()) {
			out = append(out, x)
		}
	}
	if len(out) == 0 {
		return nil, usagef("kế hoạch %s không có cơ quan báo chí nào", e.plan.ID)
	}
	return out, nil
}

// letterWriter is how a letter is written into a file of that name.
func letterWriter(path string) (func(letters.Letter) func(io.Writer) error, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".html":
		return func(l letters.Letter) func(io.Writer) error { return l.HTML }, nil
	case ".docx":
		return func(l letters.Letter) func(io.Writer) error { return l.DOCX }, nil
	}
	return nil, usagef("-o cần tệp .html hoặc .docx, đang là «%s»", path)
}

type lettersExportCmd struct {
	draftFlags
	Draft string `arg:"" help:"Mã dự thảo (xem loa suggest list)."`
	Out   string `short:"o" required:"" help:"Tệp .html hoặc .docx." placeholder:"TỆP"`
}

// Run writes a letter that was drafted before.
func (c *lettersExportCmd) Run(a *app) error {
	write, err := letterWriter(c.Out)
	if err != nil {
		return err
	}
	e, who, err := c.open(a)
	if err != nil {
		return err
	}
	defer e.close()
	d, err := e.letterDraft(who.ID, c.Draft)
	if err != nil {
		return err
	}
	var l letters.Letter
	if err := json.Unmarshal([]byte(d.Body), &l); err != nil {
		return fmt.Errorf("đọc dự thảo %s: %w", d.ID[:shortID], err)
	}
	return writeOut(c.Out, write(l))
}

func (e *engine) letterDraft(agency, id string) (store.Draft, error) {
	d, err := e.draft(agency, id)
	if err == nil && !slices.Contains(schedule.Letters(), d.Kind) {
		err = usagef("bản nháp %s không phải dự thảo công văn", d.ID[:shortID])
	}
	return d, err
}

type lettersIssuedCmd struct {
	Draft  string `arg:"" help:"Mã dự thảo (xem loa suggest list)."`
	Plan   string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Number string `required:"" help:"Số, ký hiệu của công văn, ví dụ 12/STTTT-TTBCXB."`
	Date   moment `required:"" help:"Ngày ban hành."`
	File   string `type:"existingfile" help:"Bản đã ký; được lưu lại kèm mã băm."`
	By     string `help:"Ai ghi (mặc định: người dùng của máy)."`
}

// Run makes a letter that was issued evidence for the duty it is about.
func (c *lettersIssuedCmd) Run(a *app) error {
	number := strings.TrimSpace(viet.Clean(c.Number))
	if number == "" {
		return usagef("thiếu số, ký hiệu của công văn (--number)")
	}
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	q, err := e.orienting()
	if err != nil {
		return err
	}
	owner := q.Owner.Agency
	draft, err := e.letterDraft(owner, c.Draft)
	if err != nil {
		return err
	}
	day := dayStart(c.Date.Time)
	if day.Before(dayStart(draft.Made)) {
		return usagef("ngày ban hành %s đứng trước ngày lập dự thảo %s", viet.Day(day), viet.Day(draft.Made.In(calendar.Zone)))
	}
	d := schedule.Decision{Kind: schedule.Attest, Plan: e.plan.ID, Quota: q.ID, Owner: owner, At: e.business(), Actor: actor(c.By), Document: number, Date: day,
		Issuer: report.NamesOf(e.plan).Agency(owner), Issued: day, Grade: media.GradeB, Reason: draft.Title}
	for _, p := range schedule.Periods(e.plan, q) {
		if p.Contains(day) {
			d.Period = p.ID
		}
	}
	if err := refusal(schedule.CheckDecision(e.plan, d)); err != nil {
		return err
	}
	if c.File != "" {
		if d.File, d.FileName, err = e.keepFile(a.ctx, "decision", c.File); err != nil {
			return err
		}
	}
	switch err := e.store.IssueDraft(a.ctx, draft.ID, owner, number, day, d); {
	case errors.Is(err, store.ErrIssued):
		return usagef("dự thảo %s đã ban hành với số %s", draft.ID[:shortID], draft.Number)
	case errors.As(err, new(schedule.Refusal)):
		return refusal(err)
	case err != nil:
		return fmt.Errorf("ghi số công văn: %w", err)
	}
	ev, err := e.judgeAndEvaluate(a.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Đã ghi công văn số %s ngày %s là minh chứng của %s, %s.\n", number, viet.Day(day), q.ID, d.Period)
	var shown []schedule.Standing
	for _, s := range ev.Standings {
		if s.Quota == q.ID && s.Owner == owner && s.Period == d.Period {
			shown = append(shown, s)
		}
	}
	return standingTable(a, e.plan, shown)
}
