package tracing

import (
	"sync/atomic"
	"time"
)

// rateLimit lets through a number of events a second, with up to one second's
// worth (and at least one) at once after a pause. It is the generic cell rate
// algorithm: one word holds the time at which the bucket would be full again.
type rateLimit struct {
	start time.Time
	every int64        // ns between two events
	burst int64        // ns by which events may run ahead
	full  atomic.Int64 // ns after start
}

func newRateLimit(perSecond float64) *rateLimit {
	every := int64(float64(time.Second) / perSecond)
	return &rateLimit{start: time.Now(), every: every, burst: max(int64(time.Second), every)}
}

// allow takes one event at the given time, or refuses it.
func (r *rateLimit) allow(at time.Time) bool {
	now := int64(at.Sub(r.start))
	for {
		full := r.full.Load()
		next := max(full, now) + r.every
		if next-now > r.burst {
			return false
		}
		if r.full.CompareAndSwap(full, next) {
			return true
		}
	}
}
