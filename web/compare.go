package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"loa/media"
)

// comparePage is two texts of one page beside each other.
type comparePage struct {
	Item   media.Item
	All    []media.Revision // latest first
	A, B   revisionSide
	Parts  []comparePart
	Same   bool
	Single bool // only one text was read so far
}

// revisionSide is one of two texts that are compared.
type revisionSide struct {
	media.Revision
	Gone string // that its kept body was deleted, "" if it is there
	Text string // address of its kept body as text, "" if there is none
}

// comparePart is a field of a text: headline, lead, body.
type comparePart struct {
	Name string
	Rows []diffRow
}

// compare shows two texts of an item, word by word.
func (s *site) compare(w http.ResponseWriter, r *http.Request) {
	row, revs, ok := s.itemOf(w, r)
	if !ok {
		return
	}
	revs = latestFirst(revs)
	p := comparePage{Item: row.Item, All: revs, Single: len(revs) < 2}
	m := maskOf(row, revs, media.Revision{})
	p.Item.Title = m.Text(row.Item.Title)
	if !p.Single {
		b := slices.IndexFunc(revs, func(x media.Revision) bool { return x.ID == r.URL.Query().Get("b") })
		b = max(b, 0)
		a := slices.IndexFunc(revs, func(x media.Revision) bool { return x.ID == r.URL.Query().Get("a") })
		if a < 0 { // the one before of the same kind: what a listing says is another text
			a = min(b+1, len(revs)-1)
			if k := slices.IndexFunc(revs[min(b+1, len(revs)):], func(x media.Revision) bool { return x.From == revs[b].From }); k >= 0 {
				a = b + 1 + k
			}
		}
		p.A, p.B = s.side(row, revs[a]), s.side(row, revs[b])
		p.Same = true
		for _, f := range []struct{ name, before, now string }{
			{"title", revs[a].Title, revs[b].Title}, {"lead", revs[a].Lead, revs[b].Lead}, {"section", revs[a].Section, revs[b].Section}, {"body", revs[a].Body, revs[b].Body},
		} {
			part := comparePart{fieldName(f.name), compareTexts(m.Text(f.before), m.Text(f.now))}
			for _, x := range part.Rows {
				p.Same = p.Same && x.Kind == "same"
			}
			if len(part.Rows) > 0 {
				p.Parts = append(p.Parts, part)
			}
		}
	}
	s.render(w, r, http.StatusOK, "compare", frame{Title: "So sánh hai bản", Here: "/tin-bai", Page: p})
}

func (s *site) side(row ItemRow, rev media.Revision) revisionSide {
	out := revisionSide{Revision: rev, Gone: deletedWords(row.Deleted, rev.Kept)}
	if rev.Kept != "" && out.Gone == "" && s.Reviewing.Kept != nil {
		out.Text = "/tin-bai/" + url.PathEscape(row.Item.ID) + "/ban-luu/" + url.PathEscape(rev.Kept)
	}
	return out
}

// keptCopy gives a kept body of an item as plain text, never as what it was:
// nothing that a site published runs on the desk's own address.
func (s *site) keptCopy(w http.ResponseWriter, r *http.Request) {
	row, revs, ok, err := s.Items.Item(r.Context(), r.PathValue("id"))
	if err != nil {
		s.fail(w, r, "read an item", err)
		return
	}
	hash := r.PathValue("hash")
	if !ok || s.Reviewing.Kept == nil || !slices.ContainsFunc(revs, func(x media.Revision) bool { return x.Kept == hash && hash != "" }) {
		s.missing(w, r, "Không có bản lưu này.")
		return
	}
	if s.keepsOut(w, r, row.Item.Agency) {
		return
	}
	text, err := s.Reviewing.Kept(r.Context(), row.Item.ID, hash)
	if why := refusal(err); why != "" {
		s.missing(w, r, why)
		return
	}
	if err != nil {
		s.fail(w, r, "read a kept body", err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	head := "Bản lưu dạng văn bản, đã che thông tin cá nhân. Mã băm: " + hash + "\n\n"
	if _, err := w.Write([]byte(head + strings.TrimSpace(text) + "\n")); err != nil {
		s.Log.DebugContext(r.Context(), "write a kept body", "error", err)
	}
}
