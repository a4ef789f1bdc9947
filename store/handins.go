package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/viet"
)

// ErrNoHandin says that there is no such hand-in.
var ErrNoHandin = errors.New("no such hand-in")

// ErrHandinMoved says that somebody acted on the hand-in meanwhile.
var ErrHandinMoved = errors.New("the hand-in was acted on meanwhile")

// HandinID names a hand-in by what it says and when it came.
func HandinID(h media.Handin) string {
	at := time.Time{}
	if len(h.Acts) > 0 {
		at = h.Acts[0].At
	}
	h.ID, h.Acts = "", nil
	return media.Hash("handin", at.UTC().Format(time.RFC3339Nano), pack(h))[:32]
}

// AddHandins records hand-ins, all or none, durably, with the acts and decisions
// that come with them; one that stands instead of another replaces it. The same
// one twice is one. Every hand-in needs its id, plan, kind, quota, owner and an
// act by which it was handed in.
func (s *Store) AddHandins(ctx context.Context, hs []media.Handin, ds []schedule.Decision) error {
	for _, h := range hs {
		if h.ID == "" || h.Plan == "" || h.Kind == "" || h.Quota == "" || h.Owner == "" || len(h.Acts) == 0 || h.Acts[0].Kind != media.HandedIn {
			return errors.New("add hand-ins: id, plan, kind, quota, owner and who handed it in are needed")
		}
	}
	return s.writeDurable(ctx, "add hand-ins", func(t *tx) error {
		for _, h := range hs {
			if err := t.addHandin(ctx, h); err != nil {
				return err
			}
		}
		return t.addDecisions(ctx, ds)
	})
}

func (t *tx) addDecisions(ctx context.Context, ds []schedule.Decision) error {
	for _, d := range ds {
		if err := t.addDecision(ctx, d, "person"); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) addHandin(ctx context.Context, h media.Handin) error {
	for _, text := range []*string{&h.Title, &h.Place, &h.Audience, &h.Document, &h.Note, &h.URL, &h.Platform} {
		*text = nfc(*text) // what is packed as JSON is past it: a control character is letters there
	}
	body, search := h, viet.Fold(strings.Join([]string{h.Title, h.Place, h.Audience, h.Document, h.Note, h.URL, h.Platform}, " "))
	body.Acts, body.Files, body.Amounts = nil, nil, nil
	n, err := t.exec(ctx, `INSERT INTO handin (id, plan, kind, quota, owner, period, form, starts, at, url, cost, search, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING`,
		clean(h.ID), clean(h.Plan), string(h.Kind), clean(h.Quota), clean(h.Owner), clean(h.Period), clean(h.Form), micros(h.From), micros(h.Acts[0].At),
		clean(h.URL), h.Cost, nfc(search), nfc(pack(body)))
	if err != nil || n == 0 {
		return err
	}
	for i, f := range h.Files {
		if _, err := t.exec(ctx, "INSERT INTO handin_file (handin, n, hash, name, type, size) VALUES ($1, $2, $3, $4, $5, $6)",
			clean(h.ID), i+1, clean(f.Hash), nfc(f.Name), clean(f.Type), f.Size); err != nil {
			return err
		}
	}
	for name, n := range h.Amounts {
		if _, err := t.exec(ctx, "INSERT INTO handin_amount (handin, name, n) VALUES ($1, $2, $3)", clean(h.ID), clean(name), n); err != nil {
			return err
		}
	}
	for i, a := range h.Acts {
		a.Seq = i + 1
		if err := t.addHandinAct(ctx, h, a); err != nil {
			return err
		}
	}
	if h.Instead == "" {
		return nil
	}
	old, err := t.handin(ctx, h.Instead)
	if err != nil {
		return err
	}
	if old.Plan != h.Plan || old.Owner != h.Owner || old.State() == media.Replaced || old.State() == media.Withdrawn {
		return ErrHandinMoved
	}
	return t.addHandinAct(ctx, old, media.HandinAct{Seq: len(old.Acts) + 1, Kind: media.Replaced, At: h.Acts[0].At, Actor: h.Acts[0].Actor, Reason: h.ID})
}

// addHandinAct appends an act and tells the trail; nobody else may have used its number.
func (t *tx) addHandinAct(ctx context.Context, h media.Handin, a media.HandinAct) error {
	n, err := t.exec(ctx, `INSERT INTO handin_act (handin, seq, kind, at, actor, reason, due, grade, decision)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (handin, seq) DO NOTHING`,
		clean(h.ID), a.Seq, clean(a.Kind), micros(a.At), nfc(a.Actor), nfc(a.Reason), micros(a.Due), string(a.Grade), clean(a.Decision))
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrHandinMoved
	}
	before := ""
	if a.Seq > 1 && len(h.Acts) >= a.Seq-1 {
		before = h.Acts[a.Seq-2].Kind
	}
	says := map[string]any{"kind": h.Kind, "title": h.Title, "document": h.Document, "url": h.URL, "reason": a.Reason, "grade": a.Grade, "decision": a.Decision, "due": dayOf(a.Due)}
	if a.Seq == 1 {
		files := []string{}
		for _, f := range h.Files {
			files = append(files, f.Hash)
		}
		says["files"], says["amounts"] = files, h.Amounts
	}
	t.changed("handin", clean(h.Owner))
	t.happened(Event{At: a.At, ActorKind: "person", Actor: a.Actor, Kind: "handin." + a.Kind, Subject: h.Plan + " " + h.Quota + " " + h.Owner + " " + h.ID,
		Before: before, After: pack(says)}, h.ID, fmt.Sprint(a.Seq))
	return nil
}

