package tracing

import "context"

// Flush sends what is queued at once, and returns when every span that ended
// before the call has been delivered, or dropped and counted. When ctx ends
// first it returns the error of ctx, and what is queued goes on as ever. It is
// for work that is repeated after a crash, and must not be forgotten before its
// trace is told. Before Start, after Shutdown and with a reporter of the
// caller's own it returns nil at once.
func Flush(ctx context.Context) error {
	t := active.Load()
	if t == nil {
		return nil
	}
	if r, ok := t.reporter.(*Reporter); ok {
		return r.Flush(ctx)
	}
	return nil
}

// Flush is the package's Flush for the spans of this Reporter.
func (r *Reporter) Flush(ctx context.Context) error {
	r.mu.Lock()
	if r.open.len() > 0 {
		r.seal()
	}
	until := r.settled + uint64(r.spans) // they are settled in the order in which they came
	r.mu.Unlock()
	r.rouse()
	for {
		settled, further := r.progress()
		if settled >= until {
			return nil
		}
		select {
		case <-further:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// progress is how many spans are settled, and what is closed when more are.
func (r *Reporter) progress() (settled uint64, further <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.further == nil {
		r.further = make(chan struct{})
	}
	return r.settled, r.further
}

// tell counts n spans as settled, for those who wait for that; r.mu is held.
func (r *Reporter) tell(n int) {
	r.settled += uint64(n)
	if r.further != nil {
		close(r.further)
		r.further = nil
	}
}
