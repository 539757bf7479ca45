package reporter

import (
	"compress/gzip"
	"context"
	"errors"
	"math/bits"
	"time"
)

// sender is what the sender's goroutine knows.
type sender struct {
	warnedAt  time.Time    // of the last log line about a collector that does not take spans
	rejection error        // the collector's last, for the log
	rate      float64      // spans a second while the last batch was waiting
	lastTaken time.Time    // when that was
	packer    *gzip.Writer // nil before the first batch that is compressed
}

// run delivers batches, one at a time, until the Reporter is closed and empty
// or ctx ends.
func (r *Reporter) run(ctx context.Context) {
	defer close(r.done)
	defer r.cfg.Client.CloseIdleConnections()
	defer r.abandon()
	for {
		b, more := r.next(ctx)
		if b != nil {
			r.deliver(ctx, b)
			r.recycle(b)
		}
		r.logLosses()
		if !more {
			return
		}
	}
}

// next waits for spans and returns a batch of them, or none after something
// else that is worth a line in the log; more is false when no others can come.
func (r *Reporter) next(ctx context.Context) (b *batch, more bool) {
	r.encodeEnded()
	if b, closed := r.take(false); b != nil || closed {
		return b, b != nil
	}
	if !r.pending() { // the token may have been taken for spans that are gone
		select {
		case <-ctx.Done():
			return nil, false
		case <-r.wake:
		}
	}
	began := time.Now()
	if !r.linger(ctx) {
		return nil, false
	}
	r.encodeEnded()
	if b, _ = r.take(true); b != nil {
		r.sender.lastTaken = time.Now()
		r.sender.rate = float64(b.len()) / r.sender.lastTaken.Sub(began).Seconds()
	}
	return b, true
}

// busy is a rate, in spans a second, at which single traces are not looked at.
const busy = 200

// lingerTime is how long to wait for a batch now. After a single request its
// trace is looked at at once; under load fewer and larger batches are worth more.
func (r *Reporter) lingerTime() time.Duration {
	if r.sender.rate >= busy && time.Since(r.sender.lastTaken) < r.cfg.LingerMax {
		return r.cfg.LingerMax
	}
	return r.cfg.Linger
}

// linger gives the spans that follow the first one time to join it.
func (r *Reporter) linger(ctx context.Context) bool {
	timer := time.NewTimer(r.lingerTime())
	defer timer.Stop()
	for !r.mustGo() {
		select {
		case <-timer.C:
			return true
		case <-r.wake:
			r.encodeEnded()
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// deliver posts a batch. One that the collector refuses is halved until the refused span
// stands alone: it costs no other. A collector that refuses everything would be asked
// twice for each span, so the rest is given up when twice as many parts were refused in a
// row as lead to one span, or when the answer says that it was not about the spans.
func (r *Reporter) deliver(ctx context.Context, b *batch) {
	budget := 2 * bits.Len(uint(b.len()))
	r.deliverPart(ctx, b, &budget, budget)
}

// deliverPart is deliver for a part of a batch. budget is how many refusals in a row are
// left of full; a part that is taken restores it.
func (r *Reporter) deliverPart(ctx context.Context, b *batch, budget *int, full int) {
	if *budget == 0 {
		r.account(b, DroppedRejected)
		return
	}
	err := r.retry(ctx, b.array())
	no, refused := errors.AsType[*refusal](err)
	if refused {
		r.sender.rejection = err
		*budget--
	}
	switch {
	case err == nil:
		*budget = full
		r.account(b, "")
	case refused && (no.all || b.len() == 1):
		if no.all {
			*budget = 0
		}
		r.account(b, DroppedRejected)
	case refused:
		half := b.len() / 2
		r.deliverPart(ctx, b.part(0, half), budget, full)
		r.deliverPart(ctx, b.part(half, b.len()), budget, full)
	case ctx.Err() != nil:
		r.account(b, DroppedShutdown)
	default:
		r.account(b, DroppedUndelivered)
	}
}