// ActHandin appends an act to a hand-in, with the decisions that it makes.
// a.Seq is one more than the last act that the person saw, else ErrHandinMoved.
func (s *Store) ActHandin(ctx context.Context, id string, a media.HandinAct, ds []schedule.Decision) error {
	return s.writeDurable(ctx, "act on hand-in "+id, func(t *tx) error {
		h, err := t.handin(ctx, id)
		if err != nil {
			return err
		}
		if a.Seq != len(h.Acts)+1 {
			return ErrHandinMoved
		}
		if err := t.addHandinAct(ctx, h, a); err != nil {
			return err
		}
		return t.addDecisions(ctx, ds)
	})
}

func (t *tx) handin(ctx context.Context, id string) (media.Handin, error) {
	hs, err := readHandins(ctx, t, []string{id})
	if err == nil && len(hs) != 1 {
		err = ErrNoHandin
	}
	if err != nil {
		return media.Handin{}, err
	}
	return hs[0], nil
}

// Handin gives one hand-in; ok is false if there is none.
func (s *Store) Handin(ctx context.Context, id string) (h media.Handin, ok bool, err error) {
	hs, err := readHandins(ctx, s.pools.read, []string{id})
	if err != nil {
		return h, false, fmt.Errorf("read hand-in %s: %w", id, err)
	}
	if len(hs) != 1 {
		return h, false, nil
	}
	return hs[0], true, nil
}

// lastAct joins a hand-in h with its last act a.
const lastAct = " FROM handin h JOIN handin_act a ON a.handin = h.id AND a.seq = (SELECT MAX(l.seq) FROM handin_act l WHERE l.handin = h.id)"

// Handins gives what a query asks for, the newest first, and how many there are in all.
func (s *Store) Handins(ctx context.Context, q media.HandinQuery) ([]media.Handin, int, error) {
	var a args
	where := []string{"h.plan = " + a.add(clean(q.Plan))}
	for _, c := range []struct{ column, value string }{
		{"h.owner", q.Owner}, {"h.quota", q.Quota}, {"h.period", q.Period}, {"h.form", q.Form}, {"a.kind", q.State},
	} {
		if c.value != "" {
			where = append(where, c.column+" = "+a.add(clean(c.value)))
		}
	}
	if len(q.Agencies) > 0 {
		where = append(where, "h.owner IN "+a.in(q.Agencies))
	}
	if len(q.Kinds) > 0 {
		kinds := make([]string, len(q.Kinds))
		for i, k := range q.Kinds {
			kinds[i] = string(k)
		}
		where = append(where, "h.kind IN "+a.in(kinds))
	}
	if q.Standing {
		where = append(where, "a.kind NOT IN "+a.in([]string{media.Withdrawn, media.Replaced}))
	}
	if !q.From.IsZero() {
		where = append(where, "h.starts >= "+a.add(micros(q.From)))
	}
	if !q.To.IsZero() {
		where = append(where, "h.starts < "+a.add(micros(q.To)))
	}
	for _, word := range strings.Fields(viet.Fold(q.Text)) {
		where = append(where, "h.search LIKE "+a.add("%"+likeSafe.Replace(word)+"%")+` ESCAPE '!'`)
	}
	cond := lastAct + " WHERE " + strings.Join(where, " AND ")
	total := 0
	err := each(ctx, s.pools.read, func(r *sql.Rows) error { return r.Scan(&total) }, "SELECT COUNT(*)"+cond, a...)
	if err != nil {
		return nil, 0, fmt.Errorf("count hand-ins of %s: %w", q.Plan, err)
	}
	page := ""
	if q.Limit > 0 {
		page = " LIMIT " + a.add(q.Limit) + " OFFSET " + a.add(q.Offset)
	}
	var ids []string
	err = each(ctx, s.pools.read, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	}, "SELECT h.id"+cond+" ORDER BY h.at DESC, h.id"+page, a...)
	var hs []media.Handin
	if err == nil {
		hs, err = readHandins(ctx, s.pools.read, ids)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read hand-ins of %s: %w", q.Plan, err)
	}
	return hs, total, nil
}

