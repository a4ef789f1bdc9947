package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/crawler/fetch"
	"loa/store/storetest"
)

// examined runs loa doctor and gives what it told, by code.
func examined(t *testing.T, args ...string) (told map[string]string, code int) {
	t.Helper()
	out, errOut, code := loa(t, "", append([]string{"doctor", "--json"}, args...)...)
	told = map[string]string{}
	for line := range strings.Lines(out) {
		var x struct{ About, Level, Code, Text string }
		if err := json.Unmarshal([]byte(line), &x); err != nil || x.About == "" || x.Text == "" {
			t.Fatalf("%q: %v %+v", line, err, x)
		}
		told[x.Code] = x.Level + " " + x.Text
	}
	if len(told) == 0 {
		t.Fatalf("doctor %v: %d, nothing told: %s", args, code, errOut)
	}
	return told, code
}

func says(t *testing.T, told map[string]string, want ...string) {
	t.Helper()
	for _, w := range want {
		level, code, _ := strings.Cut(w, " ")
		if !strings.HasPrefix(told[code], level+" ") {
			t.Errorf("%s: told %q, want %s", code, told[code], level)
		}
	}
}

// TestDoctor: a province that was just read is well but for what is not done yet; what is harmed is told, and nothing is changed by looking.
func TestDoctor(t *testing.T) {
	site := sampleAt(t)
	plans, data := samplePlans(t), t.TempDir()
	args := crawlArgs(t, site, plans, data)
	if _, errOut, code := loa(t, "", args...); code != 0 {
		t.Fatal(errOut)
	}
	look := []string{"--plans", plans, "--data", data, "--plan", "mau/2023"}
	network := append(slices.Clone(look), "--resolve-file", args[slices.Index(args, "--resolve-file")+1], "--allow-loopback", "--deep")
	t.Setenv("LOA_DATEN", "x")
	before := digest(t, data)
	told, _ := examined(t, network...)
	says(t, told, "ok config_sound", "ok db", "ok db_whole", "ok sources", "ok addresses", "ok web_clock", "warn unknown_setting", "warn no_backup", "warn no_accounts")
	if !strings.Contains(told["unknown_setting"], "LOA_DATEN") {
		t.Errorf("the slip of the pen: %q", told["unknown_setting"])
	}
	compare(t, "after a look", before, digest(t, data))
	if left, err := filepath.Glob(filepath.Join(data, ".loa-doctor-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}

	t.Run("a folder with a slip", func(t *testing.T) {
		bad := samplePlans(t)
		file := filepath.Join(bad, "mau", "agencies.yaml")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		put(t, file, append(text, "\nnothing: at all\n"...))
		told, code := examined(t, "--plans", bad, "--data", t.TempDir(), "--offline")
		says(t, told, "fail config_mistakes", "warn db_missing")
		if code != 1 {
			t.Errorf("exit code %d", code)
		}
	})
	t.Run("a page of the file is not what was written", func(t *testing.T) {
		harmed := t.TempDir()
		if err := os.CopyFS(harmed, os.DirFS(data)); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(filepath.Join(harmed, "loa.db"), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		for at := int64(200 * 4096); at < info.Size()-4096; at += 16 * 4096 {
			if _, err := f.WriteAt([]byte("this is not a page of a tree"), at); err != nil {
				t.Fatal(err)
			}
		}
		told, code := examined(t, "--plans", plans, "--data", harmed, "--plan", "mau/2023", "--offline", "--deep")
		if !strings.HasPrefix(told["db_damaged"], "fail ") && !strings.HasPrefix(told["db_unreachable"], "fail ") || code != 1 {
			t.Errorf("damage is told as %v, code %d", told, code)
		}
	})
	t.Run("a proxy", func(t *testing.T) {
		behind := append(slices.Clone(look), "--proxy")
		ask := 0
		door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { ask++; w.WriteHeader(http.StatusProxyAuthRequired) }))
		told, code := examined(t, append(behind, strings.Replace(door.URL, "http://", "http://ai:mat-khau@", 1))...)
		if says(t, told, "fail proxy_mute"); code != 1 || ask == 0 || strings.Contains(told["proxy_mute"], "mat-khau") {
			t.Errorf("code %d, asked %d times: %q", code, ask, told["proxy_mute"])
		}
		door.Close()
		told, _ = examined(t, append(behind, door.URL)...)
		says(t, told, "fail proxy_down")
	})
	t.Run("no server", func(t *testing.T) {
		told, code := examined(t, append(look, "--offline", "--db", "postgres://127.0.0.1:1/loa?connect_timeout=2")...)
		if says(t, told, "fail db_unreachable"); code != 1 {
			t.Errorf("exit code %d", code)
		}
	})
	t.Run("a server", func(t *testing.T) {
		server := append(slices.Clone(look), "--offline", "--deep", "--db", storetest.DB(t, "postgres"))
		told, _ := examined(t, server...)
		says(t, told, "warn db_missing", "ok db_clock")
		if _, errOut, code := loa(t, "", append([]string{"sources"}, slices.DeleteFunc(slices.Clone(server), func(s string) bool { return s == "--offline" || s == "--deep" })...)...); code != 0 {
			t.Fatal(errOut)
		}
		told, _ = examined(t, server...)
		says(t, told, "ok db_clock", "warn no_visit", "warn none_visited", "ok db_whole")
		if _, ok := told["no_backup"]; ok {
			t.Error("a server's copies are the server's")
		}
	})
	t.Run("a place that cannot be written to", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		put(t, file, nil)
		told, code := examined(t, "--plans", plans, "--plan", "mau/2023", "--offline", "--data", filepath.Join(file, "below"), "--db", filepath.Join(data, "loa.db"))
		if says(t, told, "fail not_writable"); code != 1 {
			t.Errorf("exit code %d", code)
		}
	})
}

// TestDoctorAsksHosts: a name without an address is told, an answer that is no page is not, a certificate that is over is.
func TestDoctorAsksHosts(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	over := time.Now().AddDate(0, -1, 0).Truncate(time.Second)
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: over.AddDate(-1, 0, 0), NotAfter: over, DNSNames: []string{"old.example"}}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	old := httptest.NewUnstartedServer(http.NotFoundHandler())
	old.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	old.StartTLS()
	defer old.Close()
	empty, stop := onLoopback(t, http.NotFoundHandler())
	defer stop()
	client, err := fetch.New(fetch.Options{AllowLoopback: true, Resolve: map[string]string{"old.example": old.Listener.Addr().String(), "empty.example": empty}})
	if err != nil {
		t.Fatal(err)
	}
	if r := askHost(t.Context(), client, "old.example", "https://old.example/robots.txt"); r.Err != nil || !r.Until.Equal(over) {
		t.Errorf("a certificate that was good until %v: %+v", over, r)
	}
	if r := askHost(t.Context(), client, "empty.example", "http://empty.example/robots.txt"); r.Err != nil || r.Asked || !r.Until.IsZero() {
		t.Errorf("an answer that is no page: %+v", r)
	}
	if r := askHost(t.Context(), client, "192.168.7.7", "http://192.168.7.7/robots.txt"); r.Err == nil {
		t.Errorf("an address of the office's network: %+v", r)
	}
}
