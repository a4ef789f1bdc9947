package main

import (
	"regexp"
	"testing"

	"loa/schedule"
	"loa/viet"
)

// TestPagesNameNoFlags: what a page says of a refused act names neither flags nor commands.
func TestPagesNameNoFlags(t *testing.T) {
	flag := regexp.MustCompile(`--[a-z]|\bloa [a-z]+`)
	codes := []string{"no_actor", "no_case", "case_over", "act_past", "no_paper", "no_words", "not_repaired", "case_there", "no_miss", "no_miss_reason", "no_pledge_time", "enough_pledged", "nothing_to_retract",
		"approved_already", "not_approved", "no_airing", "no_pledge", "pledge_done", "pledge_past", "no_channel", "pledge_fails", "airing_unknown", "airing_grade", "airing_used", "case_repaired", "airing_early", "airing_fails"}
	told := 0
	for _, code := range codes {
		text := viet.Refusal(code, map[string]any{"case": "PB-01", "state": string(schedule.CaseClosed), "left": 1.0, "at": "2023-03-10T20:00:00+07:00"})
		if plain := plainly(text); flag.MatchString(plain) || plain == "" {
			t.Errorf("%s: %q of %q", code, plain, text)
		}
		if flag.MatchString(text) {
			told++
		}
	}
	if told < 5 {
		t.Errorf("only %d sentences name flags at all", told)
	}
	for text, want := range map[string]string{
		"dòng tiêu đề thiếu cột «Tháng» (hoặc chọn --month)":                    "dòng tiêu đề thiếu cột «Tháng»",
		"trùng tên: xã A; thêm cột «Huyện», hoặc nạp từng huyện với --district": "trùng tên: xã A; thêm cột «Huyện»",
		"gửi tệp PDF kèm theo (--scan)":                                         "gửi tệp PDF kèm theo",
		"vừa có người khác ghi: xem lại PB-01 rồi ghi lại (loa makegood show)":  "vừa có người khác ghi: xem lại PB-01 rồi ghi lại",
	} {
		if got := plainly(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
