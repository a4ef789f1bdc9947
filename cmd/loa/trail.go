package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"loa/schedule/calendar"
	"loa/viet"
	"loa/web"
	"loa/web/trail"
)

// auditCmd is the trail of what was done (docs/decisions/0038-trail-and-programs.md).
type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Đi dọc chuỗi mã băm của lịch sử thao tác; in số thao tác và mã cuối, thoát 1 khi chuỗi bị đứt."`
	List   auditListCmd   `cmd:"" help:"In lịch sử thao tác, mới nhất trước."`
	Anchor auditAnchorCmd `cmd:"" help:"In mốc (số và mã băm của thao tác cuối) để ghi ra giấy hoặc gửi thư điện tử."`
}

type auditVerifyCmd struct {
	Anchor string `help:"Mốc đã in từ trước: biết thêm chuỗi có bị viết lại cả hay không." placeholder:"SỐ:MÃ"`
}

// Run walks the chain.
func (c *auditVerifyCmd) Run(a *app) error {
	var anchor trail.Anchor
	if c.Anchor != "" {
		ok := false
		if anchor, ok = trail.ParseAnchor(c.Anchor); !ok {
			return usagef("--anchor «%s»: cần đúng như «loa audit anchor» đã in, dạng số:mã", c.Anchor)
		}
	}
	st, err := a.openStore(a.ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	check, err := st.VerifyTrail(a.ctx, anchor)
	if err != nil {
		return fmt.Errorf("kiểm tra lịch sử thao tác: %w", err)
	}
	fmt.Fprintln(a.Out, check.Words())
	if check.Count > 0 {
		fmt.Fprintf(a.Out, "Thao tác cuối còn đúng: %s (%s)\n", trail.Anchor{Seq: check.Seq, Hash: check.Hash}, viet.Moment(check.At.In(calendar.Zone)))
	}
	if check.Fault != "" {
		return fmt.Errorf("lịch sử thao tác không toàn vẹn, từ thao tác số %d", check.Broken)
	}
	return nil
}

type auditAnchorCmd struct{}

// Run prints the head of the chain.
func (auditAnchorCmd) Run(a *app) error {
	st, err := a.openStore(a.ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	head, err := st.TrailHead(a.ctx)
	switch {
	case err != nil:
		return err
	case head.Seq == 0:
		return fmt.Errorf("chưa có thao tác nào")
	}
	_, err = fmt.Fprintln(a.Out, head)
	return err
}

type auditListCmd struct {
	Plan  string `help:"Kế hoạch, cho tên gọi (mặc định: kế hoạch đang có hiệu lực)."`
	At    moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	From  moment `help:"Từ ngày, giờ."`
	To    moment `help:"Đến hết ngày (hoặc đến giờ)."`
	Kind  string `help:"Chỉ việc này: mã việc (decision.exempt) hoặc nhóm (quyet-dinh, tai-ve, tai-khoan…)."`
	By    string `help:"Chỉ người này, đúng như đã ghi."`
	Limit int    `short:"n" default:"0" help:"Nhiều nhất bấy nhiêu dòng; 0: tất cả."`
	JSON  bool   `name:"json" help:"Mỗi thao tác một dòng JSON."`
}

// eventLine is one event as a line of JSON.
type eventLine struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Person  bool      `json:"person"`
	Kind    string    `json:"kind"`
	Subject string    `json:"subject"`
	Before  string    `json:"before"`
	After   string    `json:"after"`
	Hash    string    `json:"hash"`
}

// Run prints events, the newest first, as they are read.
func (c *auditListCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	q := trail.Query{Actor: c.By, From: c.From.Time, To: c.To.Time, Limit: 1000}
	if !q.To.IsZero() && viet.Midnight(q.To.In(calendar.Zone)).Equal(q.To) {
		q.To = q.To.AddDate(0, 0, 1)
	}
	if c.Kind != "" {
		kinds, err := e.store.TrailKinds(a.ctx)
		if err != nil {
			return err
		}
		for _, k := range kinds {
			if k == c.Kind || trail.GroupOf(k).Key == c.Kind {
				q.Kinds = append(q.Kinds, k)
			}
		}
		if len(q.Kinds) == 0 {
			q.Kinds = []string{c.Kind}
		}
	}
	names := web.TrailNames(e.plan)
	w := tabwriter.NewWriter(a.Out, 0, 4, 2, ' ', 0)
	enc := json.NewEncoder(a.Out)
	enc.SetEscapeHTML(false)
	for n := 0; ; {
		page, err := e.store.Trail(a.ctx, q, nil)
		if err != nil {
			return err
		}
		for _, ev := range page.Events {
			if n++; c.Limit > 0 && n > c.Limit {
				return w.Flush()
			}
			if c.JSON {
				if err := enc.Encode(eventLine{ev.Seq, ev.At.In(calendar.Zone), ev.Actor, ev.Person, ev.Kind, ev.Subject, ev.Before, ev.After, ev.Hash}); err != nil {
					return fmt.Errorf("write an event: %w", err)
				}
				continue
			}
			object, _ := ev.Object(names)
			who := ev.Actor
			if !ev.Person {
				who = "(hệ thống)"
			}
			changes := ""
			for i, ch := range ev.Diff(names) {
				if i > 0 {
					changes += "; "
				}
				if ch.Field != "" {
					changes += ch.Field + ": "
				}
				if ch.Before != "" {
					changes += ch.Before + " → "
				}
				changes += ch.After
			}
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", ev.Seq, viet.Moment(ev.At.In(calendar.Zone)), who, trail.KindWord(ev.Kind), object, cut(changes, 200))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if q.After = page.Next; q.After.Seq == 0 {
			return nil
		}
	}
}
