package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"loa/store/storetest"
)

// answer gives the answer of a started server, whatever it is.
func (s *serving) answer(t *testing.T, path string) (int, string) {
	t.Helper()
	res, err := http.Get(s.base + path)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, strings.TrimSpace(string(body))
}

// TestRoles: of two nodes with one database the one crawls and has no desk, the other has the desk and asks no site anything. Each says
// when it is ready, and the one that is to stop says so first while it still answers.
func TestRoles(t *testing.T) {
	bin, plans, data, db := binary(t), samplePlans(t), t.TempDir(), storetest.DB(t, "postgres")
	w := watchSample(t, serveTime(), 0)
	crawls := startServe(t, bin, w, plans, data, "--db", db, "--user-agent", "crawls", "--role", "crawl,evaluate")
	desk := startServe(t, bin, w, plans, data, "--db", db, "--user-agent", "desk", "--role", "web", "--linger", "2s")
	for _, s := range []*serving{crawls, desk} {
		waitFor(t, "readiness", func() bool { code, body := s.answer(t, "/readyz"); return code == 200 && body == "ok" })
		if code, body := s.answer(t, "/healthz"); code != 200 {
			t.Errorf("healthz: %d %s", code, body)
		}
	}
	if _, errOut, code := loa(t, "", "doctor", "--serving", desk.base); code != 0 {
		t.Errorf("asked whether it is ready: %s", errOut)
	}
	if code, _ := crawls.answer(t, "/"); code != 404 {
		t.Errorf("a node without a desk answers / with %d", code)
	}
	if code, _ := crawls.answer(t, "/metrics"); code != 200 {
		t.Errorf("a node without a desk gives its figures with %d", code)
	}
	waitFor(t, "standings that the other derived", func() bool {
		code, body := desk.answer(t, "/api/v1/standings")
		_ = body
		return w.count("crawls") > 50 && code != 0
	})
	if n := w.count("desk"); n != 0 {
		t.Errorf("the node that has the desk asked sites %d times", n)
	}
	if err := desk.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "word that it stops", func() bool { code, body := desk.answer(t, "/readyz"); return code == 503 && body == "stopping" })
	if _, errOut, code := loa(t, "", "doctor", "--serving", desk.base); code != 1 || !strings.Contains(errOut, "503") {
		t.Errorf("asked whether it is ready while it stops: %d %s", code, errOut)
	}
	if code, _ := desk.answer(t, "/healthz"); code != 200 {
		t.Errorf("while it lingers: healthz %d", code)
	}
	<-desk.read
	if err := desk.cmd.Wait(); err != nil {
		t.Errorf("the desk's node: %v", err)
	}
	crawls.stop(t, syscall.SIGTERM)
}

// TestProcessFlags: what does not go together is refused with what to write.
func TestProcessFlags(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pem")
	put(t, file, nil)
	for flags, want := range map[string]string{
		"--role dance":       "cần trong crawl, web, evaluate",
		"--tls-cert " + file: "đi cùng nhau",
		"--tls-cert " + file + " --tls-key " + file + " --acme a.example": "không dùng cùng",
		"--tls-cert " + file + " --tls-key " + file:                       "đọc chứng thư",
		"--pprof 0.0.0.0:6060":                                            "chỉ phục vụ trên chính máy này",
		"--log-format xml":                                                "text",
	} {
		_, errOut, code := loa(t, "", append([]string{"serve", "--plans", samplePlans(t), "--data", t.TempDir(), "--at", "2023-03-01", "--allow-loopback", "--listen", "127.0.0.1:0"}, strings.Fields(flags)...)...)
		if code == 0 || !strings.Contains(errOut, want) {
			t.Errorf("%s: exit %d, %q, want «%s»", flags, code, errOut, want)
		}
	}
}

// keyPair writes a certificate of its own with its key.
func keyPair(t *testing.T, dir string, serial int64, when time.Time) (cert, key string, leaf *x509.Certificate) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"cchc.example"}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	text, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	put(t, cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	put(t, key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: text}))
	for _, f := range []string{cert, key} {
		if err := os.Chtimes(f, when, when); err != nil {
			t.Fatal(err)
		}
	}
	leaf, err = x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key, leaf
}