var likeSafe = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// readHandins reads hand-ins with everything that belongs to them, in the order of their ids as given.
func readHandins(ctx context.Context, from querier, ids []string) ([]media.Handin, error) {
	at := map[string]*media.Handin{}
	err := chunk(ids, maxIn, func(ids []string) error {
		var a args
		in := a.in(ids)
		err := each(ctx, from, func(r *sql.Rows) error {
			var id string
			h := &media.Handin{}
			err := r.Scan(&id, into(h))
			h.ID = id
			at[id] = h
			return err
		}, "SELECT id, body FROM handin WHERE id IN "+in, a...)
		if err != nil {
			return err
		}
		err = each(ctx, from, func(r *sql.Rows) error {
			var id string
			var f media.HandinFile
			err := r.Scan(&id, &f.Hash, &f.Name, &f.Type, &f.Size)
			if h := at[id]; h != nil {
				h.Files = append(h.Files, f)
			}
			return err
		}, "SELECT handin, hash, name, type, size FROM handin_file WHERE handin IN "+in+" ORDER BY handin, n", a...)
		if err != nil {
			return err
		}
		err = each(ctx, from, func(r *sql.Rows) error {
			var id, name string
			var n int
			err := r.Scan(&id, &name, &n)
			if h := at[id]; h != nil {
				if h.Amounts == nil {
					h.Amounts = map[string]int{}
				}
				h.Amounts[name] = n
			}
			return err
		}, "SELECT handin, name, n FROM handin_amount WHERE handin IN "+in, a...)
		if err != nil {
			return err
		}
		return each(ctx, from, func(r *sql.Rows) error {
			var id string
			var x media.HandinAct
			err := r.Scan(&id, &x.Seq, &x.Kind, stamp{&x.At}, &x.Actor, &x.Reason, stamp{&x.Due}, &x.Grade, &x.Decision)
			if h := at[id]; h != nil {
				h.Acts = append(h.Acts, x)
			}
			return err
		}, "SELECT handin, seq, kind, at, actor, reason, due, grade, decision FROM handin_act WHERE handin IN "+in+" ORDER BY handin, seq", a...)
	})
	var out []media.Handin
	for _, id := range ids {
		if h := at[id]; h != nil {
			out = append(out, *h)
		}
	}
	return out, err
}

// HandinURLs tells which of some addresses were handed in already and still stand, each with the id of its hand-in.
func (s *Store) HandinURLs(ctx context.Context, plan string, urls []string) (map[string]string, error) {
	out := map[string]string{}
	err := chunk(urls, maxIn/2, func(urls []string) error {
		var a args
		return each(ctx, s.pools.read, func(r *sql.Rows) error {
			var url, id string
			err := r.Scan(&url, &id)
			out[url] = id
			return err
		}, "SELECT h.url, h.id"+lastAct+" WHERE h.plan = "+a.add(clean(plan))+" AND h.url IN "+a.in(urls)+
			" AND a.kind NOT IN "+a.in([]string{media.Withdrawn, media.Replaced})+" ORDER BY h.at DESC, h.id", a...)
	})
	if err != nil {
		return nil, fmt.Errorf("read addresses of hand-ins of %s: %w", plan, err)
	}
	return out, nil
}

// HandinSums adds up what the accepted hand-ins of a plan say was done from a day to before another (zero: without bound),
// by duty, owner, period and form: what the report tells of the forms F6 to F11.
func (s *Store) HandinSums(ctx context.Context, plan string, from, to time.Time) ([]media.HandinSum, error) {
	type key struct{ quota, owner, period, form string }
	sums := map[key]*media.HandinSum{}
	bounds := []any{clean(plan), media.Accepted, micros(from), upTo(to)}
	const (
		where = " WHERE h.plan = $1 AND a.kind = $2 AND h.starts >= $3 AND h.starts < $4"
		by    = "h.quota, h.owner, h.period, h.form"
	)
	err := each(ctx, s.pools.read, func(r *sql.Rows) error {
		x := &media.HandinSum{Amounts: map[string]int{}}
		err := r.Scan(&x.Quota, &x.Owner, &x.Period, &x.Form, &x.Pieces, &x.Cost)
		sums[key{x.Quota, x.Owner, x.Period, x.Form}] = x
		return err
	}, "SELECT "+by+", COUNT(*), CAST(SUM(h.cost) AS BIGINT)"+lastAct+where+" GROUP BY "+by, bounds...)
	if err == nil {
		err = each(ctx, s.pools.read, func(r *sql.Rows) error {
			var k key
			var name string
			var n int
			err := r.Scan(&k.quota, &k.owner, &k.period, &k.form, &name, &n)
			if x := sums[k]; x != nil {
				x.Amounts[name] = n
			}
			return err
		}, "SELECT "+by+", m.name, CAST(SUM(m.n) AS BIGINT)"+lastAct+" JOIN handin_amount m ON m.handin = h.id"+where+" GROUP BY "+by+", m.name", bounds...)
	}
	if err != nil {
		return nil, fmt.Errorf("add up hand-ins of %s: %w", plan, err)
	}
	out := make([]media.HandinSum, 0, len(sums))
	for _, x := range sums {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b media.HandinSum) int {
		return strings.Compare(a.Quota+"\x00"+a.Owner+"\x00"+a.Period+"\x00"+a.Form, b.Quota+"\x00"+b.Owner+"\x00"+b.Period+"\x00"+b.Form)
	})
	return out, nil
}
