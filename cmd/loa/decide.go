package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/user"
	"strings"
	"time"

	"loa/media"
	"loa/monitor"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// decideCmd is the door of the desk's decisions until the desk has them.
type decideCmd struct {
	ConfirmMissed confirmMissedCmd `cmd:"" name:"confirm-missed" help:"Xác nhận một tiến độ là chưa đạt."`
	Exempt        exemptCmd        `cmd:"" help:"Không đánh giá kỳ này, theo văn bản."`
	Attest        attestCmd        `cmd:"" help:"Ghi nhận minh chứng được nộp (số, ngày văn bản), hoặc không phát sinh (--none)."`
	Absent        absentCmd        `cmd:"" help:"Ghi nhận cơ quan có thẩm quyền xác nhận không có minh chứng."`
	Strike        strikeCmd        `cmd:"" help:"Bỏ một ghi nhận."`
	Add           addCmd           `cmd:"" help:"Ghi nhận một minh chứng đã bị loại."`
	Evidence      evidenceCmd      `cmd:"" help:"In các minh chứng của một nhiệm vụ: được ghi nhận hay không, mã và lý do."`
	Restate       restateCmd       `cmd:"" help:"Điều chỉnh kết quả của một kỳ đã chốt theo số liệu hiện nay (thành lần chốt mới)."`
	Proposals     proposalsCmd     `cmd:"" help:"In các kỳ đã chốt mà nay tính ra khác, chờ người xem xét."`
	List          decisionsCmd     `cmd:"" help:"In các quyết định đã ghi."`
}

// decisionCmd is what every decision says.
type decisionCmd struct {
	Plan   string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Quota  string `required:"" help:"Mã nhiệm vụ, ví dụ B-D1."`
	Owner  string `required:"" help:"Cơ quan, ví dụ dai-ptth."`
	Period string `help:"Kỳ, ví dụ 2023-W10, 2023-03; nhiệm vụ một lần không cần."`
	Reason string `help:"Lý do."`
	By     string `help:"Ai quyết định (mặc định: người dùng của máy)."`
}

// paperCmd is the paper a decision rests on.
type paperCmd struct {
	Document string `help:"Số, ký hiệu văn bản."`
	Issuer   string `help:"Cơ quan ban hành văn bản."`
	Issued   moment `help:"Ngày ban hành văn bản."`
	File     string `type:"existingfile" help:"Tệp văn bản, ảnh chụp; được lưu lại kèm mã băm."`
}

type (
	confirmMissedCmd struct {
		decisionCmd
		paperCmd
	}
	exemptCmd struct {
		decisionCmd
		paperCmd
	}
	absentCmd struct {
		decisionCmd
		paperCmd
	}
	attestCmd struct {
		decisionCmd
		paperCmd
		Date       moment `help:"Ngày của minh chứng, ví dụ ngày ban hành kế hoạch (bắt buộc, trừ --none)."`
		Grade      string `default:"B" enum:"A,B,C,D" help:"Hạng minh chứng: A, B, C hoặc D."`
		Several    bool   `help:"Văn bản nêu nhiều việc làm vào các ngày khác nhau; đây là một trong các việc ấy."`
		Integrated bool   `help:"Minh chứng là một phần của kế hoạch, văn bản chung (lồng ghép)."`
		None       bool   `help:"Xác nhận không phát sinh trong kỳ."`
	}
	strikeCmd struct {
		decisionCmd
		Evidence string `help:"Mã minh chứng (xem loa decide evidence)."`
	}
	addCmd struct {
		decisionCmd
		Evidence string `help:"Mã minh chứng (xem loa decide evidence)."`
	}
)

func (c *confirmMissedCmd) Run(a *app) error {
	return c.record(a, schedule.Decision{Kind: schedule.ConfirmMissed}, c.paperCmd)
}
func (c *exemptCmd) Run(a *app) error {
	return c.record(a, schedule.Decision{Kind: schedule.ExemptKind}, c.paperCmd)
}
func (c *absentCmd) Run(a *app) error {
	return c.record(a, schedule.Decision{Kind: schedule.Absent}, c.paperCmd)
}
func (c *attestCmd) Run(a *app) error {
	d := schedule.Decision{Kind: schedule.Attest, Date: c.Date.Time, Grade: media.Grade(c.Grade), None: c.None}
	switch {
	case c.Integrated:
		d.Form = "integrated"
	case c.Several:
		d.Form = schedule.Several
	}
	return c.record(a, d, c.paperCmd)
}
func (c *strikeCmd) Run(a *app) error {
	return c.record(a, schedule.Decision{Kind: schedule.Strike, Evidence: c.Evidence}, paperCmd{})
}
func (c *addCmd) Run(a *app) error {
	return c.record(a, schedule.Decision{Kind: schedule.Add, Evidence: c.Evidence}, paperCmd{})
}

