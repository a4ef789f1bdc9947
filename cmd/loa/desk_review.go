package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
	"loa/web"
)

// reviewing is the desk's door to the queue of questions.
func (e *engine) reviewing(plan *schedule.Plan) web.Reviewing {
	return web.Reviewing{
		Ask: func(ctx context.Context, actor string, q web.Asking) (web.Question, error) {
			return e.question(ctx, plan, actor, q)
		},
		Answer: func(ctx context.Context, w web.Word) error {
			if _, err := e.giveWord(ctx, w); err != nil {
				if w.Blind && errors.As(err, new(usageError)) {
					return web.Refusal{Text: "Tin, bài này không còn chờ kiểm tra: có thể đã có người trả lời."}
				}
				return deskError(err)
			}
			return e.refreshSoonOf(ctx, w.Items)
		},
		Undo: func(ctx context.Context, actor, batch string) ([]web.Reviewed, error) {
			taken, err := e.undo(ctx, actor, batch)
			if err != nil {
				return nil, err
			}
			if len(taken) == 0 {
				return nil, web.Refusal{Text: "Không còn câu trả lời nào để hoàn tác: đã hoàn tác trước đó, hoặc không phải của tài khoản này."}
			}
			var items []string
			for _, w := range taken {
				items = append(items, w.Item)
			}
			return taken, e.refreshSoonOf(ctx, items)
		},
		History: func(ctx context.Context, item, agency string) ([]web.Reviewed, schedule.Matching, error) {
			return e.wordsOn(ctx, plan, item, agency)
		},
		Kept: e.keptText,
	}
}

// refreshSoonOf has the standings of those whose items these are brought up to date. Who answers does not wait for it:
// the next question shows nothing that was answered whatever the standings say (store.Ahead).
func (e *engine) refreshSoonOf(ctx context.Context, items []string) error {
	of, err := e.store.ItemAgencies(ctx, items)
	if err != nil {
		return err
	}
	for _, owner := range of {
		e.refreshSoon(owner)
	}
	return nil
}

// today is when the business day began.
func (e *engine) today() time.Time { return viet.Midnight(e.business().In(calendar.Zone)) }

// question gives what is asked of a person next, or of one item.
func (e *engine) question(ctx context.Context, plan *schedule.Plan, actor string, q web.Asking) (web.Question, error) {
	var out web.Question
	var err error
	if out.Done, err = e.store.ReviewedSince(ctx, actor, e.today()); err != nil {
		return out, err
	}
	if out.Last, err = e.store.LastReviews(ctx, actor, e.today()); err != nil {
		return out, err
	}
	var ids []string
	if q.Blind {
		ids, err = e.unchecked(ctx, q, &out)
	} else {
		ids, err = e.waits(ctx, plan, q, &out)
	}
	if err != nil || len(ids) == 0 {
		return out, err
	}
	if out.Items, err = e.store.Rows(ctx, ids, out.Gains); err != nil {
		return out, err
	}
	out.Over, err = e.store.ReviewsInForce(ctx, ids)
	return out, err
}

func putOff(q web.Asking, id string) bool {
	return slices.ContainsFunc(q.Later, func(l string) bool { return l != "" && strings.HasSuffix(id, l) })
}

// waits names the items of the next question in the queue, or those asked about with one item.
func (e *engine) waits(ctx context.Context, plan *schedule.Plan, q web.Asking, out *web.Question) ([]string, error) {
	if q.Item != "" {
		row, _, ok, err := e.store.Item(ctx, q.Item)
		if err != nil || !ok {
			return nil, err
		}
		if out.Left, _, err = e.store.Waiting(ctx); err != nil {
			return nil, err
		}
		return e.store.SameQuestion(ctx, row.Item.ID)
	}
	ahead, left, err := e.store.Ahead(ctx, plan.ID, len(q.Later)+1)
	if err != nil {
		return nil, err
	}
	out.Left = left
	for _, x := range ahead {
		if putOff(q, x.Items[0]) {
			out.Late++
			continue
		}
		out.Gains = x.Gains
		return x.Items, nil
	}
	return nil, nil
}

// unchecked names the next item of the sample.
func (e *engine) unchecked(ctx context.Context, q web.Asking, out *web.Question) ([]string, error) {
	ids, left, err := e.store.Unchecked(ctx, e.judge.Version(), len(q.Later)+1)
	if err != nil {
		return nil, err
	}
	out.Left = left
	for _, id := range ids {
		if !putOff(q, id) {
			return []string{id}, nil
		}
		out.Late++
	}
	return nil, nil
}

