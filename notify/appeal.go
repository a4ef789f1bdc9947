package notify

import (
	"strings"
	"time"

	"loa/schedule"
	"loa/viet"
)

// Appeal is what a person says to an owner about a standing, or copies into a
// letter or a messenger: whom it is to, the sentence of its notice, on what basis,
// and what is asked for until when. It is "" where there is nothing to ask for:
// what is met, not assessed, tried out, or only counted. Only Plan, Cal, Now and
// Reason of the world are looked at.
func Appeal(w World, s schedule.Standing) string {
	w = w.indexed()
	q, ok := w.quotas[s.Quota]
	if !ok || s.Shadow() || q.OnlyCounted() || s.State == schedule.Met || s.State == schedule.Exempt {
		return ""
	}
	n, unit := counted(s)
	text, ask, produce := "", "", time.Time{}
	switch {
	case s.State == schedule.Open && s.LastSave != nil && w.Now.Before(*s.LastSave):
		text = w.warning(q, s)
		if by, ok := s.ProduceBy(); ok {
			produce = by
		}
		ask = viet.AppealSave(*s.LastSave, produce, w.Now)
	case s.State == schedule.Open:
		text, ask = viet.EarlyOther(w.Now, w.periodName(s.Period), w.agency(s.Owner), q.Title, n, viet.Unit(unit), q.Place), viet.AppealSend()
	case s.State == schedule.Insufficient:
		what := viet.ProofOf(q.Kind)
		text, ask = viet.LogMissing(what, w.periodName(s.Period), w.agency(s.Owner)), viet.AppealHand(what)
	default:
		words := viet.Unit(unit) + " – " + q.Title
		text, ask = viet.Missed(w.periodName(s.Period), n, words, w.why(s), s.Confirmed, judged(s), q.Place), viet.AppealExplain(s.Confirmed)
	}
	var b strings.Builder
	if w.Plan.Sample {
		b.WriteString("DỮ LIỆU MẪU\n")
	}
	b.WriteString(viet.AppealTo(w.agency(s.Owner)) + "\n" + text + "\n")
	b.WriteString(viet.AppealBasis(viet.Target(string(s.Basis), q.Place), w.Plan.Number, w.Plan.Issued, w.Plan.Issuer) + "\n" + ask)
	return b.String()
}

// warning is the sentence of an open period that is short.
func (w World) warning(q schedule.Quota, s schedule.Standing) string {
	_, text := w.early(q, s)
	return text
}
