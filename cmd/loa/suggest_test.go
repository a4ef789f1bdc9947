package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// lines reads what --json printed.
func suggested(t *testing.T, out string) (all []suggestLine, end suggestEnd) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for i, line := range lines {
		var l suggestLine
		var err error
		if i == len(lines)-1 {
			err = json.Unmarshal([]byte(line), &end)
		} else if err = json.Unmarshal([]byte(line), &l); err == nil {
			all = append(all, l)
		}
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	return all, end
}

// TestSuggest: what departments and the portal published and nobody carried is
// proposed for the columns still wanted, the newspaper's own pieces never.
func TestSuggest(t *testing.T) {
	t.Parallel()
	const at = "2023-03-20T10:00"
	d := crawled(t, at, "bao-cchc", "cong-cctthc", "so-tu-phap", "so-cong-thuong", "tp-mau")
	show := func(args ...string) string { return d.ok(append([]string{"suggest", "--at", at}, args...)...) }
	all, end := suggested(t, show("--for", "bao", "--weeks", "4", "--json"))
	if len(all) == 0 || end.Chosen != len(all) || end.Chosen > end.Room || end.Bound < end.Value || end.Value <= 0 || end.Least < 0.5 {
		t.Fatalf("%d lines, %+v", len(all), end)
	}
	seen := map[string]bool{}
	for _, l := range all {
		if seen[l.ID] || l.Quota != "A-6.1" || l.Agency == "mau/bao" || len(l.Reasons) == 0 || l.Title == "" || l.At >= "2023-03-21" {
			t.Errorf("%+v", l)
		}
		seen[l.ID] = true
	}
	few, end := suggested(t, show("--for", "bao", "-n", "2", "--json"))
	if len(few) != 2 || end.Chosen != 2 || few[0].ID != all[0].ID && !seen[few[0].ID] {
		t.Errorf("at most two: %+v", few)
	}
	text := show("--for", "mau/bao")
	for _, want := range []string{sampleNotice, "Tham khảo: Báo, Đài tự quyết định", "Tháng 4/2023: A-6.1", all[0].Title, "Chưa ghi nhận tin, bài nhắc đến", "thang cân đối"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q:\n%s", want, text)
		}
	}
	if again := show("--for", "mau/bao"); again != text {
		t.Error("asked again it says something else")
	}
	_, end = suggested(t, show("--for", "dai-ptth", "--json"))
	if end.Room != 12 || !slices.Contains(end.Agencies, "mau/so-y-te") { // four weeks of three; a department that was not read
		t.Errorf("%+v", end)
	}
	d.refused(2, []string{"so-tu-phap", "không phải cơ quan báo chí", "bao", "dai-ptth"}, "suggest", "--for", "so-tu-phap", "--at", at)
	for _, args := range [][]string{{"--weeks", "0"}, {"-n", "501"}, {"--each", "0"}, {"--fresh", "1000"}} {
		d.refused(2, []string{"cần từ"}, append([]string{"suggest", "--for", "bao", "--at", at}, args...)...)
	}
}

// TestSlotsFilled: what could fill a slot is told to whom it belongs, in the slots
// that lack something.
func TestSlotsFilled(t *testing.T) {
	t.Parallel()
	const at = "2023-03-20T10:00"
	d := crawled(t, at, "bao-cchc", "so-tu-phap", "so-cong-thuong", "tp-mau")
	slots := []string{"schedule", "slots", "--at", at, "--ahead", "4w"}
	d.refused(2, []string{"--owner"}, append(slots, "--fill")...)
	d.refused(2, []string{"không phải cơ quan báo chí"}, append(slots, "--fill", "--owner", "so-tu-phap")...)
	filled := 0
	for line := range strings.Lines(d.ok(append(slots, "--fill", "--owner", "bao", "--json")...)) {
		var l slotLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		if len(l.Fill) > 0 && (l.Quota != "A-6.1" || l.Short == 0 || l.Fill[0].Kind != "item" || l.Fill[0].ID == "") {
			t.Errorf("%+v", l)
		}
		filled += len(l.Fill)
	}
	if filled == 0 {
		t.Error("no slot is filled")
	}
	grid := d.file("khung.yaml", []byte(stationGrid))
	text := d.ok(append(slots, "--grid", grid, "--owner", "dai-ptth")...)
	if !strings.Contains(text, "B-D1 2023-W12: Truyền hình Mẫu, 20h15 ngày 23/3/2023 (thứ Năm)") || !strings.Contains(text, "Có thể dùng (tham khảo)") {
		t.Errorf("%s", text)
	}
	if strings.Contains(text, "http") {
		t.Errorf("pieces that nobody asked for:\n%s", text)
	}
	d.refused(2, []string{"không phải của Báo Mẫu"}, append(slots, "--grid", grid, "--owner", "bao")...)
}
