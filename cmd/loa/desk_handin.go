package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
	"loa/web"
)

// handins is the door to what agencies hand in.
func (e *engine) handins() *web.Handins {
	return &web.Handins{
		List: e.store.Handins, One: e.store.Handin, Add: e.addHandins, Act: e.actHandin, Keep: e.keepHandin,
		Open: func(ctx context.Context, sha string) (io.ReadCloser, error) {
			kept, err := e.keeper()
			if err != nil {
				return nil, err
			}
			return kept.Open(ctx, sha)
		},
		Known: func(ctx context.Context, urls []string) (map[string]string, error) {
			return e.store.HandinURLs(ctx, e.inUse().ID, urls)
		},
		Uploads: filepath.Join(e.app.cli.Data, "uploads"),
	}
}

// keepHandin keeps a file that was handed in, as it is read.
func (e *engine) keepHandin(ctx context.Context, path string, f media.HandinFile) error {
	kept, err := e.keeper()
	if err != nil {
		return err
	}
	k := media.Kept{SHA256: f.Hash, URL: "urn:loa:handin:" + url.PathEscape(f.Name), At: e.machine(), ContentType: f.Type, Size: int(f.Size)}
	if err := kept.KeepFile(ctx, k, path); err != nil {
		return fmt.Errorf("keep %s: %w", f.Name, err)
	}
	return e.store.PutKept(ctx, k)
}

// addHandins checks and records what a person hands in, all or none; settled, it counts at once.
func (e *engine) addHandins(ctx context.Context, hs []media.Handin, actor string, settled bool) ([]media.Handin, error) {
	plan, now := e.inUse(), e.business()
	hs = slices.Clone(hs)
	var ds, known []schedule.Decision
	var owners []string
	for i := range hs {
		h := &hs[i]
		if err := placeHandin(plan, h); err != nil {
			return nil, err
		}
		if err := e.alone(ctx, *h); err != nil {
			return nil, err
		}
		h.Acts = []media.HandinAct{{Seq: 1, Kind: media.HandedIn, At: now, Actor: actor}}
		h.ID = store.HandinID(*h)
		// What could not be counted later is told now, to whom it can still mend.
		d := attestation(plan, *h, media.HandinAct{Seq: 2, Kind: media.Accepted, At: now, Actor: actor, Grade: h.Grade})
		if err := checkAttestation(plan, d); err != nil {
			return nil, err
		}
		strikes, err := e.struck(ctx, *h, now, actor, settled)
		if err != nil {
			return nil, err
		}
		if err := e.firstPaper(ctx, *h, append(slices.Clone(known), strikes...), true); err != nil {
			return nil, err
		}
		known = append(known, papers(plan, *h)...)
		ds = append(ds, strikes...)
		if settled {
			a := media.HandinAct{Seq: 2, Kind: media.Accepted, At: now, Actor: actor, Grade: h.Grade}
			if d != nil {
				a.Decision = d.ID
				ds = append(ds, *d)
			}
			h.Acts = append(h.Acts, a)
		}
		if (settled || len(strikes) > 0) && !slices.Contains(owners, h.Owner) {
			owners = append(owners, h.Owner)
		}
	}
	if err := e.store.AddHandins(ctx, hs, ds); err != nil {
		return nil, handinError(err)
	}
	if len(owners) > 0 {
		if err := e.refresh(ctx, owners...); err != nil {
			return nil, err
		}
	}
	return hs, nil
}

// placeHandin finds the period of a hand-in and refuses what no period of the duty and owner holds.
func placeHandin(plan *schedule.Plan, h *media.Handin) error {
	q, ok := quotaOf(plan, h.Quota)
	if !ok {
		return web.Refusal{Text: "Kế hoạch không có nhiệm vụ này."}
	}
	periods := schedule.Periods(plan, q)
	in := func(p calendar.Period) bool { return p.Contains(h.From) }
	switch {
	case h.Kind == media.HandPlan && len(periods) > 0: // a plan late is a plan late, not of another period
		in = func(calendar.Period) bool { return true }
	case h.Kind == media.HandReport:
		in = func(p calendar.Period) bool { return p.ID == h.Period }
	}
	i := slices.IndexFunc(periods, in)
	if i < 0 && h.Kind == media.HandReport {
		return web.Refusal{Text: "Xin chọn kỳ báo cáo."}
	}
	if i < 0 {
		return web.Refusal{Text: fmt.Sprintf("Ngày %s nằm ngoài thời gian của kế hoạch (từ %s đến hết %s).", viet.Day(h.From), viet.Day(plan.From), viet.Day(plan.To.AddDate(0, 0, -1)))}
	}
	h.Period = periods[i].ID
	if !slices.ContainsFunc(schedule.Owners(plan, q, periods[i]), func(a media.Agency) bool { return a.ID == h.Owner }) {
		return web.Refusal{Text: "Cơ quan, đơn vị này không được giao nhiệm vụ «" + q.Title + "»."}
	}
	return nil
}

