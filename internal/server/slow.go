package server

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/labapi"
)

const (
	maxSlow = 16 // traces that wait for their explanation
	// quiet is how long a trace is left alone before it is explained by itself: of
	// several processes that find it slow, each hands in something.
	quiet = 500 * time.Millisecond
	// After each of them nothing is explained for restTimes as long, restMost at most:
	// under load many requests are slow, and to explain them all would make more so.
	restTimes = 4
	restMost  = 5 * time.Second
)

// slow is the queue of the traces that processes found slow, or that were flagged
// debug, to be explained without being asked for.
type slow struct {
	mu      sync.Mutex
	waiting []waiting
	latest  zipkin.TraceID
	more    chan struct{} // closed when there is another latest

	dropped, failed atomic.Int64
}

type waiting struct {
	trace zipkin.TraceID
	since time.Time
	debug bool // somebody wants to know
}

func newSlow() *slow { return &slow{more: make(chan struct{})} }

// triggered asks the others for their part in what one process found slow.
func (s *Server) triggered(k *kept) {
	if k.Reason == labapi.ReasonAsked {
		return
	}
	for _, p := range k.parts {
		for _, other := range s.hub.Processes() {
			if other.Recorder && other.Instance != k.Instance {
				s.asking.askOnce(p.trace, other.Instance)
			}
		}
		s.slow.offer(p.trace, k.Reason == labapi.ReasonDebug)
	}
}

// offer takes a trace to be explained, unless it waits already. Those that are
// flagged debug come first; of the others the oldest makes room.
func (q *slow) offer(id zipkin.TraceID, debug bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if slices.ContainsFunc(q.waiting, func(w waiting) bool { return w.trace == id }) {
		return
	}
	at := len(q.waiting)
	if debug {
		at = q.firstSlow()
	}
	q.waiting = slices.Insert(q.waiting, at, waiting{id, time.Now(), debug})
	if len(q.waiting) > maxSlow {
		oldest := min(q.firstSlow(), maxSlow)
		q.waiting = slices.Delete(q.waiting, oldest, oldest+1)
		q.dropped.Add(1)
	}
	q.latest = id
	close(q.more)
	q.more = make(chan struct{})
}

// firstSlow is where those begin that are not flagged debug; q.mu is held.
func (q *slow) firstSlow() int {
	if i := slices.IndexFunc(q.waiting, func(w waiting) bool { return !w.debug }); i >= 0 {
		return i
	}
	return len(q.waiting)
}

// next tells of the next trace that is offered from now on.
func (q *slow) next(ctx context.Context) (zipkin.TraceID, bool) {
	q.mu.Lock()
	more := q.more
	q.mu.Unlock()
	select {
	case <-ctx.Done():
		return zipkin.TraceID{}, false
	case <-more:
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.latest, true
}

// take returns the trace whose turn it is, or when there may be one.
func (q *slow) take() (waiting, bool, <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return waiting{}, false, q.more
	}
	first := q.waiting[0]
	q.waiting = q.waiting[1:]
	return first, true, nil
}

// explainSlow explains what waits, one at a time, until ctx ends. The answer is
// then known to who asks, and tags of the span.
func (s *Server) explainSlow(ctx context.Context) error {
	for ctx.Err() == nil {
		next, ok, more := s.slow.take()
		if !ok {
			select {
			case <-ctx.Done():
			case <-more:
			}
			continue
		}
		if !rest(ctx, time.Until(next.since.Add(quiet))) {
			break
		}
		began := time.Now()
		if _, err := s.explain(ctx, explained{trace: next.trace}); err != nil {
			s.slow.failed.Add(1) // whoever asks for this trace is told why
		}
		rest(ctx, min(restTimes*time.Since(began), restMost))
	}
	return nil
}

// rest lasts for so long, or reports that ctx has ended.
func rest(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

func (q *slow) writeMetrics(w io.Writer) {
	fmt.Fprintf(w, "tracelab_why_slow_dropped_total %d\n", q.dropped.Load())
	fmt.Fprintf(w, "tracelab_why_slow_failed_total %d\n", q.failed.Load())
}
