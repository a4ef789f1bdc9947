package deliver

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"loa/web/access"
)

// oneMessage is an outbox with one message, and what became of it.
type oneMessage struct {
	m      *access.HookMessage
	sent   bool
	detail string
	again  time.Time
}

func (o *oneMessage) NextHookMessage(context.Context, string, time.Time, time.Duration) (*access.HookMessage, error) {
	m := o.m
	o.m = nil
	return m, nil
}

func (o *oneMessage) SettleHookMessage(_ context.Context, _ access.HookMessage, _ time.Time, sent bool, detail string, again time.Time) error {
	o.sent, o.detail, o.again = sent, detail, again
	return nil
}

// TestHookAttacks: who receives, or who names a receiver, leads nowhere inside, has a message sent no further, holds nobody up, and
// gets no secret into a log.
func TestHookAttacks(t *testing.T) {
	const secretPath = "/dich-vu/T0123/B4567/MAT-KHAU-CUA-PHONG"
	key := access.NewHookSecret()
	var inside atomic.Int64
	victim := httptest.NewUnstartedServer(http.NotFoundHandler())
	victim.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew { // whatever is said then
			inside.Add(1)
		}
	}
	victim.Start()
	defer victim.Close()
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, victim.URL)
	}
	var do atomic.Value // http.HandlerFunc: what the receiver does
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil { // a server notices that who asked is gone only behind the body
			t.Error(err)
		}
		do.Load().(http.HandlerFunc)(w, r)
	}))
	defer receiver.Close()
	tls := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { inside.Add(1) }))
	tls.Config.ErrorLog = nil
	defer tls.Close()
	port := victim.URL[strings.LastIndex(victim.URL, ":")+1:]
	var log bytes.Buffer
	try := func(address string, local bool) *oneMessage {
		t.Helper()
		box := &oneMessage{m: &access.HookMessage{ID: "msg_1", Body: `{"type":"standing.changed"}`, Tries: 1, Hook: access.Hook{ID: "h", URL: address, Secret: key}}}
		pump := HookPump{Outbox: box, Node: "n", Machine: time.Now, Jitter: func() float64 { return 0 }, Local: local, Timeout: 2 * time.Second, Log: slog.New(slog.NewTextHandler(&log, nil))}
		if _, _, err := pump.Turn(t.Context()); err != nil {
			t.Fatal(err)
		}
		return box
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"https://localhost.:" + port, "https://LOCALHOST:" + port, "https://127.0.0.1:" + port, "https://[::1]:" + port, "https://[::ffff:127.0.0.1]:" + port, "https://0.0.0.0:" + port,
		"https://127.1:" + port, "https://0x7f000001:" + port, "https://2130706433:" + port, "https://" + host + ":" + port, "https://169.254.169.254/latest/meta-data", "https://100.64.0.1:" + port,
		"http://93.184.216.34/", "https://may.invalid", "https://u:MAT-KHAU-CUA-PHONG@may.example/", "ftp://may.example/", "https:///x", "file:///etc/passwd", "https://[fe80::1%25lo]:" + port} {
		if box := try(address+secretPath, false); box.sent || inside.Load() > 0 {
			t.Errorf("%s: sent %v, %d connections inside", address, box.sent, inside.Load())
		}
	}
	for status := 300; status < 310; status++ {
		do.Store(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", victim.URL+secretPath)
			w.WriteHeader(status)
		}))
		if box := try(receiver.URL+secretPath, true); box.sent || inside.Load() > 0 || !strings.Contains(box.detail, "redirects are not followed") {
			t.Errorf("answered %d: %+v, %d connections elsewhere", status, box, inside.Load())
		}
	}
	if box := try(tls.URL+secretPath, true); box.sent || inside.Load() > 0 || !strings.Contains(box.detail, "certificate") {
		t.Errorf("a certificate of nobody: %+v", box)
	}
	var taken atomic.Int64
	for what, answer := range map[string]http.HandlerFunc{
		"without end": func(w http.ResponseWriter, r *http.Request) {
			for chunk := bytes.Repeat([]byte("x"), 1<<20); taken.Load() < 64; taken.Add(1) {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		},
		"cut off": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, "x")
		},
		"never at its end": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
	} {
		do.Store(answer)
		if box := try(receiver.URL+secretPath, true); !box.sent { // it was taken: nobody is told twice for an answer that nobody reads
			t.Errorf("taken, with an answer %s: %+v", what, box)
		}
	}
	if taken.Load() > 32 {
		t.Errorf("%d MB of an answer were taken", taken.Load())
	}
	for what, answer := range map[string]http.HandlerFunc{
		"no answer":      func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a large header": func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) },
		"refused":        func(w http.ResponseWriter, r *http.Request) { http.Error(w, r.URL.Path+key, http.StatusForbidden) },
		"gone":           func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusGone) },
	} {
		do.Store(answer)
		box := try(receiver.URL+secretPath, true)
		if box.sent || (what == "gone") != box.again.IsZero() {
			t.Errorf("%s: %+v", what, box)
		}
	}
	said := log.String()
	for _, secret := range []string{"MAT-KHAU-CUA-PHONG", "B4567", key, "whsec_"} {
		if strings.Contains(said, secret) {
			t.Errorf("the log tells %s:\n%s", secret, said)
		}
	}
}
