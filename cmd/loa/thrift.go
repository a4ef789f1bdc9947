package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"time"
)

// A program that runs for months beside a database gives its memory back rather
// than saving the collector's time: texts that are read and gone are most of
// what it holds. GOMEMLIMIT and GOGC, if set, count instead.
const (
	memoryLimit = 36 << 20 // bytes, of which the Go runtime knows: twice what a province of 200 sources keeps alive
	garbage     = 60       // percent of what is alive
)

func thrifty() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
}

// Where more stays alive, a collector that has to keep under that limit what hardly fits takes half of the processors' time
// (docs/decisions/0055): the limit gives way to what was alive at each of the last looks. What comes and goes, such as one
// large document, moves nothing.
const (
	liveEvery    = 5 * time.Second
	liveLooks    = 6
	besideHeap   = 10 << 20 // stacks and the runtime's own
	leastGarbage = 50       // percent of what is alive for which there is room
)

// giveWay keeps the limit of memory above what stays alive until ctx ends.
func giveWay(ctx context.Context) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	var live []uint64
	for {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(sample)
		if live = append(live, sample[0].Value.Uint64()); len(live) > liveLooks {
			live = live[1:]
		}
		debug.SetMemoryLimit(limitFor(live))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// limitFor is the limit of memory by what was alive at the last looks, once there were enough.
func limitFor(live []uint64) int64 {
	if len(live) < liveLooks {
		return memoryLimit
	}
	return max(memoryLimit, int64(slices.Min(live))*(100+leastGarbage)/100+besideHeap)
}