func quotaOf(plan *schedule.Plan, id string) (schedule.Quota, bool) {
	i := slices.IndexFunc(plan.Quotas, func(q schedule.Quota) bool { return q.ID == id })
	if i < 0 {
		return schedule.Quota{}, false
	}
	return plan.Quotas[i], true
}

// alone refuses a second plan or report where one stands, and a link that was declared before.
func (e *engine) alone(ctx context.Context, h media.Handin) error {
	q := media.HandinQuery{Plan: h.Plan, Kinds: []media.HandinKind{h.Kind}, Owner: h.Owner, Quota: h.Quota, Period: h.Period, Standing: true}
	switch h.Kind {
	case media.HandPlan, media.HandReport:
		hs, _, err := e.store.Handins(ctx, q)
		if err != nil {
			return err
		}
		for _, other := range hs {
			if other.ID != h.Instead && other.State() != media.Returned {
				return web.Refusal{Text: fmt.Sprintf("%s này đã có trong sổ: số %s ngày %s. Để sửa, xin mở bản ấy rồi bấm «Sửa».", viet.Capital(viet.HandinKind(string(h.Kind))), other.Document, viet.Day(other.From))}
			}
		}
	case media.HandPost:
		known, err := e.store.HandinURLs(ctx, h.Plan, []string{h.URL})
		if err != nil {
			return err
		}
		if len(known) > 0 {
			return web.Refusal{Text: "Bài " + h.URL + " đã được khai trước đây."}
		}
	}
	return nil
}

// attestation is the decision by which an accepted hand-in counts; nil where it is only kept: a report without a part on
// propaganda, a printed page, which counts by the newspaper's own register.
func attestation(plan *schedule.Plan, h media.Handin, a media.HandinAct) *schedule.Decision {
	q, _ := quotaOf(plan, h.Quota)
	if h.Kind == media.HandReport && h.Section != "with" || q.Class != schedule.Proc && !q.Attestable {
		return nil
	}
	d := &schedule.Decision{ID: media.Hash("handin", h.ID, fmt.Sprint(a.Seq)), Kind: schedule.Attest, Plan: plan.ID, Quota: h.Quota, Owner: h.Owner, Period: h.Period,
		At: a.At, Actor: a.Actor, Reason: h.Title, Document: h.Document, Date: h.From, Grade: cmp.Or(a.Grade, h.Grade)}
	if h.Place != "" {
		d.Reason += ", " + h.Place
	}
	if h.Kind == media.HandReport {
		d.Date = h.Received // in time is what came in time
	}
	if h.Kind == media.HandPost {
		d.Document = h.URL
	}
	if len(h.Files) > 0 {
		d.File, d.FileName = h.Files[0].Hash, h.Files[0].Name
	}
	switch {
	case h.Integrated:
		d.Form = "integrated"
	case h.Several:
		d.Form = schedule.Several
	}
	if h.Document != "" {
		d.Issuer, d.Issued = agencyNamed(plan, h.Owner), h.From
	}
	return d
}

func agencyNamed(plan *schedule.Plan, id string) string {
	for _, a := range plan.Agencies {
		if a.ID == id {
			return a.Name
		}
	}
	return id
}

// checkAttestation says in the desk's words what is wrong with a decision to be.
func checkAttestation(plan *schedule.Plan, d *schedule.Decision) error {
	if d == nil {
		return nil
	}
	err := schedule.CheckDecision(plan, *d)
	var r schedule.Refusal
	if !errors.As(err, &r) {
		return err
	}
	switch r.Code {
	case "no_paper":
		return web.Refusal{Text: "Nhiệm vụ này cần tệp kèm theo hoặc số, ký hiệu văn bản."}
	case "future":
		return web.Refusal{Text: "Ngày ghi trong minh chứng chưa đến."}
	case "no_owner":
		return web.Refusal{Text: "Cơ quan, đơn vị này không được giao nhiệm vụ đã chọn."}
	}
	return web.Refusal{Text: viet.Capital(viet.Refusal(r.Code, r.Args)) + "."}
}

// firstPaper refuses what is handed in by a paper that counts already for the duty or, where it is handed in anew, waits
// for somebody to accept it: to whom can still mend it. also are decisions that come with it. Where it is recorded the
// store holds to the same by number and first file, for two who accept at once.
func (e *engine) firstPaper(ctx context.Context, h media.Handin, also []schedule.Decision, anew bool) error {
	plan := e.inUse()
	ds, err := e.store.Decisions(ctx, plan.ID, time.Time{})
	if err != nil {
		return err
	}
	others, _, err := e.store.Handins(ctx, media.HandinQuery{Plan: plan.ID, Owner: h.Owner, Quota: h.Quota, Standing: true})
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.ID != h.ID && o.ID != h.Instead && (o.State() == media.Accepted || anew && o.State() == media.HandedIn) {
			ds = append(ds, papers(plan, o)...)
		}
	}
	ds = append(ds, also...)
	for _, d := range papers(plan, h) {
		if earlier, twice := schedule.SecondPaper(ds, d); twice {
			return handinError(schedule.Twice(earlier, d))
		}
	}
	return nil
}

