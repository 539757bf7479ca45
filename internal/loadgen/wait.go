package loadgen

import (
	"context"
	"runtime"
	"time"
)

// Go's timers are late by up to a millisecond, which would be in every latency. So the
// last stretch before a request is due is slept by the system, and the end of that spent
// looking at the clock: for longer than the system is late, and not so long that it
// takes a processor from what is measured.
const (
	lastStretch = 2 * time.Millisecond
	lastLook    = 120 * time.Microsecond
	mostLooks   = 10_000 // of a clock that goes on, some twenty times as many as it takes
)

// precise reports whether a wait may be as precise as that. With one processor looking at
// the clock would keep answers from being read, and the server from giving them.
func precise() bool { return min(runtime.GOMAXPROCS(0), runtime.NumCPU()) > 1 }

// waitUntil returns at a time, or false when ctx ends before.
func waitUntil(ctx context.Context, due time.Time, precise bool) bool {
	if !precise {
		return sleep(ctx, time.Until(due))
	}
	if left := time.Until(due); left > lastStretch && !sleep(ctx, left-lastStretch) {
		return false
	}
	runtime.Gosched() // what is ready, such as the request before, does not wait for the system
	nap(time.Until(due) - lastLook)
	for range mostLooks {
		if !time.Now().Before(due) {
			return true
		}
		runtime.Gosched()
	}
	return sleep(ctx, time.Until(due))
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
