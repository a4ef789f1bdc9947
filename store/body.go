package store

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"loa/media"
	"loa/schedule"
)

// Bodies of credits and rejections: the very bytes that encoding/json gives
// (TestBodies), in a quarter of its time. An evaluation writes one for every
// piece, and again to find out that it has not changed.

// body is JSON being written; its memory is used again. Every method writes
// what comes before first.
type body []byte

func (b *body) credit(c *schedule.Credit) string {
	*b = (*b)[:0]
	b.text(`{"Quota":`, c.Quota)
	b.text(`,"Owner":`, c.Owner)
	b.text(`,"Period":`, c.Period)
	b.evidence(`,"Evidence":`, &c.Evidence)
	b.list(`,"Reasons":`, len(c.Reasons), c.Reasons == nil, func(i int) { b.reason(c.Reasons[i]) })
	b.text(`,"By":`, c.By)
	if c.Lag != nil {
		b.whole(`,"Lag":`, *c.Lag)
	}
	b.raw(`}`)
	return string(*b)
}

func (b *body) rejection(r *schedule.Rejection) string {
	*b = (*b)[:0]
	b.text(`{"Quota":`, r.Quota)
	b.text(`,"Owner":`, r.Owner)
	b.text(`,"Period":`, r.Period)
	b.evidence(`,"Evidence":`, &r.Evidence)
	b.raw(`,"Reason":`)
	b.reason(r.Reason)
	b.text(`,"Condition":`, r.Condition)
	b.text(`,"Basis":`, string(r.Basis))
	b.truth(`,"OnlyReference":`, r.OnlyReference)
	b.truth(`,"Alone":`, r.Alone)
	b.truth(`,"Near":`, r.Near)
	b.truth(`,"Awaiting":`, r.Awaiting)
	b.raw(`}`)
	return string(*b)
}

func (b *body) evidence(before string, e *media.Evidence) {
	b.raw(before)
	b.text(`{"ID":`, e.ID)
	b.text(`,"Kind":`, string(e.Kind))
	b.text(`,"Agency":`, e.Agency)
	b.text(`,"Source":`, e.Source)
	b.time(`,"At":`, e.At)
	b.text(`,"Precision":`, string(e.Precision))
	b.time(`,"Seen":`, e.Seen)
	b.time(`,"Verified":`, e.Verified)
	b.text(`,"Title":`, e.Title)
	b.text(`,"URL":`, e.URL)
	b.text(`,"Kept":`, e.Kept)
	b.text(`,"Grade":`, string(e.Grade))
	b.text(`,"Section":`, e.Section)
	b.text(`,"Column":`, e.Column)
	b.truth(`,"Repost":`, e.Repost)
	b.text(`,"Credit":`, e.Credit)
	b.raw(`,"Airing":`)
	b.any(e.Airing, e.Airing == nil)
	b.verdict(`,"Verdict":`, e.Verdict)
	b.text(`,"Decided":`, e.Decided)
	b.truth(`,"Unread":`, e.Unread)
	b.text(`,"Document":`, e.Document)
	b.text(`,"Quota":`, e.Quota)
	b.text(`,"Owner":`, e.Owner)
	b.text(`,"Period":`, e.Period)
	b.truth(`,"None":`, e.None)
	b.text(`,"Form":`, e.Form)
	if len(e.Elsewhere) > 0 {
		b.raw(`,"Elsewhere":`)
		b.any(e.Elsewhere, false)
	}
	if e.Copy != nil {
		b.raw(`,"Copy":`)
		b.any(e.Copy, false)
	}
	if e.Listed {
		b.truth(`,"Listed":`, true)
	}
	if len(e.Items) > 0 {
		b.raw(`,"Items":`)
		b.any(e.Items, false)
	}
	if !e.Signed.IsZero() {
		b.time(`,"Signed":`, e.Signed)
	}
	b.time(`,"Asked":`, e.Asked)
	b.time(`,"Answered":`, e.Answered)
	if !e.Waited.IsZero() {
		b.time(`,"Waited":`, e.Waited)
	}
	b.text(`,"Page":`, e.Page)
	if e.Segment != nil {
		b.raw(`,"Segment":`)
		b.any(e.Segment, false)
	}
	if e.Bulletin != nil {
		b.raw(`,"Bulletin":`)
		b.any(e.Bulletin, false)
	}
	b.raw(`}`)
}

