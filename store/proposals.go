package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"loa/media"
	"loa/schedule"
)

// RefusedProposal is a person's word that a closed row stays as it was closed.
type RefusedProposal struct {
	At            time.Time // business clock
	Actor, Reason string
}

// ProposalID names what a proposal would change: the same row that would come out in yet another way is another question.
func ProposalID(p schedule.Proposal) string {
	parts := []string{"proposal", p.Closing, p.Quota, p.Owner, p.Period, string(p.Now.State), fmt.Sprint(p.Now.Confirmed)}
	for _, m := range p.Now.Measures {
		parts = append(parts, m.Name, fmt.Sprint(m.Wanted), fmt.Sprint(m.Delivered))
	}
	for _, list := range [][]schedule.Credit{p.Added, p.Removed} {
		parts = append(parts, fmt.Sprint(len(list)))
		for _, c := range list {
			parts = append(parts, c.Evidence.ID)
		}
	}
	return media.Hash(parts...)
}

// RefuseProposal records that a closed row stays as it was closed, durably; the first word on the same difference stays.
func (s *Store) RefuseProposal(ctx context.Context, plan string, p schedule.Proposal, r RefusedProposal) error {
	if plan == "" || r.Actor == "" || r.Reason == "" || r.At.IsZero() {
		return errors.New("refuse a proposal: plan, actor, reason and time are needed")
	}
	id := ProposalID(p)
	return s.writeDurable(ctx, "refuse a proposal of "+plan, func(t *tx) error {
		n, err := t.exec(ctx, "INSERT INTO proposal_refusal (id, plan, quota, owner, period, at, actor, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
			id, clean(plan), clean(p.Quota), clean(p.Owner), clean(p.Period), micros(r.At), nfc(r.Actor), nfc(r.Reason))
		if err != nil || n == 0 {
			return err
		}
		t.changed("proposal", clean(plan))
		t.happened(Event{At: r.At, ActorKind: "person", Actor: r.Actor, Kind: "decision.keep-closed", Subject: plan + " " + p.Quota + " " + p.Owner + " " + p.Period,
			Before: pack(map[string]any{"state": p.Was.State}), After: pack(map[string]any{"state": p.Was.State, "reason": r.Reason})}, id)
		return nil
	})
}

// RefusedProposals gives, by ProposalID, what was said of a plan's differences.
func (s *Store) RefusedProposals(ctx context.Context, plan string) (map[string]RefusedProposal, error) {
	out := map[string]RefusedProposal{}
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		var x RefusedProposal
		id := ""
		err := r.Scan(&id, at(&x.At), &x.Actor, &x.Reason)
		out[id] = x
		return err
	}, "SELECT id, at, actor, reason FROM proposal_refusal WHERE plan = $1", clean(plan))
	if err != nil {
		return nil, fmt.Errorf("read the refused proposals of %s: %w", plan, err)
	}
	return out, nil
}
