package web

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"loa/viet"
)

// alone lets one form over the settings be recorded at a time, so that none is between another's look and its entry.
func (s *site) alone(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.form(w, r) { // read before anybody waits for it
			return
		}
		s.setting.Lock()
		defer s.setting.Unlock()
		next(w, r)
	}
}

// Edition is what the form stands on: how its part was set, and what is shown in it. A form that was opened before
// somebody else set the part would put back what they changed.
func (p editPage) Edition() string {
	if p.edition != "" {
		return p.edition
	}
	laid, shown := sha256.New(), sha256.New()
	for _, l := range p.Laid {
		fmt.Fprintf(laid, "%q %q %q %d\n", l.ID, l.Body, l.Actor, l.At.UnixMicro())
	}
	for _, f := range p.Fields {
		fmt.Fprintf(shown, "%q %q\n", f.Name, f.Value)
	}
	return hex.EncodeToString(laid.Sum(nil)[:8]) + "." + hex.EncodeToString(shown.Sum(nil)[:8])
}

// typedOver puts what a person typed into the form. If it stands on another edition than the part has now it is stale,
// and what holds now is told beside what was typed: whoever sends it again has seen that.
func (s *site) typedOver(r *http.Request, p *editPage) {
	p.edition = p.Edition()
	was := p.Fields
	p.Fields = slices.Clone(was)
	typedFields(r, p.Fields)
	base := r.PostFormValue("ban")
	if base == p.edition {
		return
	}
	for i := range was {
		if p.Fields[i].Value != was[i].Value {
			p.Fields[i].Wrong = []string{"Đang dùng: «" + valueWords(was[i]) + "»; bạn ghi khác."}
		}
	}
	laid, _, _ := strings.Cut(p.edition, ".")
	if len(p.Laid) == 0 || strings.HasPrefix(base, laid+".") {
		p.stale = Refusal{"Giá trị đang dùng đã khác lúc mở biểu mẫu này; chưa ghi gì. Xin xem những ô có «Đang dùng» rồi ghi lại."}
		return
	}
	last := slices.MaxFunc(p.Laid, func(a, b laidLine) int { return a.At.Compare(b.At) })
	p.stale = Refusal{"Phần này vừa được " + s.other(r, last.Actor) + " (" + viet.Moment(last.At) + "); chưa ghi gì của lần này. Xin xem những ô có «Đang dùng» rồi ghi lại."}
}

// other names who set something after a form was opened.
func (s *site) other(r *http.Request, actor string) string {
	if actor == s.actor(r).String() {
		return "chính bạn sửa ở một trang khác"
	}
	return "người khác sửa: " + actor
}

// valueWords is a field's value as its page shows it.
func valueWords(f formField) string {
	if f.Shape == "tick" {
		if f.Value != "" {
			return "có chọn"
		}
		return "không chọn"
	}
	for _, o := range f.Options {
		if o.Value == f.Value {
			return o.Word
		}
	}
	return cmp.Or(strings.ReplaceAll(f.Value, "\n", "; "), "để trống")
}

// Edition is what the form stands on: the changes of the number that is to be changed.
func (p levelPage) Edition() string {
	sum := sha256.New()
	for _, c := range p.History {
		if c.Field == p.Form.Field {
			fmt.Fprintf(sum, "%q %q %q %d %d\n", c.Value, c.Actor, c.Basis, c.From.Unix(), c.At.UnixMicro())
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// stale is why a level is not recorded by a form that was opened before somebody else set it.
func (p levelPage) stale(edition string, by func(actor string) string) error {
	if edition == p.Edition() {
		return nil
	}
	words := "Mức này vừa được sửa; chưa ghi gì."
	for _, c := range p.History {
		if c.Field == p.Form.Field {
			words = "Mức này vừa được " + by(c.Actor) + " (" + viet.Moment(c.At) + "): «" + c.Word + "», áp dụng từ ngày " + viet.Day(c.From) + ". Chưa ghi gì của lần này."
			break
		}
	}
	return Refusal{words + " Nếu vẫn cần, xin xem trước rồi ghi lại."}
}