// giveWord records a person's word on items, each by a decision of its own; the
// first is the one that was read. It returns the rows as they were.
func (e *engine) giveWord(ctx context.Context, w web.Word) ([]web.ItemRow, error) {
	for _, t := range w.Topics {
		if !slices.Contains(media.Topics(), t) {
			return nil, usagef("không có chủ đề «%s»: cần một trong %s", t, strings.Join(media.Topics(), " "))
		}
	}
	rows, err := e.store.Rows(ctx, w.Items, nil)
	if err != nil {
		return nil, fmt.Errorf("đọc hàng chờ duyệt: %w", err)
	}
	if w.Blind {
		if err := e.inSample(ctx, w.Items); err != nil {
			return nil, err
		}
	}
	if len(rows) == 0 || len(rows) != len(w.Items) {
		return nil, usagef("không còn tin, bài cần trả lời")
	}
	var all []store.Review
	for i, r := range rows {
		one := store.Review{Item: r.Item.ID, Reform: w.Reform, Actor: w.Actor, At: e.business(), Note: w.Note, Audit: w.Blind}
		one.Over, one.Seen = w.Over[r.Item.ID]
		if w.Reform {
			if one.Topics = w.Topics; len(one.Topics) == 0 && r.Verdict != nil {
				one.Topics = r.Verdict.Topics
			}
		}
		if i > 0 {
			one.Note = strings.TrimSuffix("cùng nội dung với "+rows[0].Item.ID+": "+w.Note, ": ")
		}
		all = append(all, one)
	}
	err = e.store.AddReviews(ctx, all)
	var answered web.Answered
	switch {
	case errors.As(err, &answered) && repeated(answered, w):
		return rows, nil // the same form sent twice
	case err != nil && !errors.As(err, &answered):
		return nil, fmt.Errorf("ghi kết quả duyệt: %w", err)
	}
	return rows, err
}

// repeated reports whether all that stands is the same word by the same person.
func repeated(a web.Answered, w web.Word) bool {
	return len(a.By) == len(w.Items) && !slices.ContainsFunc(a.By, func(x web.Reviewed) bool {
		return x.Actor != viet.NFC(w.Actor) || x.Reform != w.Reform || len(w.Topics) > 0 && !slices.Equal(x.Topics, w.Topics)
	})
}

// undo takes back what a person answered at one go; "" is the last.
func (e *engine) undo(ctx context.Context, actor, batch string) ([]web.Reviewed, error) {
	if batch == "" {
		last, err := e.store.LastReviews(ctx, actor, time.Time{})
		if err != nil || len(last) == 0 {
			return nil, err
		}
		batch = last[0].Batch
	}
	return e.store.UndoReviews(ctx, batch, actor, e.business())
}

// wordsOn is what people said of an item and where it counts.
func (e *engine) wordsOn(ctx context.Context, plan *schedule.Plan, item, agency string) ([]web.Reviewed, schedule.Matching, error) {
	words, err := e.store.ReviewsOf(ctx, item)
	if err != nil {
		return nil, schedule.Matching{}, err
	}
	decisions, err := e.store.Decisions(ctx, plan.ID, time.Time{})
	if err != nil {
		return nil, schedule.Matching{}, err
	}
	owners := []string{agency}
	for _, d := range decisions {
		if d.Evidence == item && d.Owner != "" { // a piece may be added to what another owes
			owners = append(owners, d.Owner)
		}
	}
	m, err := e.store.ItemMatching(ctx, plan.ID, item, owners)
	return words, m, err
}

// keptText is a kept body of an item as people may read it.
func (e *engine) keptText(ctx context.Context, item, hash string) (string, error) {
	rows, err := e.store.KeptOf(ctx, []string{hash})
	if err != nil {
		return "", err
	}
	k, ok := rows[hash]
	switch {
	case !ok:
		return "", web.Refusal{Text: "Không có bản lưu này."}
	case !k.Going.IsZero() || !k.Gone.IsZero():
		return "", web.Refusal{Text: viet.Capital(goneWords(k)) + "."}
	}
	kept, err := e.keeper()
	if err != nil {
		return "", err
	}
	_, body, err := kept.Read(ctx, hash)
	if err != nil {
		return "", readError(k, err)
	}
	text, err := maskedBody(ctx, e.store, item, "", k, body)
	if errors.Is(err, errNoText) {
		return "", web.Refusal{Text: "Bản lưu này không phải văn bản, không xem được tại đây."}
	}
	return text, err
}
