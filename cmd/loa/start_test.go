package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"loa/web"
)

// officePC is a copy of the program in a folder as offices name theirs, with the sample province's plan beside it.
func officePC(t *testing.T) (exe, folder string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "Cải cách hành chính")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	exe = filepath.Join(folder, "loa.exe")
	if err := os.Link(binary(t), exe); err != nil {
		text, err := os.ReadFile(binary(t))
		if err = errors.Join(err, os.WriteFile(exe, text, 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(folder, besidePlans), os.DirFS(samplePlans(t))); err != nil {
		t.Fatal(err)
	}
	return exe, folder
}

// TestStart: one program, a second one that leads to the first, a crash, and a third that takes over; the data is beside it.
func TestStart(t *testing.T) {
	t.Parallel()
	exe, folder := officePC(t)
	settings := "\xef\xbb\xbf# cài đặt\r\nLOA_CONTACT = \"mailto:thu@mau.example\"\r\nLOA_LA=1\r\nlỡ tay\r\nLOA_NO_BROWSER=true\r\n"
	if err := os.WriteFile(filepath.Join(folder, besideSettings), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"start", "--at", "2023-03-01", "--listen", "127.0.0.1:18080"}
	elsewhere := func() *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), exe, args...)
		cmd.Dir = t.TempDir() // not where the program is
		return cmd
	}
	first := start(t, elsewhere())
	address := ""
	for range 100 { // the address is written down before it is printed, and printed by now or soon
		text, err := os.ReadFile(filepath.Join(folder, besideData, lockName))
		if err != nil {
			t.Fatal(err)
		}
		if address = strings.TrimSpace(string(text)); address != "" {
			break
		}
		first.get(t, "/healthz")
	}
	if !strings.HasPrefix(address, first.base+"/bat-dau?ma=") {
		t.Errorf("the address written down is %q of %s", address, first.base)
	}
	if page := first.get(t, strings.TrimPrefix(address, first.base)); !strings.Contains(page, "mật khẩu") && !strings.Contains(page, "Mật khẩu") {
		t.Error("the address opens no first page")
	}
	out, err := elsewhere().CombinedOutput()
	if err != nil || !strings.Contains(string(out), "đang chạy ở một cửa sổ khác: "+address) {
		t.Errorf("a second one: %v\n%s", err, out)
	}
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-first.read
	_ = first.cmd.Wait() // killed
	third := start(t, elsewhere())
	third.get(t, "/healthz")
	third.stop(t, syscall.SIGTERM)
	told := third.stderr.String()
	for _, want := range []string{"LOA_LA", "dòng 4", "Dữ liệu ở: " + filepath.Join(folder, besideData), "Đóng cửa sổ này", "Đang dừng"} {
		if !strings.Contains(told, want) {
			t.Errorf("not told: %s\n%s", want, told)
		}
	}
	if strings.Contains(told, "liên hệ") {
		t.Error("the settings file's contact is not used")
	}
	if text, err := os.ReadFile(filepath.Join(folder, besideData, lockName)); err != nil || len(text) > 0 {
		t.Errorf("after it stopped the address is %q: %v", text, err)
	}
}

// Without a plan of today a person is told what to do; other machines are never served.
func TestStartSays(t *testing.T) {
	t.Parallel()
	exe, folder := officePC(t)
	for args, want := range map[string]string{"--at 2031-05-01": "2031.yaml", "--listen 0.0.0.0:0": "chỉ phục vụ trên chính máy này", "--at 2023-03-01 --listen 127.0.0.1:x": "127.0.0.1:8080"} {
		out, err := exec.CommandContext(t.Context(), exe, append([]string{"start", "--no-browser"}, strings.Fields(args)...)...).CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v\n%s", args, err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, besideSettings), []byte("\xff\xfeL\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), exe, "start").CombinedOutput(); err == nil || !strings.Contains(string(out), "UTF-8") {
		t.Errorf("settings of another encoding: %v\n%s", err, out)
	}
}

