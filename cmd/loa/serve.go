package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"loa/metrics"
	"loa/monitor"
	"loa/report"
	"loa/schedule/calendar"
	"loa/web"
)

type serveCmd struct {
	network
	Plan   string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment `help:"Đặt đồng hồ nghiệp vụ bắt đầu tại thời điểm này."`
	Listen string `default:"127.0.0.1:8080" help:"Địa chỉ phục vụ trang web và /metrics; chỉ máy này khi chưa có tài khoản."`
}

// Run crawls, judges, evaluates and serves until it is told to stop.
func (c *serveCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, running(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	ln, err := listen(c.Listen)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Err, "loa: bảng theo dõi tại http://%s/ (kế hoạch %s)\n", ln.Addr(), e.plan.ID)
	return e.serve(a.ctx, ln, c.network)
}

// listen binds loopback only: there are no accounts yet (docs/ARCHITECTURE.md, ruling 14).
func listen(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, usagef("--listen «%s»: cần dạng 127.0.0.1:8080", addr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, usagef("--listen «%s»: chỉ phục vụ trên chính máy này (127.0.0.1) khi chưa có tài khoản người dùng", addr)
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("mở cổng %s: %w", addr, err)
	}
	return ln, nil
}

// serve runs the loops and the web until ctx ends, then drains.
func (e *engine) serve(ctx context.Context, ln net.Listener, n network) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if _, err := e.judgeAndEvaluate(ctx); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- e.loops(ctx, n, ln.Addr().String()) }()
	err := e.serveWeb(ctx, ln)
	cancel()
	return errors.Join(err, <-done)
}

// loops crawls and evaluates until ctx ends.
func (e *engine) loops(ctx context.Context, n network, node string) error {
	cr, err := e.crawler(n, nil)
	if err != nil {
		return err
	}
	var loops sync.WaitGroup
	loops.Go(func() {
		if err := cr.Run(ctx); err != nil && ctx.Err() == nil {
			e.app.log.Error("crawler stopped", "error", err)
		}
	})
	chores := []monitor.Chore{{Name: "evaluate/" + e.plan.ID, Every: evaluateEvery, Do: func(ctx context.Context) error {
		_, err := e.judgeAndEvaluate(ctx)
		return err
	}}}
	loops.Go(func() { monitor.Loop(ctx, e.store, node, chores, e.app.log) })
	loops.Wait()
	return nil
}

// evaluateEvery is how often standings are derived anew.
const evaluateEvery = 15 * time.Second

// serveWeb answers requests until ctx ends and those under way are done.
func (e *engine) serveWeb(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{Handler: e.handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		stopped <- srv.Shutdown(drain)
	}()
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve web: %w", err)
	}
	return <-stopped
}

// handler is the desk with /metrics.
func (e *engine) handler() http.Handler {
	_, scrape := metrics.New(metrics.Options{Plan: e.plan, Reader: e.store, Business: e.business, Machine: e.machine, Version: version})
	return web.New(web.Options{Plan: e.plan, Calendar: e.cal, Standings: e.store, Items: e.store, Business: e.business, Version: version,
		Metrics: scrape, ReportInput: e.reportInput})
}

// reportInput gathers what the report of a period is built from: the
// evaluation derived now.
func (e *engine) reportInput(ctx context.Context, period calendar.Period) (report.Input, error) {
	ev, err := monitor.Derive(ctx, e.store, e.plan, e.cal, e.business(), time.Time{}, 0)
	if err != nil {
		return report.Input{}, err
	}
	health, err := e.store.Health(ctx)
	if err != nil {
		return report.Input{}, fmt.Errorf("read the sources' health: %w", err)
	}
	evidence, err := e.store.Evidence(ctx, e.plan, time.Time{})
	if err != nil {
		return report.Input{}, fmt.Errorf("read evidence: %w", err)
	}
	return report.Input{Plan: e.plan, Calendar: e.cal, Period: period, Evaluation: ev, Evidence: evidence, Health: health, Now: e.business()}, nil
}
