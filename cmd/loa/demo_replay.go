package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"loa/crawler"
	"loa/crawler/extract"
	"loa/media"
	"loa/report"
	"loa/sample"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// demoClosings are the reporting windows that end in the quarter, with the
// moment at which somebody closes each.
func demoClosings() map[string]time.Time {
	at := func(m time.Month, d int) time.Time { return time.Date(2023, m, d, 9, 0, 0, 0, calendar.Zone) }
	return map[string]time.Time{"2023-01@14": at(1, 16), "2023-02@14": at(2, 16), "2023-03@14": at(3, 16)}
}

const demoActor = "Chuyên viên Sở Nội vụ (mẫu)"

// replay steps the business clock through the quarter: what arrived and what
// somebody closed since the last step is taken in at its own moment, the sources
// that are due are visited, and at every week's end standings are derived.
func (e *engine) replay(ctx context.Context, clock *stepClock, n network) error {
	bar := newProgress(e.app.Err)
	defer bar.done()
	r := demoReplay{engine: e, net: n, bar: bar, crawlers: map[string]*crawler.Crawler{}}
	desk := r.desk()
	for step, at := 0, demoStart; ; step, at = step+1, at.Add(demoStep) {
		if at.After(demoEnd) {
			at = demoEnd
		}
		for ; len(desk) > 0 && !desk[0].at.After(at); desk = desk[1:] {
			clock.set(desk[0].at)
			if err := desk[0].do(ctx); err != nil {
				return err
			}
		}
		clock.set(at)
		bar.say(at.Format("02/01/2006 15:04") + " · ")
		cr, err := r.due(step)
		if err != nil {
			return err
		}
		if _, err := cr.Round(ctx); err != nil {
			return fmt.Errorf("thu thập lúc %s: %w", at.Format(time.DateTime), err)
		}
		if at.Equal(demoEnd) {
			break
		}
		if at.Weekday() == time.Monday && at.Hour() < 12 {
			if _, err := e.judgeAndEvaluate(ctx); err != nil {
				return err
			}
		}
	}
	_, err := e.judgeAndEvaluate(ctx)
	return err
}

// demoReplay is what the replay works with.
type demoReplay struct {
	*engine
	net      network
	bar      *progress
	crawlers map[string]*crawler.Crawler // by the sources they visit
}

// due is the crawler of the sources that their intervals make due at a step.
func (r *demoReplay) due(step int) (*crawler.Crawler, error) {
	var only []string
	for _, s := range r.plan.Sources {
		if step%max(1, int(s.Every/demoStep)) == 0 {
			only = append(only, s.ID)
		}
	}
	key := strings.Join(only, " ")
	if r.crawlers[key] == nil {
		cr, err := r.crawler(r.net, only, r.bar.event)
		if err != nil {
			return nil, err
		}
		r.crawlers[key] = cr
	}
	return r.crawlers[key], nil
}

// deskAct is something done at the desk at its moment.
type deskAct struct {
	at time.Time
	do func(context.Context) error
}

// desk lists what is handed in and what is closed in the quarter, in order.
func (r *demoReplay) desk() []deskAct {
	var out []deskAct
	add := func(at time.Time, do func(context.Context) error) {
		if at.Before(demoStart) {
			at = demoStart
		}
		out = append(out, deskAct{at, do})
	}
	for _, l := range sample.Logs(demoEnd) {
		add(l.Known, func(ctx context.Context) error {
			_, _, err := r.importAirings(ctx, airingLog{Name: l.Name, Data: l.Data, Channel: l.Channel, Sender: l.Sender, From: l.From, To: l.To})
			return err
		})
	}
	for _, f := range sample.Registers(demoEnd) {
		add(f.Known, func(ctx context.Context) error { return r.takeRegister(ctx, f) })
	}
	for _, f := range sample.Radio(demoEnd) {
		add(f.Known, func(ctx context.Context) error { return r.takeRadio(ctx, f) })
	}
	for _, d := range sample.Documents() {
		add(d.Known, func(context.Context) error { return r.takePaper(d) })
	}
	for period, at := range demoClosings() {
		add(at, func(ctx context.Context) error { return r.closeWindow(ctx, period) })
	}
	slices.SortStableFunc(out, func(a, b deskAct) int { return a.at.Compare(b.at) })
	return out
}

// takePaper is `loa decide attest`.
func (r *demoReplay) takePaper(d sample.Document) error {
	act := schedule.Decision{Kind: schedule.Attest, Plan: r.plan.ID, Quota: d.Quota, Owner: r.agencyID(d.Owner), Period: d.Period,
		At: r.business(), Actor: demoActor, Reason: d.Says, Document: d.Number, Date: d.Date, None: d.None}
	if d.Integrated {
		act.Form = "integrated"
	}
	return refusal(r.decide(r.app.ctx, act, r.matching))
}

