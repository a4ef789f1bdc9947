package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
	"loa/web"
)

// closer is how a period is closed from the desk.
func (e *engine) closer(plan *schedule.Plan) *web.Closer {
	return &web.Closer{
		Preview: func(ctx context.Context, period calendar.Period) (web.ClosePreview, error) {
			p, err := e.closePreview(ctx, plan, period)
			return p, deskError(err)
		},
		Close: func(ctx context.Context, period calendar.Period, dataset, by, reason string) (schedule.Closing, error) {
			c, err := e.closeOn(ctx, plan, period, dataset, by, reason)
			return c, deskError(err)
		},
		Keep: func(ctx context.Context, quota, owner, of, by, reason string) error {
			return deskError(e.keepClosed(ctx, plan, quota, owner, of, by, reason))
		},
		Kept: func(ctx context.Context, ps []schedule.Proposal) ([]string, error) {
			return e.keptClosed(ctx, plan, ps)
		},
	}
}

// closePreview is what would be frozen if the period were closed now.
func (e *engine) closePreview(ctx context.Context, plan *schedule.Plan, period calendar.Period) (web.ClosePreview, error) {
	closings, err := e.store.Closings(ctx, plan.ID, time.Time{})
	if err != nil {
		return web.ClosePreview{}, fmt.Errorf("đọc các kỳ đã chốt: %w", err)
	}
	p := web.ClosePreview{Last: lastOf(closings, period.ID)}
	if p.Closing, err = e.closePeriod(ctx, period, closings, closeAsk{By: "–", Restate: p.Last != nil, Draft: true}); err != nil {
		return p, err
	}
	_, p.Queue, err = e.store.Search(ctx, web.ItemQuery{Verdict: "review", From: period.Start, To: period.End, Plan: plan.ID, Limit: 1})
	return p, err
}

// closeOn closes a period as a person saw it: dataset is what they were shown.
func (e *engine) closeOn(ctx context.Context, plan *schedule.Plan, period calendar.Period, dataset, by, reason string) (schedule.Closing, error) {
	closings, err := e.store.Closings(ctx, plan.ID, time.Time{})
	if err != nil {
		return schedule.Closing{}, fmt.Errorf("đọc các kỳ đã chốt: %w", err)
	}
	last := lastOf(closings, period.ID)
	if reason = strings.TrimSpace(reason); last != nil && reason == "" {
		return schedule.Closing{}, usagef("kỳ này đã chốt lần %d: chốt lại thì cần ghi lý do", last.Revision)
	}
	closing, err := e.closePeriod(ctx, period, closings, closeAsk{By: by, Reason: reason, Restate: last != nil})
	if err != nil {
		return closing, err
	}
	if closing.Dataset != dataset {
		return closing, usagef("số liệu vừa thay đổi so với bảng xem trước, nên chưa chốt: xin xem lại bảng dưới đây rồi chốt")
	}
	if err := e.store.PutClosing(ctx, closing); errors.Is(err, store.ErrRevision) {
		return closing, usagef("kỳ này vừa được người khác chốt, nên không chốt nữa: xin xem lại")
	} else if err != nil {
		return closing, fmt.Errorf("lưu lần chốt: %w", err)
	}
	e.freezeReport(ctx, closing)
	if after := lastOf(append(closings, closing), period.ID); after != nil {
		closing = *after
	}
	heads, err := e.store.ClosingHeads(ctx, plan.ID, time.Time{})
	if err != nil {
		return closing, err
	}
	for _, h := range heads {
		if h.Period == closing.Period && h.Revision == closing.Revision {
			closing.ID = h.ID
		}
	}
	var owners []string
	seen := map[string]bool{}
	for _, r := range closing.Rows {
		if !seen[r.Standing.Owner] {
			seen[r.Standing.Owner] = true
			owners = append(owners, r.Standing.Owner)
		}
	}
	return closing, e.refresh(ctx, owners...)
}

// proposals are what would come out otherwise than it was closed, as last evaluated.
func (e *engine) proposalsNow(ctx context.Context, plan *schedule.Plan) ([]schedule.Proposal, error) {
	ev, _, err := e.store.Evaluation(ctx, plan.ID)
	return ev.Proposals, err
}

// keepClosed records that a closed row stays as it is.
func (e *engine) keepClosed(ctx context.Context, plan *schedule.Plan, quota, owner, period, by, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return usagef("cần ghi vì sao giữ nguyên kết quả đã chốt")
	}
	list, err := e.proposalsNow(ctx, plan)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.Quota == quota && p.Owner == owner && p.Period == period {
			return e.store.RefuseProposal(ctx, plan.ID, p, store.RefusedProposal{At: e.business(), Actor: by, Reason: reason})
		}
	}
	return usagef("không còn đề nghị này: số liệu tính lại nay đã giống số liệu đã chốt")
}

// keptClosed words who said of each proposal that the row stays, "" where nobody did.
func (e *engine) keptClosed(ctx context.Context, plan *schedule.Plan, ps []schedule.Proposal) ([]string, error) {
	refused, err := e.store.RefusedProposals(ctx, plan.ID)
	out := make([]string, len(ps))
	for i, p := range ps {
		if r, ok := refused[store.ProposalID(p)]; ok {
			out[i] = fmt.Sprintf("%s giữ nguyên ngày %s: %s", r.Actor, viet.Day(r.At.In(calendar.Zone)), r.Reason)
		}
	}
	return out, err
}
