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
// process with ten threads, so it is not done oftener than every samplePeriod on
// average, but for a few in a row. While there are requests, there is a sample
// every lookEvery at least.
const (
	samplePeriod = 25 * time.Millisecond
	samplesInRow = 20
	lookEvery    = 100 * time.Millisecond
)

// maxMessage is what runtime/trace keeps of a message.
const maxMessage = 1024

// sampler writes the kernel's times of all threads into the execution trace.
type sampler struct {
	epoch  time.Time
	due    atomic.Int64 // when there may be a sample again, on the clock that began at epoch
	under  atomic.Int64 // requests under way
	begun  atomic.Bool  // a request has, since the last look
	looks  atomic.Bool  // look is set
	closed atomic.Bool
	look   *time.Timer

	tally   *tally
	mu      sync.Mutex // of what follows
	threads threads
	message []byte
}

func newSampler(tally *tally) *sampler {
	s := &sampler{epoch: time.Now(), tally: tally}
	s.look = time.AfterFunc(time.Hour, s.lookAgain)
	s.look.Stop()
	return s
}

// started notes that a request begins.
func (s *sampler) started() {
	s.sampleIfDue()
	s.under.Add(1)
	s.begun.Store(true)
	if s.looks.CompareAndSwap(false, true) {
		s.look.Reset(lookEvery)
	}
}

// ended notes that one ends.
func (s *sampler) ended() {
	s.sampleIfDue()
	s.under.Add(-1)
}

// lookAgain goes on for as long as there are requests. To set a timer wakes a
// process, too: so it is not set for each of them.
func (s *sampler) lookAgain() {
	s.sampleIfDue()
	if s.under.Load() == 0 && !s.begun.Swap(false) {
		s.looks.Store(false)
		if s.under.Load() == 0 || !s.looks.CompareAndSwap(false, true) {
			return
		}
	}
	if !s.closed.Load() {
		s.look.Reset(lookEvery)
	}
}

// sampleIfDue takes a sample unless there were enough of late.
func (s *sampler) sampleIfDue() {
	now, due := int64(time.Since(s.epoch)), s.due.Load()
	next := max(due, now-int64(samplesInRow*samplePeriod)) + int64(samplePeriod)
	if due <= now && s.due.CompareAndSwap(due, next) {
		s.sample()
	}
}

// sample writes the times of all threads, in as many messages as it takes.
func (s *sampler) sample() {
	if !trace.IsEnabled() || !s.mu.TryLock() { // somebody does it just now
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
	s.tally.sampled(time.Since(began))
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
	s.look.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.threads.close()
}
