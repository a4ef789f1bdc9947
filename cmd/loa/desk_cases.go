package main

import (
	"context"
	"fmt"
	"slices"

	"loa/schedule"
	"loa/viet"
	"loa/web"
	"loa/web/access"
)

// stationsOf are the bodies with channels: whose broadcasts can be made good.
func stationsOf(plan *schedule.Plan) (out []string) {
	for _, c := range plan.Channels {
		if !slices.Contains(out, c.Agency) {
			out = append(out, c.Agency)
		}
	}
	return out
}

// caseWorld is the world of the plan's make-good cases, for a page.
func (e *engine) caseWorld(ctx context.Context) (schedule.CaseWorld, error) {
	plan := e.inUse()
	d, err := e.casesOf(ctx, plan, stationsOf(plan)...)
	if err != nil {
		return schedule.CaseWorld{}, err
	}
	return d.CaseWorld, nil
}

// actInCase does what a person does in a case on the desk, as the commands of loa makegood do it.
func (e *engine) actInCase(ctx context.Context, who access.Actor, act schedule.CaseAct, file []byte) (id, said string, err error) {
	plan := e.inUse()
	d, err := e.casesOf(ctx, plan, stationsOf(plan)...)
	if err != nil {
		return "", "", err
	}
	it := d.find(act.Case)
	owner := it.Owner
	if act.Kind == schedule.CaseOpen {
		it, owner = schedule.Case{}, act.Owner
	}
	if !who.Sees(owner) || owner == "" {
		return "", "", web.Refusal{Text: "Không có việc này trong phạm vi của tài khoản đang dùng."}
	}
	act.Plan, act.Seq, act.At, act.Actor = plan.ID, d.acts+1, e.business(), who.String()
	fit, err := d.complete(it, &act)
	if err != nil {
		return "", "", deskError(err)
	}
	if file != nil {
		if _, err := it.Next(act); err != nil { // nothing is kept of what is refused
			return "", "", deskError(d.refused(err))
		}
		kept, err := e.keepBytes(ctx, "case", act.FileName, file)
		if err != nil {
			return "", "", err
		}
		if err := e.store.PutKept(ctx, *kept); err != nil {
			return "", "", fmt.Errorf("ghi bản lưu: %w", err)
		}
		act.File = kept.SHA256
	}
	_, decided, err := d.put(ctx, it, act)
	if err != nil {
		return "", "", deskError(err)
	}
	if decided {
		if err := e.refresh(ctx, owner); err != nil {
			return "", "", err
		}
	}
	said = "Đã ghi: " + viet.CaseAct(string(act.Kind)) + " " + act.Case + "."
	if fit != nil {
		said += " " + fitWords(*fit)
	}
	return act.Case, said, nil
}
