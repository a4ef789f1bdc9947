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

// Draft is what an agency drafts for the weeks ahead: a suggestion, or a letter
// without its number.
type Draft struct {
	ID       string // made from what it says
	Plan     string
	Kind     string // "suggestion" or a kind of schedule.Letters
	Owner    string // agency that opened it
	Title    string
	Made     time.Time // business clock
	Actor    string
	Body     string    // JSON
	Shared   time.Time // zero: its owner alone sees it
	SharedBy string
	Number   string    // of the letter, once it has one
	Issued   time.Time // day of the letter, zero before
}

// ErrNoDraft says that there is no such draft, or none that the agency may act on.
var ErrNoDraft = errors.New("no such draft")

// ErrIssued says that the letter has a number already, another one.
var ErrIssued = errors.New("the draft was issued under another number")

const draftColumns = "id, plan, kind, owner, title, made, actor, body, shared_at, shared_by, number, issued"

func scanDraft(r *sql.Rows) (d Draft, err error) {
	err = r.Scan(&d.ID, &d.Plan, &d.Kind, &d.Owner, &d.Title, at(&d.Made), &d.Actor, &d.Body, at(&d.Shared), &d.SharedBy, &d.Number, at(&d.Issued))
	return d, err
}

// AddDraft stores a draft and gives its id; the same draft twice is one.
func (s *Store) AddDraft(ctx context.Context, d Draft) (id string, err error) {
	if d.Plan == "" || d.Kind == "" || d.Owner == "" || d.Actor == "" || d.Body == "" || d.Made.IsZero() {
		return "", errors.New("add draft: plan, kind, owner, actor, body and time are needed")
	}
	body := nfc(d.Body)
	id = media.Hash("draft", clean(d.Plan), clean(d.Kind), clean(d.Owner), d.Made.UTC().Format(time.RFC3339Nano), body)
	return id, s.writeDurable(ctx, "add draft "+d.Kind, func(t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO draft (id, plan, kind, owner, title, made, actor, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`,
			id, clean(d.Plan), clean(d.Kind), clean(d.Owner), nfc(d.Title), micros(d.Made), nfc(d.Actor), body)
		if err != nil || n == 0 {
			return err
		}
		t.changed("draft", clean(d.Owner))
		t.happened(Event{At: d.Made, ActorKind: "person", Actor: d.Actor, Kind: "draft.added", Subject: d.Plan + " " + d.Owner + " " + id, After: d.Kind}, id)
		return nil
	})
}

// Drafts lists a plan's drafts that an agency sees, the newest first: its own and,
// where others is set, those of others that were shared.
func (s *Store) Drafts(ctx context.Context, plan, agency string, others bool) ([]Draft, error) {
	var out []Draft
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		d, err := scanDraft(r)
		out = append(out, d)
		return err
	}, "SELECT "+draftColumns+" FROM draft WHERE plan = $1 AND (owner = $2 OR ($3 AND shared_at > 0)) ORDER BY made DESC, id", clean(plan), clean(agency), others)
	if err != nil {
		return nil, fmt.Errorf("read the drafts of %s: %w", plan, err)
	}
	return out, nil
}

// ShareDraft shows a draft to the department, by its owner and for good.
// ErrNoDraft if it is not the owner's.
func (s *Store) ShareDraft(ctx context.Context, id, owner, actor string, when time.Time) error {
	return s.writeDurable(ctx, "share draft "+id, func(t *tx) error {
		d, err := t.draft(ctx, id)
		switch {
		case err != nil:
			return err
		case d.Owner != clean(owner):
			return ErrNoDraft
		case !d.Shared.IsZero():
			return nil
		}
		if _, err := t.exec(ctx, "UPDATE draft SET shared_at = $1, shared_by = $2 WHERE id = $3 AND shared_at = 0", micros(when), nfc(actor), d.ID); err != nil {
			return err
		}
		t.changed("draft", d.Owner)
		t.happened(Event{At: when, ActorKind: "person", Actor: actor, Kind: "draft.shared", Subject: d.Plan + " " + d.Owner + " " + d.ID}, d.ID)
		return nil
	})
}

// IssueDraft records the number and the day of a letter, and with it the decision
// by which the letter is evidence: both or nothing. The same number twice is one
// act; another number is ErrIssued.
func (s *Store) IssueDraft(ctx context.Context, id, owner, number string, day time.Time, dec schedule.Decision) error {
	if number == "" || day.IsZero() {
		return errors.New("issue draft: number and day are needed")
	}
	return s.writeDurable(ctx, "issue draft "+id, func(t *tx) error {
		d, err := t.draft(ctx, id)
		switch {
		case err != nil:
			return err
		case d.Owner != clean(owner):
			return ErrNoDraft
		case d.Number != "" && (d.Number != nfc(number) || !d.Issued.Equal(day)):
			return ErrIssued
		case d.Number != "":
			return nil
		}
		n, err := t.exec(ctx, "UPDATE draft SET number = $1, issued = $2 WHERE id = $3 AND number = ''", nfc(number), micros(day), d.ID)
		if err != nil {
			return err
		}
		if n == 0 { // another node was first
			return ErrIssued
		}
		if err := t.addDecision(ctx, dec, "person"); err != nil {
			return err
		}
		t.changed("draft", d.Owner)
		t.happened(Event{At: dec.At, ActorKind: "person", Actor: dec.Actor, Kind: "draft.issued", Subject: d.Plan + " " + d.Owner + " " + d.ID, After: number + " " + dayOf(day)}, d.ID)
		return nil
	})
}

// draft reads one draft; ErrNoDraft if there is none.
func (t *tx) draft(ctx context.Context, id string) (Draft, error) {
	var found []Draft
	err := each(ctx, t, func(r *sql.Rows) error {
		d, err := scanDraft(r)
		found = append(found, d)
		return err
	}, "SELECT "+draftColumns+" FROM draft WHERE id = $1", clean(id))
	if err == nil && len(found) != 1 {
		err = ErrNoDraft
	}
	if err != nil {
		return Draft{}, err
	}
	return found[0], nil
}
