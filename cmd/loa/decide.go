package main

import (
	"fmt"
	"os/user"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// decideCmd is the door of the desk's decisions until the desk has them.
type decideCmd struct {
	ConfirmMissed confirmMissedCmd `cmd:"" name:"confirm-missed" help:"Xác nhận một tiến độ là chưa đạt."`
	Exempt        exemptCmd        `cmd:"" help:"Không đánh giá kỳ này, theo văn bản."`
	Attest        attestCmd        `cmd:"" help:"Ghi nhận minh chứng được nộp (số, ngày văn bản)."`
	Strike        strikeCmd        `cmd:"" help:"Bỏ một ghi nhận."`
	Add           addCmd           `cmd:"" help:"Ghi nhận một minh chứng đã bị loại."`
	List          decisionsCmd     `cmd:"" help:"In các quyết định đã ghi."`
}

type (
	confirmMissedCmd struct{ decisionCmd }
	exemptCmd        struct{ decisionCmd }
	attestCmd        struct{ decisionCmd }
	strikeCmd        struct{ decisionCmd }
	addCmd           struct{ decisionCmd }
)

func (c *confirmMissedCmd) Run(a *app) error { return c.record(a, schedule.ConfirmMissed) }
func (c *exemptCmd) Run(a *app) error        { return c.record(a, schedule.ExemptKind) }
func (c *attestCmd) Run(a *app) error        { return c.record(a, schedule.Attest) }
func (c *strikeCmd) Run(a *app) error        { return c.record(a, schedule.Strike) }
func (c *addCmd) Run(a *app) error           { return c.record(a, schedule.Add) }

type decisionCmd struct {
	Plan     string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At       moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Quota    string `required:"" help:"Mã nhiệm vụ, ví dụ B-D1."`
	Owner    string `required:"" help:"Cơ quan, ví dụ dai-ptth."`
	Period   string `required:"" help:"Kỳ, ví dụ 2023-W10."`
	Evidence string `help:"Mã minh chứng (strike, add)."`
	Document string `help:"Số, ngày văn bản."`
	Date     moment `help:"Ngày của minh chứng được nộp (attest)."`
	Reason   string `required:"" help:"Lý do."`
	By       string `help:"Ai quyết định (mặc định: người dùng của máy)."`
}

// record writes the decision and evaluates anew.
func (c *decisionCmd) record(a *app, kind schedule.DecisionKind) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	d := schedule.Decision{Kind: kind, Plan: e.plan.ID, Quota: c.Quota, Owner: e.agencyID(c.Owner), Period: c.Period,
		Evidence: c.Evidence, At: e.business(), Actor: actor(c.By), Reason: c.Reason, Document: c.Document, Date: c.Date.Time}
	if err := e.decide(d, "person"); err != nil {
		return err
	}
	if _, err := e.judgeAndEvaluate(a.ctx); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Đã ghi: %s %s %s %s, %s.\n", kind, d.Quota, d.Owner, d.Period, d.Actor)
	return nil
}

// decide checks a decision and records it; the same decision twice is one.
func (e *engine) decide(d schedule.Decision, actorKind string) error {
	d.ID = media.Hash("decision", string(d.Kind), d.Plan, d.Quota, d.Owner, d.Period, d.Evidence, d.Actor, d.Reason, d.Document, d.Date.UTC().Format(time.RFC3339))
	if err := schedule.CheckDecision(e.plan, d); err != nil {
		return usagef("quyết định không hợp lệ: %v", err)
	}
	if err := e.store.AddDecision(e.app.ctx, d, actorKind); err != nil {
		return fmt.Errorf("ghi quyết định: %w", err)
	}
	return nil
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
	for _, d := range ds {
		fmt.Fprintf(a.Out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", d.At.In(calendar.Zone).Format("02/01/2006 15:04"), d.Kind, d.Quota, d.Owner, d.Period, d.Actor, d.Document, d.Reason)
	}
	return nil
}

type reviewCmd struct {
	Next   reviewNextCmd   `cmd:"" help:"In các tin, bài chờ duyệt."`
	Decide reviewDecideCmd `cmd:"" help:"Duyệt một tin, bài."`
}

type reviewNextCmd struct {
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	N    int    `short:"n" default:"5" help:"Bao nhiêu tin, bài."`
}

// Run prints items that wait for a person.
func (c *reviewNextCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	rows, err := e.store.NextReview(a.ctx, c.N)
	if err != nil {
		return fmt.Errorf("đọc hàng chờ duyệt: %w", err)
	}
	for _, r := range rows {
		var cues []string
		score := 0.0
		if r.Verdict != nil {
			score = r.Verdict.Score
			for _, cue := range r.Verdict.Cues {
				cues = append(cues, "«"+cue.Term+"»")
			}
		}
		fmt.Fprintf(a.Out, "%s\t%.2f\t%s\n\t%s\n\tKhớp: %s\n", r.Item.ID, score, r.Item.Title, r.Item.URL, strings.Join(cues, ", "))
	}
	if len(rows) == 0 {
		fmt.Fprintln(a.Out, "Không có tin, bài chờ duyệt.")
	}
	return nil
}

type reviewDecideCmd struct {
	Item   string   `arg:"" help:"Mã tin, bài."`
	Answer string   `arg:"" enum:"yes,no" help:"yes: về cải cách hành chính; no: không."`
	Topics []string `help:"Chủ đề, chủ đề chính trước."`
	Reason string   `help:"Lý do."`
	By     string   `help:"Ai duyệt (mặc định: người dùng của máy)."`
	Plan   string   `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment   `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
}

// Run records a person's verdict, which wins over the machine's.
func (c *reviewDecideCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	for _, t := range c.Topics {
		if !known(t) {
			return usagef("không có chủ đề «%s»: cần một trong %s", t, strings.Join(media.Topics(), " "))
		}
	}
	if err := e.store.AddReview(a.ctx, c.Item, c.Answer == "yes", c.Topics, actor(c.By), e.business(), c.Reason); err != nil {
		return fmt.Errorf("ghi kết quả duyệt: %w", err)
	}
	_, err = e.judgeAndEvaluate(a.ctx)
	return err
}

func known(topic string) bool {
	for _, t := range media.Topics() {
		if t == topic {
			return true
		}
	}
	return false
}