// record writes the decision, evaluates anew and shows how it now stands.
func (c *decisionCmd) record(a *app, d schedule.Decision, paper paperCmd) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	d.Plan, d.Quota, d.Owner, d.Period = e.plan.ID, c.Quota, e.agencyID(c.Owner), c.Period
	d.At, d.Actor, d.Reason = e.business(), actor(c.By), c.Reason
	d.Document, d.Issuer, d.Issued = paper.Document, paper.Issuer, paper.Issued.Time
	if d.Reason == "" && d.Kind != schedule.Attest {
		return usagef("quyết định không hợp lệ: %s", viet.Refusal("no_reason", nil))
	}
	if paper.File != "" {
		if d.File, d.FileName, err = e.keepFile(a.ctx, "decision", paper.File); err != nil {
			return err
		}
	}
	if d.Kind == schedule.ConfirmMissed { // what nobody read yet is read first
		if err := e.judgeAndCompare(a.ctx); err != nil {
			return err
		}
	}
	if err := refusal(e.decide(a.ctx, d, e.matching)); err != nil {
		return err
	}
	if missing := d.MissingForExemption(); d.Kind == schedule.ExemptKind && len(missing) > 0 {
		fmt.Fprintf(a.Out, "Lưu ý: còn thiếu %s nên mới là ghi chú, kỳ này vẫn được đánh giá.\n", strings.Join(missing, ", "))
	}
	ev, err := e.judgeAndEvaluate(a.ctx)
	if err != nil {
		return err
	}
	names := report.NamesOf(e.plan)
	fmt.Fprintf(a.Out, "Đã ghi: %s; %s, %s, %s; người quyết định: %s.\n", viet.DecisionOf(string(d.Kind), d.None), d.Quota, names.Agency(d.Owner), cmp.Or(d.Period, "mọi kỳ liên quan"), d.Actor)
	var shown []schedule.Standing
	for _, s := range ev.Standings {
		if s.Quota == d.Quota && s.Owner == d.Owner && (d.Period == "" || s.Period == d.Period) {
			shown = append(shown, s)
		}
	}
	if len(shown) == 0 {
		return nil
	}
	return standingTable(a, e.plan, shown)
}

// refusal tells everything wrong with a decision in one Vietnamese sentence.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	var words []string
	all := []error{err}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		all = many.Unwrap()
	}
	for _, one := range all {
		var r schedule.Refusal
		if !errors.As(one, &r) {
			return err // not the person's doing
		}
		words = append(words, viet.Refusal(r.Code, r.Args))
	}
	return usagef("quyết định không hợp lệ: %s", strings.Join(words, "; "))
}

// knownEvidence refuses a piece that is no candidate for the quota, owner and
// period: striking or adding it would change nothing.
func knownEvidence(d schedule.Decision, m schedule.Matching) error {
	elsewhere := ""
	check := func(quota, owner, period, id string) bool {
		if quota != d.Quota || owner != d.Owner || id != d.Evidence {
			return false
		}
		elsewhere = period
		return d.Period == "" || d.Period == period
	}
	for _, c := range m.Credits {
		if check(c.Quota, c.Owner, c.Period, c.Evidence.ID) {
			return nil
		}
	}
	for _, r := range m.Rejections {
		if check(r.Quota, r.Owner, r.Period, r.Evidence.ID) {
			return nil
		}
	}
	args := map[string]any{"quota": d.Quota, "owner": d.Owner, "period": d.Period, "evidence": d.Evidence, "other": elsewhere}
	if elsewhere != "" {
		return schedule.Refusal{Code: "evidence_elsewhere", Args: args}
	}
	return schedule.Refusal{Code: "evidence_unknown", Args: args}
}

// matching derives what is credited and what is not, as of now.
func (e *engine) matching() (schedule.Matching, error) {
	ev, err := monitor.Derive(e.app.ctx, e.store, e.plan, e.cal, e.moment())
	return ev.Matching, err
}

