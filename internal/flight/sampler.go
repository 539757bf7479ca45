package flight

import (
	"context"
	"runtime/trace"
	"sync"
	"sync/atomic"
	"time"

	"example.com/tracelab/exectrace/userlog"
)

// The kernel's times are sampled when requests begin and end, on the requests'
// goroutines: just outside of what is to be explained, and without waking a
// process at rest, which costs more than a sample. That takes some 40 µs in a
// process with ten threads, so it is not done more often than every samplePeriod
// on average, after a pause up to maxBurst times in a row. While there are requests, there is a sample
// every tickEvery at least.
const (
	samplePeriod = 25 * time.Millisecond
	maxBurst     = 20
	tickEvery    = 100 * time.Millisecond
)

// maxMessage is what runtime/trace keeps of a message.
const maxMessage = 1024

// sampler writes the kernel's times of all threads into the execution trace.
type sampler struct {
	epoch  time.Time
	due    atomic.Int64 // when there may be a sample again, on the clock that began at epoch
	active atomic.Int64 // requests under way
	// startedSince is whether a request has started since the last tick.
	startedSince atomic.Bool
	ticking      atomic.Bool // timer is set
	timer        *time.Timer
	closed       atomic.Bool

	stats   *counters
	mu      sync.Mutex // of what follows
	threads threads
	message []byte
}

func newSampler(stats *counters) *sampler {
	s := &sampler{epoch: time.Now(), stats: stats}
	s.timer = time.AfterFunc(time.Hour, s.tick)
	s.timer.Stop()
	return s
}

// started notes that a request begins.
func (s *sampler) started() {
	s.sampleIfDue()
	s.active.Add(1)
	s.startedSince.Store(true)
	if s.ticking.CompareAndSwap(false, true) {
		s.timer.Reset(tickEvery)
	}
}

// ended notes that one ends.
func (s *sampler) ended() {
	s.sampleIfDue()
	s.active.Add(-1)
}

// tick sets the timer again for as long as there are requests. To set a timer
// wakes a process, too: so it is not set for each of them.
func (s *sampler) tick() {
	s.sampleIfDue()
	if s.active.Load() == 0 && !s.startedSince.Swap(false) {
		s.ticking.Store(false)
		if s.active.Load() == 0 || !s.ticking.CompareAndSwap(false, true) {
			return
		}
	}
	if !s.closed.Load() {
		s.timer.Reset(tickEvery)
	}
}

// sampleIfDue takes a sample unless there were enough lately.
func (s *sampler) sampleIfDue() {
	now, due := int64(time.Since(s.epoch)), s.due.Load()
	next := max(due, now-int64(maxBurst*samplePeriod)) + int64(samplePeriod)
	if due <= now && s.due.CompareAndSwap(due, next) {
		s.sample()
	}
}

// sample writes the times of all threads, in as many messages as it takes.
func (s *sampler) sample() {
	if !trace.IsEnabled() || !s.mu.TryLock() { // another goroutine samples just now
		return
	}
	defer s.mu.Unlock()
	if s.closed.Load() {
		return
	}
	began := time.Now()
	s.message = s.message[:0]
	for _, t := range s.threads.read() {
		if len(s.message) > maxMessage-userlog.MaxThread {
			s.log()
		}
		s.message = t.Append(s.message)
	}
	s.log()
	s.stats.sampled(time.Since(began))
}

func (s *sampler) log() {
	if len(s.message) > 0 {
		trace.Log(context.Background(), userlog.ThreadsCategory, string(s.message))
	}
	s.message = s.message[:0]
}

// close ends it.
func (s *sampler) close() {
	s.closed.Store(true)
	s.timer.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.threads.close()
}
