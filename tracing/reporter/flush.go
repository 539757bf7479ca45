package reporter

import "context"

// Flush sends what is queued at once, and returns when every span that was sent
// before the call has been delivered, or dropped and counted. When ctx ends
// first it returns the error of ctx, and what is queued stays queued.
func (r *Reporter) Flush(ctx context.Context) error {
	r.encodeEnded()
	r.mu.Lock()
	if r.open.len() > 0 {
		r.seal()
	}
	until := r.settled + uint64(r.spans) // they are settled in the order in which they came
	r.mu.Unlock()
	r.wakeSender()
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

// progress returns how many spans are settled, and a channel that is closed when
// that number grows.
func (r *Reporter) progress() (settled uint64, further <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.further == nil {
		r.further = make(chan struct{})
	}
	return r.settled, r.further
}

// settle counts n spans as settled and wakes those who wait for that; r.mu is
// held.
func (r *Reporter) settle(n int) {
	r.settled += uint64(n)
	if r.further != nil {
		close(r.further)
		r.further = nil
	}
}
