package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// process is what a node does as a process of an operating system.
type process struct {
	Role          []string      `env:"LOA_ROLE" default:"crawl,web,evaluate" placeholder:"VIỆC" help:"Việc của máy này: crawl (thu thập), web (trang web), evaluate (phân loại, đối chiếu, báo tin, việc định kỳ); nhiều máy chung một cơ sở dữ liệu PostgreSQL chia nhau."`
	Linger        time.Duration `env:"LOA_LINGER" default:"0s" help:"Khi được yêu cầu dừng, còn nhận yêu cầu thêm bao lâu trong lúc /readyz đã báo thôi nhận (cho bộ cân bằng tải)."`
	TLSCert       string        `name:"tls-cert" env:"LOA_TLS_CERT" type:"existingfile" placeholder:"FILE" help:"Chứng thư TLS (PEM, cả chuỗi) để phục vụ https; đổi tệp thì dùng ngay, không phải chạy lại."`
	TLSKey        string        `name:"tls-key" env:"LOA_TLS_KEY" type:"existingfile" placeholder:"FILE" help:"Khóa của chứng thư ấy (PEM)."`
	ACME          []string      `name:"acme" env:"LOA_ACME" placeholder:"HOST" help:"Tự xin và gia hạn chứng thư cho tên miền này (ACME, TLS-ALPN-01: máy phải được gọi tới ở cổng 443)."`
	ACMEDirectory string        `name:"acme-directory" env:"LOA_ACME_DIRECTORY" placeholder:"URL" help:"Nơi cấp chứng thư ACME khác mặc định."`
	Pprof         string        `placeholder:"ADDR" help:"Địa chỉ riêng, chỉ trên máy này, cho số liệu chẩn đoán của chương trình (pprof)."`
}

var roles = [...]string{"crawl", "web", "evaluate"}

// check refuses settings that do not go together.
func (p process) check() error {
	for _, r := range p.Role {
		if !slices.Contains(roles[:], r) {
			return usagef("--role «%s»: cần trong crawl, web, evaluate", r)
		}
	}
	if len(p.Role) == 0 {
		return usagef("--role: cần ít nhất một trong crawl, web, evaluate")
	}
	if (p.TLSCert == "") != (p.TLSKey == "") {
		return usagef("--tls-cert và --tls-key đi cùng nhau")
	}
	if p.TLSCert != "" && len(p.ACME) > 0 {
		return usagef("--acme không dùng cùng --tls-cert")
	}
	if p.Pprof != "" && !onThisMachine(p.Pprof) {
		return usagef("--pprof «%s»: chỉ phục vụ trên chính máy này, ví dụ 127.0.0.1:6060", p.Pprof)
	}
	return nil
}

func (p process) does(role string) bool { return slices.Contains(p.Role, role) }

// secured is the listener that speaks TLS, if that is wanted.
func (p process) secured(ln net.Listener, data string) (net.Listener, bool, error) {
	switch {
	case p.TLSCert != "":
		c := &certificate{cert: p.TLSCert, key: p.TLSKey}
		if _, err := c.get(nil); err != nil {
			return nil, false, fmt.Errorf("đọc chứng thư: %w", err)
		}
		return tls.NewListener(ln, &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}), true, nil
	case len(p.ACME) > 0:
		m := &autocert.Manager{Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(p.ACME...), Cache: autocert.DirCache(filepath.Join(data, "acme"))}
		if p.ACMEDirectory != "" {
			m.Client = &acme.Client{DirectoryURL: p.ACMEDirectory}
		}
		conf := m.TLSConfig()
		conf.MinVersion = tls.VersionTLS12
		return tls.NewListener(ln, conf), true, nil
	}
	return ln, false, nil
}

// certificate reads a pair of files, and again when one of them was written anew: whoever renews it need not start anything.
type certificate struct {
	cert, key string

	mu     sync.Mutex
	looked time.Time
	stamp  [2]time.Time
	pair   *tls.Certificate
}

const lookAgain = 10 * time.Second // how often files are looked at

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pair != nil && time.Since(c.looked) < lookAgain {
		return c.pair, nil
	}
	c.looked = time.Now()
	var stamp [2]time.Time
	for i, file := range []string{c.cert, c.key} {
		if info, err := os.Stat(file); err == nil {
			stamp[i] = info.ModTime()
		}
	}
	if c.pair != nil && stamp == c.stamp {
		return c.pair, nil
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		if c.pair != nil { // one of the two is written, the other is not yet
			return c.pair, nil
		}
		return nil, err
	}
	c.pair, c.stamp = &pair, stamp
	return c.pair, nil
}

// profiles serves the runtime's own figures until ctx ends.
func (e *engine) profiles(ctx context.Context, addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("mở cổng %s: %w", addr, err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = srv.Close() })
	go func() {
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			e.app.log.Error("serve profiles", "error", err)
		}
	}()
	return nil
}

// readiness is whether a node wants to be asked: "" it does, else why not. A node that starts or stops is alive all the same.
type readiness struct{ why atomic.Pointer[string] }

func (r *readiness) set(why string) { r.why.Store(&why) }

func (r *readiness) is() string {
	if why := r.why.Load(); why != nil {
		return *why
	}
	return "starting"
}

// unused is why something is not used, for a person; "" if it is.
type unused struct{ why atomic.Pointer[string] }

func (r *unused) say(why string) { r.why.Store(&why) }

func (r *unused) is() string {
	if why := r.why.Load(); why != nil {
		return *why
	}
	return ""
}

// bare answers of a node that has no desk: whether it lives and its figures.
func (e *engine) bare(desk, scrape http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", desk)
	mux.Handle("GET /readyz", desk)
	if scrape != nil {
		mux.Handle("GET /metrics", scrape)
	}
	return mux
}