// decide checks a person's decision and records it; the same act twice is one.
// What is wrong with it are errors of schedule.Refusal. pieces are the candidates
// among which a piece that is struck or added has to be.
func (e *engine) decide(ctx context.Context, d schedule.Decision, pieces func() (schedule.Matching, error)) error {
	if err := schedule.CheckDecision(e.inUse(), d); err != nil {
		return err
	}
	if d.Kind == schedule.ConfirmMissed {
		if err := e.confirmable(ctx, d); err != nil {
			return err
		}
	}
	if d.Evidence != "" {
		m, err := pieces()
		if err != nil {
			return err
		}
		if err := knownEvidence(d, m); err != nil {
			return err
		}
	}
	if err := e.store.AddDecision(ctx, d, "person"); err != nil {
		return fmt.Errorf("ghi quyết định: %w", err)
	}
	return nil
}

// confirmable holds a confirmation against how it stands now: what is not short, or
// what we did not see ourselves, is no miss whoever says so (docs/ARCHITECTURE.md, ruling 4).
func (e *engine) confirmable(ctx context.Context, d schedule.Decision) error {
	ev, err := monitor.DeriveOwners(ctx, e.store, e.inUse(), []string{d.Owner}, e.cal, e.moment())
	if err != nil {
		return err
	}
	for _, s := range ev.Standings {
		if s.Quota == d.Quota && s.Owner == d.Owner && (s.Period == d.Period || d.Period == "") {
			_, err = schedule.MayConfirm(s)
			return err
		}
	}
	return nil // CheckDecision tells what is no period
}

// evidenceCmd lists the pieces of a standing with their ids, for strike and add.
type evidenceCmd struct {
	Plan   string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Quota  string `required:"" help:"Mã nhiệm vụ, ví dụ B-D1."`
	Owner  string `required:"" help:"Cơ quan, ví dụ dai-ptth."`
	Period string `help:"Kỳ, ví dụ 2023-W10 (mặc định: mọi kỳ)."`
}

// Run prints what is credited and what is not, each with its reasons.
func (c *evidenceCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	m, err := e.matching()
	if err != nil {
		return err
	}
	owner, names, n := e.agencyID(c.Owner), report.NamesOf(e.plan), 0
	line := func(quota, of, period, head string, ev media.Evidence, why ...schedule.Reason) {
		if quota != c.Quota || of != owner || c.Period != "" && period != c.Period {
			return
		}
		var words []string
		for _, r := range why {
			words = append(words, names.Reason(r))
		}
		n++
		credit := ""
		if ev.Repost {
			credit = ev.Credit
		}
		if same := names.Copy(ev.Copy, credit); same != "" {
			words = append(words, same)
		}
		fmt.Fprintf(a.Out, "%s\t%s\t%s\t%s\t%s\n\t%s\n", ev.ID, head, period, whenWords(ev), report.Masked(ev).Title, strings.Join(words, "; "))
	}
	for _, x := range m.Credits {
		line(x.Quota, x.Owner, x.Period, "được ghi nhận", x.Evidence, x.Reasons...)
	}
	for _, x := range m.Rejections {
		line(x.Quota, x.Owner, x.Period, "không ghi nhận", x.Evidence, x.Reason)
	}
	if n == 0 {
		fmt.Fprintln(a.Out, "Không có minh chứng nào.")
	}
	return nil
}

// whenWords is the date of a piece as precisely as it is known.
func whenWords(e media.Evidence) string {
	switch e.Precision {
	case media.NoDate:
		return "không rõ ngày"
	case media.ToDay:
		return viet.Day(e.At.In(calendar.Zone))
	}
	return viet.Moment(e.At.In(calendar.Zone))
}

// agencyID accepts a slug or an id.
func (e *engine) agencyID(s string) string {
	if s == "" || strings.Contains(s, "/") {
		return s
	}
	return e.plan.Province + "/" + s
}

// actor is who acts: the one named, else the machine's user.
func actor(by string) string {
	if by != "" {
		return by
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "không rõ"
}

type decisionsCmd struct {
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
}

// Run prints every decision, oldest first.
func (c *decisionsCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	ds, err := e.store.Decisions(a.ctx, e.plan.ID, time.Time{})
	if err != nil {
		return fmt.Errorf("đọc quyết định: %w", err)
	}
	if len(ds) == 0 {
		fmt.Fprintln(a.Out, "Chưa có quyết định nào.")
	}
	for _, d := range ds {
		fmt.Fprintf(a.Out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", d.At.In(calendar.Zone).Format("02/01/2006 15:04"), viet.DecisionOf(string(d.Kind), d.None), d.Quota, d.Owner, d.Period, d.Actor, d.Document, d.Reason)
	}
	return nil
}
