// Package stamp finds numbers that make a text's hash small, as hashcash does.
package stamp

import (
	"context"
	"hash/maphash"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

const (
	// maxGoroutines bounds the goroutines of all stamps under way.
	maxGoroutines = 40_000
	// attempts is how many numbers a goroutine tries before it lets others run:
	// some tens of microseconds.
	attempts = 2000
)

// Press makes stamps, some at once.
type Press struct{ goroutines *semaphore.Weighted }

// NewPress returns a Press that is ready.
func NewPress() *Press { return &Press{semaphore.NewWeighted(maxGoroutines)} }

// Stamp looks for the number that, hashed with text, gives the smallest sum, and
// returns that sum. n goroutines look for as long as within says or until ctx
// ends, and the caller lets them go first.
func (p *Press) Stamp(ctx context.Context, text string, n int, within time.Duration) (smallest uint64) {
	for n > 0 && !p.goroutines.TryAcquire(int64(n)) {
		n /= 2 // of what others leave
	}
	defer p.goroutines.Release(int64(n))
	s := &search{ctx: ctx, until: time.Now().Add(within), seed: maphash.MakeSeed()}
	s.sum = maphash.String(s.seed, text)
	s.best.Store(1<<63 - 1)
	for i := 0; i < n && s.goesOn(); i++ { // those that run already keep others from being started
		s.busy.Add(1)
		go s.from(uint64(i) << 32)
	}
	for s.busy.Load() > 0 || s.goesOn() {
		runtime.Gosched()
	}
	return uint64(s.best.Load())
}

// search is for one stamp.
type search struct {
	ctx        context.Context
	until      time.Time
	seed       maphash.Seed
	sum        uint64       // of the text
	best, busy atomic.Int64 // the smallest sum, without a sign; goroutines that look
}

func (s *search) goesOn() bool { return time.Now().Before(s.until) && s.ctx.Err() == nil }

// from tries number and those after it.
func (s *search) from(number uint64) {
	defer s.busy.Add(-1)
	for ; s.goesOn(); number += attempts {
		lower(&s.best, try(s.seed, s.sum, number))
		runtime.Gosched()
	}
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
