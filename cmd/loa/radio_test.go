package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"loa/schedule/sampling"
)

// TestRadio: a month is drawn once, listened to, and told with its interval and
// with what the list of communes does not name.
func TestRadio(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	ok := func(args ...string) string {
		t.Helper()
		out, errOut, code := loa(t, "", append(args, "--data", data)...)
		if code != 0 {
			t.Fatalf("%v: exit %d: %s%s", args, code, out, errOut)
		}
		return out
	}
	refused := func(says string, args ...string) {
		t.Helper()
		if _, errOut, code := loa(t, "", append(args, "--data", data)...); code != 2 || !strings.Contains(errOut, says) {
			t.Errorf("%v: exit %d, want 2 and %q: %s", args, code, says, errOut)
		}
	}
	sample := func(month, at string, more ...string) (d sampling.Draw) {
		t.Helper()
		if err := json.Unmarshal([]byte(ok(append([]string{"radio", "sample", "--month", month, "--at", at, "--json"}, more...)...)), &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	refused("cần một tháng", "radio", "sample", "--month", "2023-W10", "--at", "2023-04-01")
	refused("nằm ngoài thời gian của kế hoạch", "radio", "sample", "--month", "2024-04", "--at", "2023-04-01")
	refused("chưa chọn xã nào", "radio", "rate", "--month", "2023-04", "--at", "2023-04-01")
	first := sample("2023-04", "2023-04-01", "--workload", "4", "--by", "Chuyên viên")
	if len(first.Picks) != 4 || len(first.Strata) != 4 {
		t.Fatalf("drawn: %+v", first)
	}
	if again := sample("2023-04", "2023-04-15"); !again.At.Equal(first.At) || again.Picks[0] != first.Picks[0] {
		t.Errorf("asked again, drawn again: %+v", again)
	}
	refused("đã chọn 4 xã", "radio", "sample", "--month", "2023-04", "--at", "2023-04-15", "--workload", "5")
	refused("vì sao", "radio", "sample", "--month", "2023-04", "--at", "2023-04-15", "--redraw")
	out := ok("radio", "sample", "--month", "2023-04", "--at", "2023-04-15")
	for _, s := range []string{"chọn 4 trong 8 xã", "mới có 8 trong 173 xã của tỉnh", "±5 điểm phần trăm", "122 xã mỗi tháng", "người chọn: Chuyên viên"} {
		if !strings.Contains(out, s) {
			t.Errorf("does not say %q: %s", s, out)
		}
	}

	check := func(commune, result string, more ...string) []string {
		return append([]string{"radio", "check", strings.TrimPrefix(commune, "yen-bai/"), "--month", "2023-04", "--result", result, "--by", "Chuyên viên", "--at", "2023-04-20"}, more...)
	}
	refused("không phải xã", check("so-noi-vu", "heard")...)
	refused("vì sao", check(first.Picks[0].Commune, "not-checked")...)
	refused("không thuộc tháng", check(first.Picks[0].Commune, "heard", "--heard", "2023-03-20T06:00")...)
	refused("ở phía trước", check(first.Picks[0].Commune, "heard", "--heard", "2023-04-25T06:00")...)
	refused("chưa đến", "radio", "check", "xa-khanh-hoa", "--month", "2023-06", "--result", "heard", "--at", "2023-04-20")
	clip := filepath.Join(t.TempDir(), "loa.mp3")
	if err := os.WriteFile(clip, []byte("ID3 tiếng loa"), 0o600); err != nil {
		t.Fatal(err)
	}
	ok(check(first.Picks[0].Commune, "heard", "--heard", "2023-04-19T05:30", "--file", clip)...)
	ok(check(first.Picks[1].Commune, "heard")...)
	ok(check(first.Picks[2].Commune, "silent")...)
	ok(check(first.Picks[3].Commune, "not-checked", "--note", "mưa lũ")...)
	other := slices.IndexFunc([]string{"yen-bai/xa-khanh-hoa", "yen-bai/xa-phuc-loi"}, func(id string) bool {
		return !slices.ContainsFunc(first.Picks, func(p sampling.Pick) bool { return p.Commune == id })
	})
	if out := ok(check([]string{"xa-khanh-hoa", "xa-phuc-loi"}[other], "silent")...); !strings.Contains(out, "không có trong mẫu") {
		t.Errorf("one that was not drawn: %s", out)
	}
	var e sampling.Estimate
	if err := json.Unmarshal([]byte(ok("radio", "rate", "--month", "2023-04", "--at", "2023-05-02", "--json")), &e); err != nil {
		t.Fatal(err)
	}
	if e.Drawn != 4 || e.Heard != 2 || e.Silent != 1 || e.Open != 1 || e.Population != 8 || !(e.Low < e.Rate && e.Rate < e.High) {
		t.Errorf("rate: %+v", e)
	}
	out = ok("radio", "rate", "--month", "2023-04", "--at", "2023-05-02")
	for _, s := range []string{"có phát 2, không phát 1", "khoảng tin cậy 95%", "mới có 8 trong 173 xã", "1 xã chưa có kết quả"} {
		if !strings.Contains(out, s) {
			t.Errorf("does not say %q: %s", s, out)
		}
	}
	next := sample("2023-05", "2023-05-02", "--workload", "4")
	for _, p := range next.Picks {
		if i := slices.IndexFunc(first.Picks, func(o sampling.Pick) bool { return o.Commune == p.Commune }); i >= 0 && i < 3 && !p.Again {
			t.Errorf("%s was listened to in April and comes first again", p.Commune)
		}
	}
	if redrawn := sample("2023-05", "2023-05-03", "--workload", "4", "--redraw", "--reason", "mất điện"); redrawn.Revision != 2 {
		t.Errorf("drawn anew: %+v", redrawn)
	}
	if out := ok("radio", "rate", "--month", "2023-05", "--months", "2", "--at", "2023-05-20"); !strings.Contains(out, "2 tháng đến") {
		t.Errorf("two months: %s", out)
	}
	sample("2023-06", "2023-06-01", "--without-form")
	refused("nhóm xã khác nhau", "radio", "rate", "--month", "2023-06", "--months", "2", "--at", "2023-06-20")
}