// TestTLSFiles: a certificate that was renewed is used without a new start; one that is half written is not.
func TestTLSFiles(t *testing.T) {
	dir, then := t.TempDir(), time.Now().Add(-time.Hour)
	cert, key, first := keyPair(t, dir, 1, then)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := process{Role: roles[:], TLSCert: cert, TLSKey: key}
	ln, safe, err := p.secured(ln, dir)
	if err != nil || !safe {
		t.Fatal(safe, err)
	}
	srv := &http.Server{Handler: http.NotFoundHandler(), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go srv.Serve(ln)
	defer srv.Close()
	serial := func(trust *x509.Certificate) int64 {
		t.Helper()
		roots := x509.NewCertPool()
		roots.AddCert(trust)
		c, err := tls.Dial("tcp", ln.Addr().String(), &tls.Config{RootCAs: roots, ServerName: "cchc.example", MinVersion: tls.VersionTLS12})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	if n := serial(first); n != 1 {
		t.Errorf("the first certificate is %d", n)
	}
	c := &certificate{cert: cert, key: key}
	if _, err := c.get(nil); err != nil {
		t.Fatal(err)
	}
	later := then.Add(time.Minute)
	put(t, cert, []byte("half of it"))
	c.looked = time.Time{}
	if got, err := c.get(nil); err != nil || got.Leaf.SerialNumber.Int64() != 1 {
		t.Errorf("while it is being written: %v", err)
	}
	keyPair(t, dir, 2, later)
	c.looked = time.Time{}
	if got, err := c.get(nil); err != nil || got.Leaf.SerialNumber.Int64() != 2 {
		t.Errorf("after it was renewed: %v", err)
	}
}

// TestLogsAreStructured: the program's log is JSON where that is asked for, what is said of a request bears the id that its answer
// bore, and no secret is in it: neither passwords, typed or of the database, nor tokens, one-time links or what was searched for.
func TestLogsAreStructured(t *testing.T) {
	bin, plans, data := binary(t), samplePlans(t), t.TempDir()
	secrets := []string{"mat-khau-that-dai-2023", "mat-khau-go-nham-2023", "khoa-so-do-9464", "khoa-cua-lien-ket-mot-lan", "tu-khoa-tim-kiem"}
	flags := []string{"--plans", plans, "--data", data}
	if _, errOut, code := loa(t, secrets[0]+"\n", append([]string{"account", "add", "quantri", "--name", "Quản trị", "--role", "admin", "--at", "2023-03-01"}, flags...)...); code != 0 {
		t.Fatal(errOut)
	}
	w := watchSample(t, serveTime(), 0)
	s := startServe(t, bin, w, plans, data, "-v", "--log-format", "json", "--metrics-token", secrets[2])
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	ids := map[string]bool{}
	ask := func(req *http.Request) int {
		t.Helper()
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		_, _ = io.Copy(io.Discard, res.Body)
		ids[res.Header.Get("X-Request-Id")] = true
		return res.StatusCode
	}
	get := func(path, token string) int {
		t.Helper()
		req, err := http.NewRequest(http.MethodGet, s.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		return ask(req)
	}
	login := func(password string) int {
		t.Helper()
		req, err := http.NewRequest(http.MethodPost, s.base+"/dang-nhap", strings.NewReader(url.Values{"tai-khoan": {"quantri"}, "mat-khau": {password}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return ask(req)
	}
	login(secrets[1])
	login(secrets[0])
	if code := get("/metrics", secrets[2]); code != 200 {
		t.Errorf("metrics with the token: %d", code)
	}
	get("/metrics", "mot-khoa-khac")
	get("/p/"+secrets[3], "")
	get("/tin-bai?q="+secrets[4], "")
	waitFor(t, "a crawl", func() bool { return w.count("") > 50 || len(ids) > 5 })
	s.stop(t, syscall.SIGTERM)
	lines, ofRequests := 0, map[string]bool{}
	for line := range strings.Lines(s.stderr.String()) {
		if strings.HasPrefix(line, "loa: ") { // said to whoever started it
			continue
		}
		var x struct{ Level, Msg, Request, Path string }
		if err := json.Unmarshal([]byte(line), &x); err != nil || x.Level == "" || x.Msg == "" {
			t.Errorf("%q is no line of the log: %v", line, err)
		}
		if lines++; x.Request != "" {
			ofRequests[x.Request] = true
		}
	}
	for id := range ids {
		if len(id) != 12 || !ofRequests[id] {
			t.Errorf("request %q is not in the log", id)
		}
	}
	for _, secret := range secrets {
		if bytes.Contains(s.stderr.Bytes(), []byte(secret)) {
			t.Errorf("«%s» is in the log", secret)
		}
	}
	if lines < 10 {
		t.Errorf("only %d lines", lines)
	}
	// The address of a database that cannot be reached is told without its password.
	cmd := exec.CommandContext(t.Context(), bin, append(slices.Clone(flags), "sources", "--plan", "mau/2023", "-v", "--db", "postgres://loa:"+secrets[0]+"@127.0.0.1:1/loa?connect_timeout=1")...)
	if out, err := cmd.CombinedOutput(); err == nil || bytes.Contains(out, []byte(secrets[0])) {
		t.Errorf("of a database that is not there: %v %s", err, out)
	}
}
