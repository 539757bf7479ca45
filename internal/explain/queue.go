package explain

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/tracelab/internal/zipkin"
)

const (
	maxQueue = 16 // traces that wait to be explained
	// quiet is how long a trace is left alone before it is explained by itself: of
	// several processes that find it slow, each uploads something.
	quiet = 500 * time.Millisecond
	// underWayFor is how long a trace is waited for that has not ended.
	underWayFor = 6 * time.Second
	// After each of them nothing is explained for restTimes as long, restMost at most:
	// under load many requests are slow, and to explain them all would make more so.
	restTimes = 4
	restMost  = 5 * time.Second
)

// Queue has the traces that processes found slow, or that were flagged debug, to
// be explained unasked.
type Queue struct {
	mu     sync.Mutex
	all    []queued
	latest zipkin.TraceID
	more   chan struct{} // closed when there is another latest

	dropped atomic.Int64
}

type queued struct {
	trace zipkin.TraceID
	since time.Time
	debug bool // it was asked for
}

// NewQueue makes an empty queue.
func NewQueue() *Queue { return &Queue{more: make(chan struct{})} }

// Triggered takes a trace to be explained, unless it is in the queue. Those that
// are flagged debug come first; of the others the oldest makes room.
func (q *Queue) Triggered(id zipkin.TraceID, debug bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if slices.ContainsFunc(q.all, func(w queued) bool { return w.trace == id }) {
		return
	}
	at := len(q.all)
	if debug {
		at = q.firstSlow()
	}
	q.all = slices.Insert(q.all, at, queued{id, time.Now(), debug})
	if len(q.all) > maxQueue {
		oldest := min(q.firstSlow(), maxQueue)
		q.all = slices.Delete(q.all, oldest, oldest+1)
		q.dropped.Add(1)
	}
	q.latest = id
	close(q.more)
	q.more = make(chan struct{})
}

// firstSlow is where those begin that are not flagged debug; q.mu is held.
func (q *Queue) firstSlow() int {
	if i := slices.IndexFunc(q.all, func(w queued) bool { return !w.debug }); i >= 0 {
		return i
	}
	return len(q.all)
}

// next waits for the next trace that is triggered from now on.
func (q *Queue) next(ctx context.Context) (zipkin.TraceID, bool) {
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

// take returns the first trace, or when there may be one.
func (q *Queue) take() (queued, bool, <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.all) == 0 {
		return queued{}, false, q.more
	}
	first := q.all[0]
	q.all = q.all[1:]
	return first, true, nil
}

// explainQueue explains what is in the queue, one at a time, until ctx ends. The
// explanation is then in the cache, and in tags of the span.
func (x *Explainer) explainQueue(ctx context.Context) error {
	for ctx.Err() == nil {
		next, ok, more := x.cfg.Queue.take()
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
		if _, err := x.explainWithin(ctx, x.latest(ctx, next.trace), underWayFor); err != nil {
			x.failed.Add(1) // a caller that asks for this trace learns why
		}
		rest(ctx, min(restTimes*time.Since(began), restMost))
	}
	return nil
}

// latest is the request of a trace that ended last, which is the one that a process has
// just found slow: another of the trace may have taken longer before.
func (x *Explainer) latest(ctx context.Context, id zipkin.TraceID) (of subject) {
	of.trace = id
	spans, err := x.cfg.Reader.Trace(ctx, id)
	requests := zipkin.Requests(zipkin.LocalRoots(spans))
	if err != nil || len(requests) < 2 {
		return of // who gathers the spans learns why
	}
	var last time.Time
	for _, s := range requests {
		if end := endOf(s); s.Duration > 0 && end.After(last) {
			of.span, last = zipkin.SpanAt{ID: s.ID, Timestamp: s.Timestamp}, end
		}
	}
	return of
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