func (b *body) verdict(before string, v *media.Verdict) {
	b.raw(before)
	if v == nil {
		b.raw(`null`)
		return
	}
	b.text(`{"Revision":`, v.Revision)
	b.text(`,"Classifier":`, v.Classifier)
	b.truth(`,"Reform":`, v.Reform)
	b.number(`,"Score":`, v.Score)
	b.truth(`,"Review":`, v.Review)
	b.list(`,"Topics":`, len(v.Topics), v.Topics == nil, func(i int) { b.text("", v.Topics[i]) })
	b.list(`,"Cues":`, len(v.Cues), v.Cues == nil, func(i int) {
		c := &v.Cues[i]
		b.text(`{"term":`, c.Term)
		b.text(`,"field":`, c.Field)
		b.whole(`,"at":`, c.At)
		b.number(`,"weight":`, c.Weight)
		b.raw(`}`)
	})
	b.raw(`}`)
}

func (b *body) reason(r schedule.Reason) {
	b.text(`{"code":`, r.Code)
	if len(r.Args) > 0 {
		b.raw(`,"args":`)
		var room [8]string
		names := room[:0]
		for k := range r.Args {
			names = append(names, k)
		}
		slices.Sort(names)
		for i, k := range names {
			if i == 0 {
				b.text(`{`, k)
			} else {
				b.text(`,`, k)
			}
			b.raw(":")
			b.arg(r.Args[k])
		}
		b.raw(`}`)
	}
	b.raw(`}`)
}

func (b *body) arg(v any) {
	switch x := v.(type) {
	case string:
		b.text("", x)
	case int:
		b.whole("", x)
	case float64:
		b.number("", x)
	case []string:
		b.list("", len(x), x == nil, func(i int) { b.text("", x[i]) })
	default:
		b.any(v, v == nil)
	}
}

func (b *body) raw(s string) { *b = append(*b, s...) }

// any writes a value as encoding/json does.
func (b *body) any(v any, null bool) {
	if null {
		b.raw(`null`)
		return
	}
	b.raw(pack(v))
}

func (b *body) whole(before string, n int) {
	*b = strconv.AppendInt(append(*b, before...), int64(n), 10)
}

func (b *body) truth(before string, v bool) {
	*b = strconv.AppendBool(append(*b, before...), v)
}

func (b *body) list(before string, n int, null bool, each func(i int)) {
	b.raw(before)
	if null {
		b.raw(`null`)
		return
	}
	b.raw(`[`)
	for i := range n {
		if i > 0 {
			b.raw(`,`)
		}
		each(i)
	}
	b.raw(`]`)
}

// number writes the plain numbers itself; encoding/json has its own form for
// the very large and the very small.
func (b *body) number(before string, f float64) {
	b.raw(before)
	if abs := math.Abs(f); f == 0 && !math.Signbit(f) || abs >= 1e-6 && abs < 1e21 {
		*b = strconv.AppendFloat(*b, f, 'f', -1, 64)
		return
	}
	b.any(f, false)
}

// time writes a time of a year of four digits, in a zone of whole minutes.
func (b *body) time(before string, t time.Time) {
	b.raw(before)
	_, offset := t.Zone()
	if y := t.Year(); y < 0 || y > 9999 || offset%60 != 0 || offset <= -24*3600 || offset >= 24*3600 {
		b.any(t, false)
		return
	}
	*b = append(t.AppendFormat(append(*b, '"'), time.RFC3339Nano), '"')
}

// text writes a string; what has to be escaped is left to encoding/json.
func (b *body) text(before, s string) {
	b.raw(before)
	high, separator := false, false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			high = true
			separator = separator || c == 0xe2 // U+2028 and U+2029 begin with it
		case c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == 0x7f:
			b.any(s, false)
			return
		}
	}
	if high && !utf8.ValidString(s) || separator && strings.ContainsAny(s, "\u2028\u2029") {
		b.any(s, false)
		return
	}
	*b = append(append(append(*b, '"'), s...), '"')
}
