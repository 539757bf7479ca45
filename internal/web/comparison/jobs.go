package comparison

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"example.com/tracelab/internal/labapi"
)

// jobs are comparisons under way. One that takes longer than its reader is left waiting
// goes on, and is collected by the request that the browser makes next.
type jobs struct {
	comparer Comparer

	mu  sync.Mutex
	all map[string]*job // by what is asked
}

// job is a comparison. What it comes to may be read once done is closed.
type job struct {
	done   chan struct{}
	cancel context.CancelFunc
	answer *labapi.Comparison
	err    error

	waiting int         // requests; guarded by jobs.mu
	unheard *time.Timer // ends it; nil while somebody waits
}

func newJobs(c Comparer) *jobs { return &jobs{comparer: c, all: map[string]*job{}} }

// collectWithin is how long a comparison goes on, or is kept, for a browser that was told
// to come back.
const collectWithin = 10 * time.Second

// compare waits for a comparison, with the patience that is left: zero is without end. It
// is not over where done is false.
func (j *jobs) compare(ctx context.Context, q labapi.ComparisonQuery, patience time.Duration) (answer *labapi.Comparison, done bool, err error) {
	key := q.Values().Encode()
	of := j.join(ctx, key, q)
	var late <-chan time.Time
	if patience > 0 {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case <-of.done:
		j.leave(key, of, 0)
		return of.answer, true, of.err
	case <-late:
		j.leave(key, of, collectWithin)
		return nil, false, nil
	case <-ctx.Done():
		j.leave(key, of, 0)
		return nil, true, ctx.Err()
	}
}

// join begins a comparison, or waits for the one that is under way.
func (j *jobs) join(ctx context.Context, key string, q labapi.ComparisonQuery) *job {
	j.mu.Lock()
	defer j.mu.Unlock()
	of := j.all[key]
	if of == nil {
		of = &job{done: make(chan struct{})}
		ctx, of.cancel = context.WithCancel(context.WithoutCancel(ctx))
		j.all[key] = of
		go of.run(ctx, j.comparer, q)
	}
	of.waiting++
	if of.unheard != nil {
		of.unheard.Stop()
		of.unheard = nil
	}
	return of
}

// run compares. A panic is one of this request, as in a handler.
func (of *job) run(ctx context.Context, c Comparer, q labapi.ComparisonQuery) {
	defer close(of.done)
	defer func() {
		if v := recover(); v != nil {
			slog.ErrorContext(ctx, "a comparison panicked", "panic", v, "stack", string(debug.Stack()))
			of.err = fmt.Errorf("panic: %v", v) // which the page hides
		}
	}()
	of.answer, of.err = c.Comparison(ctx, q)
}

// leave ends a comparison that nobody waits for any more, once it was kept for so long.
func (j *jobs) leave(key string, of *job, keep time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	of.waiting--
	switch {
	case of.waiting > 0:
	case keep > 0:
		of.unheard = time.AfterFunc(keep, func() { j.drop(key, of) })
	default:
		j.end(key, of)
	}
}

// drop ends a comparison for which nobody came back.
func (j *jobs) drop(key string, of *job) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if of.waiting == 0 {
		j.end(key, of)
	}
}

func (j *jobs) end(key string, of *job) {
	of.cancel()
	if j.all[key] == of {
		delete(j.all, key)
	}
}