// papers are what a hand-in attests or would attest, once for each of its files; none where it is only kept.
func papers(plan *schedule.Plan, h media.Handin) []schedule.Decision {
	d := attestation(plan, h, h.Latest())
	if d == nil {
		return nil
	}
	if d.ID = "hand-in " + h.ID; h.Latest().Decision != "" {
		d.ID = h.Latest().Decision
	}
	out := []schedule.Decision{*d}
	for _, f := range h.Files[min(1, len(h.Files)):] {
		more := *d
		more.File, more.FileName = f.Hash, f.Name
		out = append(out, more)
	}
	return out
}

// struck are the decisions that take back what the hand-in, instead of which this one stands, counted for.
// Only who may accept replaces what was accepted.
func (e *engine) struck(ctx context.Context, h media.Handin, now time.Time, actor string, settled bool) ([]schedule.Decision, error) {
	if h.Instead == "" {
		return nil, nil
	}
	old, ok, err := e.store.Handin(ctx, h.Instead)
	if err != nil {
		return nil, err
	}
	if !ok || old.Owner != h.Owner || old.Kind != h.Kind {
		return nil, web.Refusal{Text: "Bản cần thay không còn."}
	}
	if old.State() == media.Accepted && !settled {
		return nil, web.Refusal{Text: "Bản này đã được chấp nhận nên không tự thay được. Đề nghị người xem xét trả lại trước."}
	}
	return takeBack(old, now, actor, "có bản khác thay"), nil
}

// takeBack strikes what an accepted hand-in counted for.
func takeBack(h media.Handin, now time.Time, actor, reason string) []schedule.Decision {
	last := h.Latest()
	if last.Kind != media.Accepted || last.Decision == "" {
		return nil
	}
	return []schedule.Decision{{Kind: schedule.Strike, Plan: h.Plan, Quota: h.Quota, Owner: h.Owner, Period: h.Period, Evidence: last.Decision, At: now, Actor: actor, Reason: reason}}
}

// actHandin accepts, returns or withdraws.
func (e *engine) actHandin(ctx context.Context, id string, a media.HandinAct) error {
	plan := e.inUse()
	h, ok, err := e.store.Handin(ctx, id)
	if err != nil {
		return err
	}
	if !ok {
		return handinError(store.ErrNoHandin)
	}
	if a.Seq != len(h.Acts)+1 {
		return handinError(store.ErrHandinMoved)
	}
	if !mayFollow(h.State(), a.Kind) {
		return web.Refusal{Text: "Không làm được: minh chứng này " + viet.HandinState(h.State()) + "."}
	}
	a.At = e.business()
	ds := takeBack(h, a.At, a.Actor, cmp.Or(a.Reason, "bỏ chấp nhận"))
	if a.Kind == media.Accepted {
		d := attestation(plan, h, a)
		if err := checkAttestation(plan, d); err != nil {
			return err
		}
		if err := e.firstPaper(ctx, h, nil, false); err != nil {
			return err
		}
		if d != nil {
			a.Decision = d.ID
			ds = append(ds, *d)
		}
	}
	if err := e.store.ActHandin(ctx, id, a, ds); err != nil {
		return handinError(err)
	}
	if len(ds) == 0 {
		return nil
	}
	return e.refresh(ctx, h.Owner)
}

// mayFollow says which act may follow which: what was accepted can be returned, not withdrawn; what was withdrawn or
// replaced is over.
func mayFollow(state, act string) bool {
	switch act {
	case media.Accepted:
		return state == media.HandedIn || state == media.Returned
	case media.Returned:
		return state == media.HandedIn || state == media.Accepted || state == media.Returned
	case media.Withdrawn:
		return state == media.HandedIn || state == media.Returned
	}
	return false
}

func handinError(err error) error {
	var second schedule.Refusal
	switch {
	case errors.As(err, &second):
		return web.Refusal{Text: viet.Capital(viet.Refusal(second.Code, second.Args)) + "."}
	case errors.Is(err, store.ErrHandinMoved):
		return web.Refusal{Text: "Trong lúc trang đang mở, người khác đã xử lý minh chứng này. Xin tải lại trang để xem."}
	case errors.Is(err, store.ErrNoHandin):
		return web.Refusal{Text: "Không có minh chứng này."}
	}
	return err
}