func TestReadSettings(t *testing.T) {
	values, told, err := readSettings([]byte("LOA_PROXY=http://loa:a=b@10.0.0.1:3128\nmatkhau\n; x\nLOA_CONTACT=a\nLOA_CONTACT= \"b c\" \nLOA_LA=bimat\n"))
	if err != nil || values["LOA_PROXY"] != "http://loa:a=b@10.0.0.1:3128" || values["LOA_CONTACT"] != "b c" || len(values) != 2 {
		t.Errorf("%v %v", values, err)
	}
	if len(told) != 3 || strings.Contains(strings.Join(told, ""), "matkhau") || strings.Contains(strings.Join(told, ""), "bimat") {
		t.Errorf("told %q", told)
	}
}

// A port that is taken leads to the next; nobody but this machine is asked whether another one runs.
func TestStartFindsItsPlace(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if got, err := freeNear(ln.Addr().String()); err != nil || got == ln.Addr().String() || !onThisMachine(got) {
		t.Errorf("beside %s: %s %v", ln.Addr(), got, err)
	}
	for _, address := range []string{"", "http://10.255.255.1/", "https://127.0.0.1/", "http://127.0.0.1"} {
		if answers(t.Context(), address) {
			t.Errorf("%q answers", address)
		}
	}
	// One that holds the lock and says nothing is waited for, and given up with whoever waits.
	name := filepath.Join(t.TempDir(), lockName)
	held, _, err := hold(t.Context(), name)
	if err != nil || held == nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if l, _, err := hold(ctx, name); l != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("a second one: %v %v", l, err)
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	if l, _, err := hold(t.Context(), name); l == nil || err != nil {
		t.Errorf("after the first: %v", err)
	} else if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// TestBackupToDrive: a copy on a stick is read through and named in the trail with the stick; a full one, one that is gone
// and one that takes no large file are told as what they are.
func TestBackupToDrive(t *testing.T) {
	t.Parallel()
	s := newStation(t, "2023-03-20T08:00")
	stick := t.TempDir()
	b, err := s.e.toDrive(t.Context(), web.Drive{Path: stick, Name: "USB"}, "Quản trị (mẫu)")
	if err != nil {
		t.Fatal(err)
	}
	files, err := backupsIn(filepath.Join(stick, driveFolder))
	if err != nil || len(files) != 1 || !strings.HasPrefix(b.Name, files[0].Name+" trên ổ "+stick+" (USB)") {
		t.Errorf("%v %v, named %q", files, err, b.Name)
	}
	if m, _, err := readThrough(t.Context(), filepath.Join(stick, driveFolder, files[0].Name)); err != nil || m.By != "Quản trị (mẫu)" {
		t.Errorf("%+v %v", m, err)
	}
	if last, err := s.e.store.LastBackup(t.Context()); err != nil || last.Name != b.Name {
		t.Errorf("the trail has %q: %v", last.Name, err)
	}
	for want, any := range map[string][]error{"đầy": diskFull, "FAT32": fileTooBig, "rút": diskGone, "không cho ghi": diskLocked} {
		for _, err := range any {
			if words := driveWords(fmt.Errorf("write the archive: %w", &os.PathError{Op: "write", Path: "x", Err: err})); !strings.Contains(words, want) {
				t.Errorf("%v: %q", err, words)
			}
		}
	}
	var no web.Refusal
	if _, err := s.e.toDrive(t.Context(), web.Drive{Path: filepath.Join(os.DevNull, "x")}, "Quản trị (mẫu)"); err == nil {
		t.Error("a copy in a device")
	}
	if _, err := s.e.toDrive(t.Context(), web.Drive{Path: stick, Name: "USB"}, "Quản trị (mẫu)"); !errors.As(err, &no) {
		t.Errorf("a copy over another: %v", err)
	}
	for _, d := range removable() { // whatever is plugged in here
		if info, err := os.Stat(d.Path); err != nil || !info.IsDir() {
			t.Errorf("%+v: %v", d, err)
		}
	}
}
