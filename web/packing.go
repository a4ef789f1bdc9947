package web

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"loa/schedule/calendar"
	"loa/web/access"
)

// Pack writes the sealed evidence pack of a period to a writer: of a revision, 0 for the last one, or today's figures where the period
// is not closed. It says what the trail is to keep of it, and which revision it is of.
type Pack func(ctx context.Context, period calendar.Period, revision int, to io.Writer) (says map[string]any, of int, err error)

// packRoutes: kept pages are given unmasked, so only to whoever answers for them or inspects, as the trail is.
func (s *site) packRoutes() []route {
	return []route{{"GET", "/bao-cao/{period}/goi-minh-chung", access.Audit, false, s.pack}}
}

// mayPack reports whether a person may take packs out.
func (s *site) mayPack(r *http.Request) bool {
	a := s.actor(r)
	return s.Pack != nil && a.May(access.Audit) && a.May(access.Export)
}

// pack gives the pack of a period. It is made whole in a temporary file and recorded before anything is given.
func (s *site) pack(w http.ResponseWriter, r *http.Request) {
	period, err := calendar.Parse(r.PathValue("period"))
	revision, rerr := strconv.Atoi(cmp.Or(r.URL.Query().Get("lan"), "0"))
	if err != nil || rerr != nil || revision < 0 || !s.mayPack(r) || !period.Start.Before(s.Plan.To) || period.Start.After(s.Business()) {
		s.missing(w, r, "Không có gói minh chứng của kỳ này.")
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(2 * streamTime)) // not to be had in tests
	select {
	case s.packing <- struct{}{}: // one at a time: each reads every kept page of its period
		defer func() { <-s.packing }()
	default:
		w.Header().Set("Retry-After", "60")
		s.render(w, r, http.StatusServiceUnavailable, "message", frame{Title: "Đang lập gói", Page: message{"Đang lập một gói minh chứng khác", "Mỗi lúc chỉ lập một gói. Xin thử lại sau ít phút."}})
		return
	}
	tmp, err := os.CreateTemp("", "loa-goi-*")
	if err != nil {
		s.fail(w, r, "make a temporary file", err)
		return
	}
	defer os.Remove(tmp.Name()) // the system's cleaner takes what is left
	defer tmp.Close()
	says, of, err := s.Pack(r.Context(), period, revision, tmp)
	if words := refusal(err); words != "" {
		s.missing(w, r, words)
		return
	}
	if err != nil {
		s.fail(w, r, "make the evidence pack", err)
		return
	}
	size, err := tmp.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = tmp.Seek(0, io.SeekStart)
	}
	if err != nil {
		s.fail(w, r, "read the evidence pack", err)
		return
	}
	if !s.recorded(w, r, "export.pack", says) {
		return
	}
	name := "goi-minh-chung-" + period.ID + "-chua-chot.zip"
	if of > 0 {
		name = fmt.Sprintf("goi-minh-chung-%s-lan-%d.zip", period.ID, of)
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	if _, err := io.Copy(w, tmp); err != nil {
		s.Log.DebugContext(r.Context(), "write evidence pack", "error", err)
		panic(http.ErrAbortHandler) // half a pack must not look whole
	}
}
