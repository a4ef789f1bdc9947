package main

import (
	"context"
	"errors"
	"fmt"
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
			if _, err := ask(ctx, "http://"+pprofAddress+"/debug/pprof/cmdline"); err == nil || p.alive() != nil {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		var all error
		for _, of := range [][2]string{{"cpu", fmt.Sprintf("/debug/pprof/profile?seconds=%d", profileSeconds)}, {"heap", "/debug/pprof/heap"}} {
			body, err := ask(ctx, "http://"+pprofAddress+of[1])
			if err == nil {
				err = os.WriteFile(filepath.Join(w.profile, name+"."+of[0]+".pprof"), body, 0o644)
			}
			all = errors.Join(all, err)
		}
		ended <- all
	}()
	return func() error { return <-ended }
}
