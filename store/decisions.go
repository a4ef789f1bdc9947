package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
)

// AddDecision records a person's act, durably; actorKind is "person" or
// "system". An empty id is made from the act, so that the same act told twice
// is one.
func (s *Store) AddDecision(ctx context.Context, d schedule.Decision, actorKind string) error {
	if d.Kind == "" || d.Plan == "" || d.Actor == "" || d.At.IsZero() {
		return errors.New("add decision: kind, plan, actor and time are needed")
	}
	return s.writeDurable(ctx, "add decision "+string(d.Kind), func(t *tx) error { return t.addDecision(ctx, d, actorKind) })
}

func (t *tx) addDecision(ctx context.Context, d schedule.Decision, actorKind string) error {
	id := cmp.Or(clean(d.ID), decisionID(d))
	if err := t.firstPaper(ctx, d, id); err != nil {
		return err
	}
	n, err := t.exec(ctx, `INSERT INTO decision (id, kind, plan, quota, owner, period, evidence, at, actor, reason, document, date_at,
			issuer, issued_at, file_hash, file_name, grade, nothing_arose, form)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT (id) DO NOTHING`,
		id, string(d.Kind), clean(d.Plan), clean(d.Quota), clean(d.Owner), clean(d.Period), clean(d.Evidence), micros(d.At),
		nfc(d.Actor), nfc(d.Reason), nfc(d.Document), micros(d.Date),
		nfc(d.Issuer), micros(d.Issued), clean(d.File), nfc(d.FileName), string(d.Grade), d.None, clean(d.Form))
	if err != nil || n == 0 {
		return err
	}
	t.changed("decision", clean(d.Plan))
	t.happened(Event{
		At: d.At, ActorKind: actorKind, Actor: d.Actor, Kind: "decision." + string(d.Kind),
		Subject: d.Plan + " " + d.Quota + " " + d.Owner + " " + d.Period,
		After:   pack(decisionSays(d)),
	}, id)
	return nil
}

// firstPaper refuses an attestation by a paper that counts already (schedule.Refusal "paper_twice"). Of two that come at once
// the later waits here for the other; nothing that others hold while they wait for this lock is locked after it.
func (t *tx) firstPaper(ctx context.Context, d schedule.Decision, id string) error {
	if d.Kind != schedule.Attest || d.None {
		return nil
	}
	if err := t.lockPapers(ctx); err != nil {
		return err
	}
	ds, err := decisions(ctx, t, "d.plan = $1 AND d.quota = $2 AND d.owner = $3", clean(d.Plan), clean(d.Quota), clean(d.Owner))
	if err != nil {
		return err
	}
	d.ID, d.File = id, clean(d.File)
	if slices.ContainsFunc(ds, func(x schedule.Decision) bool { return x.ID == id }) {
		return nil // the same told twice is one
	}
	if earlier, twice := schedule.SecondPaper(ds, d); twice {
		return schedule.Twice(earlier, d)
	}
	return nil
}

// PutKept records a kept file that no visit or import brings with it, such as
// the paper behind a decision; the first record of the same bytes stays.
func (s *Store) PutKept(ctx context.Context, k media.Kept) error {
	if k.SHA256 == "" {
		return errors.New("put kept: the hash is needed")
	}
	return s.writeDurable(ctx, "put kept "+k.SHA256, func(t *tx) error {
		t.changed("kept", k.SHA256)
		return t.putKept(ctx, keptAs{&k, classEvidence})
	})
}

// decisionID names an act by all that it says. One without a paper of its own
// keeps the id that it had before decisions knew of papers.
func decisionID(d schedule.Decision) string {
	parts := []string{"decision", string(d.Kind), d.Plan, d.Quota, d.Owner, d.Period, d.Evidence,
		d.Actor, d.At.UTC().Format(time.RFC3339Nano), d.Reason, d.Document, dayOf(d.Date)}
	if more := paperOf(d); slices.ContainsFunc(more, func(s string) bool { return s != "" }) {
		parts = append(parts, more...)
	}
	return media.Hash(parts...)
}

// paperOf is what a decision says of the paper it rests on.
func paperOf(d schedule.Decision) []string {
	none := ""
	if d.None {
		none = "none"
	}
	return []string{d.Issuer, dayOf(d.Issued), d.File, d.FileName, string(d.Grade), none, d.Form}
}

// decisionSays is what the audit log keeps of a decision.
func decisionSays(d schedule.Decision) map[string]string {
	out := map[string]string{"evidence": d.Evidence, "reason": d.Reason, "document": d.Document, "date": dayOf(d.Date)}
	for i, part := range paperOf(d) {
		if part != "" {
			out[[]string{"issuer", "issued", "file", "file_name", "grade", "none", "form"}[i]] = part
		}
	}
	return out
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// Decisions returns what people decided about a plan up to knownAt (zero:
// everything), oldest first.
func (s *Store) Decisions(ctx context.Context, plan string, knownAt time.Time) ([]schedule.Decision, error) {
	out, err := decisions(ctx, s.pools.read, "d.plan = $1 AND d.at <= $2", clean(plan), upTo(knownAt))
	if err != nil {
		return nil, fmt.Errorf("read the decisions of %s: %w", plan, err)
	}
	return out, nil
}

// decisions are those that a condition asks for, oldest first.
func decisions(ctx context.Context, from querier, where string, params ...any) ([]schedule.Decision, error) {
	var out []schedule.Decision
	err := each(ctx, from, func(r *sql.Rows) error {
		var d schedule.Decision
		err := r.Scan(&d.ID, &d.Kind, &d.Plan, &d.Quota, &d.Owner, &d.Period, &d.Evidence, at(&d.At), &d.Actor, &d.Reason, &d.Document, at(&d.Date),
			&d.Issuer, at(&d.Issued), &d.File, &d.FileName, &d.Grade, &d.None, &d.Form)
		out = append(out, d)
		return err
	}, `SELECT d.id, d.kind, d.plan, d.quota, d.owner, d.period, COALESCE(a.item, d.evidence), d.at, d.actor, d.reason, d.document, d.date_at,
			d.issuer, d.issued_at, d.file_hash, d.file_name, d.grade, d.nothing_arose, d.form
		FROM decision d LEFT JOIN item_alias a ON a.alias = d.evidence
		WHERE `+where+" ORDER BY d.at, d.id", params...)
	return out, err
}

// upTo is the last microsecond that counts as known.
func upTo(knownAt time.Time) int64 {
	if knownAt.IsZero() {
		return never
	}
	return micros(knownAt)
}
