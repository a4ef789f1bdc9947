package viet

import (
	"strings"
	"testing"
)

// TestOnPage: no refusal names a flag or a command on a page, and nothing else is cut.
func TestOnPage(t *testing.T) {
	for in, want := range map[string]string{
		"thiếu lý do (--reason)":                                    "thiếu lý do",
		"thiếu căn cứ (--basis): văn bản":                           "thiếu căn cứ: văn bản",
		"xác nhận trước (loa decide confirm-missed), rồi mới gửi":   "xác nhận trước, rồi mới gửi",
		"chưa ghi (notices: reminders) và (a) (xem loa x) thì thôi": "chưa ghi và (a) thì thôi",
		"không có gì (dở dang":                                      "không có gì (dở dang",
		"":                                                          "",
	} {
		if got := OnPage(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for _, code := range []string{"no_actor", "no_period", "not_over", "confirm_reference", "confirm_not_short", "confirm_unseen", "no_date", "no_paper", "no_evidence", "no_reason", "note_no_words", "note_no_whom", "note_past", "evidence_unknown", "evidence_elsewhere",
		"release_nobody", "release_office", "release_by_summary", "release_officer", "release_nothing"} {
		got := OnPage(Refusal(code, map[string]any{"state": "missed", "kind": "call"}))
		if strings.Contains(got, "--") || strings.Contains(got, "loa ") || strings.Contains(got, "mã «") && code != "evidence_unknown" {
			t.Errorf("%s: %s", code, got)
		}
	}
}

func FuzzOnPage(f *testing.F) {
	f.Add("a (--b) c (loa d")
	f.Fuzz(func(t *testing.T, s string) {
		if got := OnPage(s); len(got) > len(s) || OnPage(got) != got {
			t.Errorf("%q gives %q", s, got)
		}
	})
}
