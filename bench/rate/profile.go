package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// pprofAddress is where loa tells of itself while it is profiled.
const pprofAddress = "127.0.0.1:16061"

// profileSeconds is how much of a case a profile shows at most.
const profileSeconds = 10

// profiles begins to take profiles of a case, if they are wanted; what it gives waits for them.
func (w *world) profiles(ctx context.Context, p *process, name string) (wait func() error) {
	if w.profile == "" {
		return func() error { return nil }
	}
	ended := make(chan error, 1)
	go func() {
		for range 100 { // until it listens
			if _, err := w.told(ctx, "/debug/pprof/cmdline"); err == nil || p.alive() != nil {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		var all error
		for _, of := range [][2]string{{"cpu", fmt.Sprintf("/debug/pprof/profile?seconds=%d", profileSeconds)}, {"heap", "/debug/pprof/heap"}} {
			body, err := w.told(ctx, of[1])
			if err == nil {
				err = os.WriteFile(filepath.Join(w.profile, name+"."+of[0]+".pprof"), body, 0o644)
			}
			all = errors.Join(all, err)
		}
		ended <- all
	}()
	return func() error { return <-ended }
}

// told is what the profiled program answers.
func (w *world) told(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+pprofAddress+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return io.ReadAll(res.Body)
}
