package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGenAlertmanager: flags replace the example's addresses, agencies that have one are
// told at theirs, days off are those of the folder of plans; a mistake writes nothing.
func TestGenAlertmanager(t *testing.T) {
	t.Parallel()
	d, dir := newDesk(t), t.TempDir()
	out := d.ok("gen", "alertmanager", "-o", dir, "--plan", "mau/2023", "--officer", "cv@so.example,pho@so.example", "--from", "loa@so.example", "--watchdog", "https://canh.example/1")
	name := filepath.Join(dir, "alertmanager", "alertmanager.yml")
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(out, name) {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{`to: "cv@so.example, pho@so.example"`, `owner="mau/dai-ptth"`, `to: "bientap@daimau.example"`, `days_of_month: ['20:26']`,
		`smtp_auth_username: "loa@so.example"`, `url: "https://canh.example/1"`, `to: "an-toan@tinh.example, bientap@daimau.example"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s", want)
		}
	}
	empty := t.TempDir()
	for flags, says := range map[string]string{
		"--officer chuyen-vien":        "không phải địa chỉ thư",
		"--telegram 5":                 "--telegram và --token-file đi cùng nhau",
		"--webhook ftp://nhan.example": "--webhook «ftp://nhan.example»",
		"--webhook-token /x":           "--webhook-token cần --webhook",
	} {
		d.refused(2, []string{says}, append([]string{"gen", "alertmanager", "-o", empty}, strings.Fields(flags)...)...)
	}
	if there, err := os.ReadDir(empty); err != nil || len(there) > 0 {
		t.Errorf("written in spite of a mistake: %v %v", there, err)
	}
	d.ok("gen", "-o", dir, "--address", "https://loa.example")
	if _, err := os.Stat(filepath.Join(dir, "grafana")); err != nil {
		t.Error("loa gen alone still writes the boards: ", err)
	}
}
