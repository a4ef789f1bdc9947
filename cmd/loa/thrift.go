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
	memoryLimit = 60 << 20 // bytes, of which the Go runtime knows: what a first read of a thousand sources needs
	quietLimit  = 36 << 20 // while little happens: twice what a province of 200 sources keeps alive
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
// large document, moves nothing. It is the lower one while the collector had little to do at all of them.
const (
	liveEvery    = 5 * time.Second
	liveLooks    = 6
	besideHeap   = 10 << 20 // stacks and the runtime's own
	manyCycles   = 10       // collections between two looks
	leastGarbage = 50       // percent of what is alive for which there is room
)

// giveWay keeps the limit of memory above what stays alive until ctx ends.
func giveWay(ctx context.Context) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	var live, done []uint64
	for {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
		metrics.Read(sample)
		live, done = append(live, sample[0].Value.Uint64()), append(done, sample[1].Value.Uint64())
		if len(live) > liveLooks {
			live, done = live[1:], done[1:]
		}
		debug.SetMemoryLimit(limitFor(live, done))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// limitFor is the limit of memory by what was alive and how many collections there had been at the last looks, once there were enough.
func limitFor(live, done []uint64) int64 {
	if len(live) < liveLooks {
		return memoryLimit
	}
	least := int64(quietLimit)
	for i := 1; i < len(done); i++ {
		if done[i]-done[i-1] >= manyCycles {
			least = memoryLimit
		}
	}
	return max(least, int64(slices.Min(live))*(100+leastGarbage)/100+besideHeap)
}
