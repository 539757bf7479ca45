package gateway

import (
	"context"
	"hash/maphash"
	"runtime"
	"sync/atomic"
	"time"
)

const (
	// maxStampers bounds the goroutines of all stamps under way.
	maxStampers = 40_000
	// attempts is how many numbers a goroutine tries before it lets others run:
	// some tens of microseconds.
	attempts = 2000
)

// stamp looks for the number that, hashed with text, gives the smallest sum, as
// hashcash does. n goroutines look for as long as within says or until ctx ends,
// and the caller lets them go first.
func (g *gateway) stamp(ctx context.Context, text string, n int, within time.Duration) (smallest uint64) {
	for n > 0 && !g.stampers.TryAcquire(int64(n)) {
		n /= 2 // of what others leave
	}
	defer g.stampers.Release(int64(n))
	seed, until := maphash.MakeSeed(), time.Now().Add(within)
	sum := maphash.String(seed, text)
	goOn := func() bool { return time.Now().Before(until) && ctx.Err() == nil }
	var best, busy atomic.Int64 // sums without a sign
	best.Store(1<<63 - 1)
	for i := 0; i < n && goOn(); i++ { // those that run already keep others from being started
		busy.Add(1)
		go func() {
			defer busy.Add(-1)
			for number := uint64(i) << 32; goOn(); number += attempts {
				lower(&best, try(seed, sum, number))
				runtime.Gosched()
			}
		}()
	}
	for busy.Load() > 0 || goOn() {
		runtime.Gosched()
	}
	return uint64(best.Load())
}

// try returns the smallest sum of the numbers from first.
func try(seed maphash.Seed, sum, first uint64) int64 {
	best := uint64(1<<63 - 1)
	for number := first; number < first+attempts; number++ {
		best = min(best, maphash.Comparable(seed, sum^number))
	}
	return int64(best)
}

// lower stores value if it is less.
func lower(best *atomic.Int64, value int64) {
	for {
		old := best.Load()
		if value >= old || best.CompareAndSwap(old, value) {
			return
		}
	}
}
