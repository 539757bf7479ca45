package loadgen

import (
	"context"
	"runtime"
	"time"
)

// pace has one request after the other fall due. It is a vegeta.Pacer that
// waits itself, because vegeta would sleep on while its attack is to stop.
type pace struct {
	ctx   context.Context
	began time.Time
	rate  float64
	count uint64

	precise bool // see waitUntil
}

// due is when request n falls due, counted from 0.
func (p *pace) due(n uint64) time.Time {
	return p.began.Add(time.Duration(float64(n) / p.rate * float64(time.Second)))
}

// fallen is how many requests have fallen due by then.
func (p *pace) fallen(by time.Time) uint64 {
	n := uint64(max(0, by.Sub(p.began).Seconds()) * p.rate)
	return min(n+1, p.count)
}

// Pace returns when request n is due: never a wait, which would not end with
// the context. The elapsed time is that of vegeta's clock, which is not ours.
func (p *pace) Pace(_ time.Duration, n uint64) (wait time.Duration, stop bool) {
	if n >= p.count || p.ctx.Err() != nil {
		return 0, true
	}
	due := p.due(n)
	if !time.Now().Before(due) {
		// Vegeta starts a worker, with a connection, wherever none is free at once. With one
		// processor, none of those that have an answer would ever get to be.
		runtime.Gosched()
		return 0, false
	}
	return 0, !waitUntil(p.ctx, due, p.precise)
}

// Rate is what vegeta asks for its reports.
func (p *pace) Rate(time.Duration) float64 { return p.rate }
