package flight

import (
	"context"
	"encoding/binary"
	"runtime/trace"
	"sync"
	"sync/atomic"
	"time"
)

// The kernel's times are sampled every samplePeriod while requests are under way,
// and afterSamples times more, so that what ran last is told too.
const (
	samplePeriod = 10 * time.Millisecond
	afterSamples = 5
)

// sampleCategory is the category of a sample in the execution trace. Its message
// repeats three uvarints: a thread's id, and for how many nanoseconds it ran on a
// CPU and was ready and waited for one, both since it began. Go's scheduler knows
// nothing of the latter, and calls it running.
const sampleCategory = "schedstat"

// maxMessage is what runtime/trace keeps of a message.
const maxMessage = 1024

// sampler writes the kernel's times of all threads into the execution trace.
type sampler struct {
	under atomic.Int64  // requests under way
	begun atomic.Uint64 // requests
	awake atomic.Bool
	wake  chan struct{} // holds a token for a sleeper

	mu      sync.Mutex // of what follows
	threads threads
	message []byte
}

func newSampler() *sampler { return &sampler{wake: make(chan struct{}, 1)} }

// started notes that a request begins.
func (s *sampler) started() {
	s.under.Add(1)
	s.begun.Add(1)
	if !s.awake.Load() {
		s.rouse()
	}
}

func (s *sampler) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// ended notes that one ends.
func (s *sampler) ended() { s.under.Add(-1) }

// run samples until stop is closed. Without requests it sleeps.
func (s *sampler) run(stop <-chan struct{}) {
	defer s.close()
	tick := time.NewTicker(samplePeriod)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-s.wake:
		}
		s.awake.Store(true)
		tick.Reset(samplePeriod)
		s.runAwake(stop, tick.C)
		tick.Stop()
		s.awake.Store(false)
		if s.under.Load() > 0 { // it began too late to be seen, and too early to wake
			s.rouse()
		}
	}
}

// runAwake samples until there have been no requests for a while.
func (s *sampler) runAwake(stop <-chan struct{}, tick <-chan time.Time) {
	begun := s.begun.Load()
	for left := afterSamples; left > 0; left-- {
		s.sample()
		if now := s.begun.Load(); s.under.Load() > 0 || now != begun {
			begun, left = now, afterSamples
		}
		select {
		case <-stop:
			return
		case <-tick:
		}
	}
}

// threadTimes are the kernel's times of one thread since it began.
type threadTimes struct {
	tid    int
	ran    uint64 // ns on a CPU
	waited uint64 // ns, ready for one
}

// sample writes the times of all threads, in as many messages as it takes.
func (s *sampler) sample() {
	if !trace.IsEnabled() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.message = s.message[:0]
	for _, t := range s.threads.read() {
		if len(s.message) > maxMessage-3*binary.MaxVarintLen64 {
			s.log()
		}
		s.message = binary.AppendUvarint(s.message, uint64(t.tid))
		s.message = binary.AppendUvarint(s.message, t.ran)
		s.message = binary.AppendUvarint(s.message, t.waited)
	}
	s.log()
}

func (s *sampler) log() {
	if len(s.message) > 0 {
		trace.Log(context.Background(), sampleCategory, string(s.message))
	}
	s.message = s.message[:0]
}

func (s *sampler) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.threads.close()
}
