package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

// feed answers the iCalendar feed of one owner, /lich/dai-ptth.ics. Calendars
// fetch it again and again: what has not changed is told by its ETag alone.
func (s *site) feed(w http.ResponseWriter, r *http.Request) {
	slug, ok := strings.CutSuffix(r.PathValue("file"), ".ics")
	if !ok || slug == "" || s.Feed == nil {
		s.missing(w, r, "Không có lịch này.")
		return
	}
	owner := slug
	if !strings.Contains(slug, "/") {
		owner = s.Plan.Province + "/" + slug
	}
	if s.keepsOut(w, r, owner) {
		return
	}
	text, err := s.Feed(r.Context(), owner, s.base(r))
	if err != nil {
		s.fail(w, r, "make the calendar", err)
		return
	}
	if text == nil {
		s.missing(w, r, "Kế hoạch không giao nhiệm vụ nào cho cơ quan này.")
		return
	}
	sum := sha256.Sum256(text)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `inline; filename="`+strings.ReplaceAll(slug, `"`, "")+`.ics"`)
	w.Header().Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
}