// takeRadio is `loa import radio`.
func (r *demoReplay) takeRadio(ctx context.Context, f sample.RadioFile) error {
	opt := extract.RadioOptions{Agencies: r.plan.Agencies, Signed: f.Signed}
	if f.Log {
		opt.From, opt.To = f.From, f.To
	} else {
		opt.Month, opt.District = f.From, r.agencyID(f.District)
	}
	sheet, bad, err := extract.Radio(f.Name, f.Data, opt)
	if err != nil || len(bad) > 0 {
		return fmt.Errorf("đọc %s: %v %w", f.Name, bad, err)
	}
	sum := sha256.Sum256(f.Data)
	_, err = r.putRadio(ctx, sheet, media.Register{Sender: f.Sender, At: r.business(), FileName: f.Name, FileHash: hex.EncodeToString(sum[:])}, f.Data)
	return err
}

// takeRegister is `loa import print`, `procedures`, `questions` or `segments`.
func (r *demoReplay) takeRegister(ctx context.Context, f sample.RegisterFile) error {
	g := media.Register{Kind: f.Kind, Sender: f.Sender, From: f.From, To: f.To, Note: f.Note, At: r.business()}
	cmd := registerCmd{Agency: f.Agency, None: f.Data == nil}
	if !cmd.None {
		sum := sha256.Sum256(f.Data)
		g.FileName, g.FileHash = f.Name, hex.EncodeToString(sum[:])
	}
	if err := cmd.rows(r.app, r.plan, &g, f.Data); err != nil {
		return err
	}
	if !cmd.None {
		var err error
		if g.Kept, err = r.keepBytes(ctx, "register", g.FileName, f.Data); err != nil {
			return err
		}
	}
	if _, err := r.store.PutRegister(ctx, g); err != nil {
		return fmt.Errorf("lưu bảng kê %s: %w", g.FileName, err)
	}
	return nil
}

// closeWindow is `loa close`, the certificate written into the data folder.
func (r *demoReplay) closeWindow(ctx context.Context, id string) error {
	period, err := calendar.Parse(id)
	if err != nil {
		return err
	}
	closings, err := r.store.Closings(ctx, r.plan.ID, time.Time{})
	if err != nil {
		return fmt.Errorf("đọc các kỳ đã chốt: %w", err)
	}
	if slices.ContainsFunc(closings, func(c schedule.Closing) bool { return c.Period == id }) {
		return nil // by an earlier run that was kept
	}
	c, err := r.closePeriod(ctx, period, closings, closeAsk{By: demoActor})
	if err != nil {
		return err
	}
	if err := r.store.PutClosing(ctx, c); err != nil {
		return fmt.Errorf("lưu lần chốt: %w", err)
	}
	if _, err := r.judgeAndEvaluate(ctx); err != nil {
		return err
	}
	var text bytes.Buffer
	if err := report.WriteCertificate(&text, r.plan, c); err != nil {
		return fmt.Errorf("lập biên bản chốt: %w", err)
	}
	if err := os.WriteFile(filepath.Join(r.app.cli.Data, "bien-ban-chot-"+id+".txt"), text.Bytes(), 0o640); err != nil {
		return fmt.Errorf("ghi biên bản chốt: %w", err)
	}
	return nil
}

// closedLines tell the closings, and what would come out otherwise today.
func (e *engine) closedLines(proposals []schedule.Proposal) error {
	closings, err := e.store.ClosingHeads(e.app.ctx, e.plan.ID, time.Time{})
	if err != nil {
		return fmt.Errorf("đọc các kỳ đã chốt: %w", err)
	}
	for _, c := range closings {
		period := calendar.Period{ID: c.Period, Start: c.Start, End: c.End}
		fmt.Fprintf(e.app.Out, "Đã chốt kỳ báo cáo %s (%s), lúc %s: lần %d, còn %d câu hỏi mở, mã bộ dữ liệu %s.\n", c.Period, period.Name(), viet.Moment(c.At.In(calendar.Zone)), c.Revision, len(c.Open), c.Dataset)
	}
	names := report.NamesOf(e.plan)
	word := func(s schedule.Standing) string { return report.Word(s.Basis, s.State, s.Confirmed, s.Risk, s.Reasons) }
	fmt.Fprintf(e.app.Out, "Kết quả đã chốt mà nay tính ra khác, chờ người quyết định: %d.\n", len(proposals))
	for _, p := range proposals {
		period := calendar.Period{ID: p.Period, Start: p.Was.Start, End: p.Was.End}
		fmt.Fprintf(e.app.Out, "  %s, %s, %s: đã chốt «%s», nay «%s» (thêm %d, bớt %d minh chứng).\n", p.Quota, names.Agency(p.Owner), period.Name(), word(p.Was), word(p.Now), len(p.Added), len(p.Removed))
	}
	return nil
}
