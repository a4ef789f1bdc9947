package report

import (
	"fmt"
	"strings"

	"loa/media"
	"loa/viet"
)

// Segment says what its station's list tells of an item inside a programme:
// where and how it was broadcast, how long, who spoke.
func (n Names) Segment(e media.Evidence) []string {
	s := e.Segment
	var out []string
	say := func(format, v string) {
		if v != "" {
			out = append(out, fmt.Sprintf(format, v))
		}
	}
	if s.Channel != "" {
		say("%s", n.Channel(s.Channel))
	}
	programme := s.Programme
	if e.Column != "" {
		programme = n.Column(e.Column)
	}
	say("trong «%s»", programme)
	if s.Duration > 0 {
		say("dài %s", viet.Duration(s.Duration))
	}
	if !s.FirstRun {
		say("%s", "phát lại")
	}
	say("%s", map[string]string{media.ModeLive: "trực tiếp", media.ModeRecorded: "ghi trước"}[s.Mode])
	if s.Language != "" && s.Language != "vi" {
		say("%s", viet.Language(s.Language))
	}
	var tones, guests []string
	for _, t := range s.Tones {
		tones = append(tones, viet.SegmentTone(t))
	}
	say("%s", strings.Join(tones, ", "))
	for _, g := range s.Guests {
		guests = append(guests, strings.TrimSpace(g.Office+" "+g.Body))
	}
	say("người trả lời: %s", strings.Join(guests, "; "))
	say("kịch bản %s", s.Script)
	return out
}

// Bulletin says what a form or the province's system tells of a piece on a loudspeaker.
func Bulletin(e media.Evidence) []string {
	b := e.Bulletin
	var out []string
	say := func(format string, v any) { out = append(out, fmt.Sprintf(format, v)) }
	if b.Form {
		say("%s", "phiếu tháng")
		if b.Duration > 0 {
			say("cả tháng %s", viet.Duration(b.Duration))
		}
		if b.File != "" {
			say("tệp «%s»", b.File)
		}
		return out
	}
	say("%s", "hệ thống thông tin nguồn")
	if b.Duration > 0 {
		say("dài %s", viet.Duration(b.Duration))
	}
	if b.Times > 0 {
		say("phát %d lần", b.Times)
	}
	return out
}
