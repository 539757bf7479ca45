package tracing

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/bits"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
)

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
		r.report()
		if !more {
			return
		}
	}
}

// next waits for spans and returns a batch of them, or none after something
// else that is worth a line in the log; more is false when no others can come.
func (r *Reporter) next(ctx context.Context) (b *batch, more bool) {
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
	if b, _ = r.take(true); b != nil {
		r.lastTaken = time.Now()
		r.rate = float64(b.len()) / r.lastTaken.Sub(began).Seconds()
	}
	return b, true
}

// busy is a rate, in spans a second, at which nobody follows single traces.
const busy = 200

// patience is how long to wait for a batch now. Somebody who makes one request
// looks at its trace at once; under load fewer and larger batches are worth more.
func (r *Reporter) patience() time.Duration {
	if r.rate >= busy && time.Since(r.lastTaken) < r.cfg.LingerMax {
		return r.cfg.LingerMax
	}
	return r.cfg.Linger
}

func (r *Reporter) pending() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.open.len() > 0
}

// linger gives the spans that follow the first one time to join it.
func (r *Reporter) linger(ctx context.Context) bool {
	timer := time.NewTimer(r.patience())
	defer timer.Stop()
	for !r.mustGo() {
		select {
		case <-timer.C:
			return true
		case <-r.wake:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (r *Reporter) mustGo() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed || len(r.full) > 0
}

// take removes the oldest full batch, or, if partly is true or the Reporter
// closed, the one that is being filled.
func (r *Reporter) take(partly bool) (b *batch, closed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.full) == 0 && (partly || r.closed) && r.open.len() > 0 {
		r.seal()
	}
	if len(r.full) == 0 {
		return nil, r.closed
	}
	b = r.full[0]
	r.full = r.full[1:]
	return b, r.closed
}

// recycle keeps an empty batch for the next spans.
func (r *Reporter) recycle(b *batch) {
	b.reset()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spare = b
}

// deliver posts a batch. One that the collector refuses is halved until the
// refused span stands alone: a poisoned span costs only itself. A collector that
// refuses everything would be asked twice for each span, so the rest is given up
// when twice as many parts were refused in a row as lead to one span.
func (r *Reporter) deliver(ctx context.Context, b *batch) {
	patience := 2 * bits.Len(uint(b.len()))
	r.deliverPart(ctx, b, &patience, patience)
}

// deliverPart is deliver for a part of a batch; patience is what is left of
// full, which a part that is taken restores.
func (r *Reporter) deliverPart(ctx context.Context, b *batch, patience *int, full int) {
	if *patience == 0 {
		r.settle(b, dropRejected)
		return
	}
	refused, err := r.try(ctx, b.array())
	if refused {
		*patience--
		r.refusal = err
	}
	switch {
	case err == nil:
		*patience = full
		r.settle(b, "")
	case !refused && ctx.Err() != nil:
		r.settle(b, dropShutdown)
	case !refused:
		r.settle(b, dropUndelivered)
	case b.len() == 1:
		r.settle(b, dropRejected)
	default:
		half := b.len() / 2
		r.deliverPart(ctx, b.part(0, half), patience, full)
		r.deliverPart(ctx, b.part(half, b.len()), patience, full)
	}
}

// settle decides the fate of a batch's spans: delivered, or dropped for a reason.
func (r *Reporter) settle(b *batch, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spans -= b.len()
	r.tell(b.len())
	r.bytes -= len(b.body) - b.len() // without the separators
	if reason == "" {
		r.stats.Delivered += uint64(b.len())
	} else {
		r.drop(reason, b.len())
	}
}

// try posts one body until the collector takes or refuses it. What may have
// arrived is sent again byte for byte: Zipkin keeps equal spans once.
func (r *Reporter) try(ctx context.Context, body []byte) (refused bool, err error) {
	encoding := ""
	if len(body) > r.cfg.GzipAbove {
		body, encoding = compress(body), "gzip"
	}
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = 100*time.Millisecond, 5*time.Second
	_, err = backoff.Retry(ctx, func() (struct{}, error) {
		status, err := r.request(ctx, body, encoding)
		refused = status >= 400 && status < 500 && status != http.StatusTooManyRequests && status != http.StatusRequestTimeout
		if refused {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(delays), backoff.WithMaxElapsedTime(r.cfg.RetryFor),
		backoff.WithNotify(func(err error, _ time.Duration) { r.complain(err) }))
	return refused, err
}

// complain says once a minute at most that the collector does not answer well.
func (r *Reporter) complain(err error) {
	if time.Since(r.complained) < time.Minute {
		return
	}
	r.complained = time.Now()
	r.cfg.Logger.Warn("spans wait: the collector does not take them; trying again", "err", err)
}

// compress is for a collector across a network; level 1 costs the least.
func compress(body []byte) []byte {
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed) // the level is valid
	w.Write(body)
	w.Close()
	return packed.Bytes()
}

// request posts once; status is zero when no answer came.
func (r *Reporter) request(ctx context.Context, body []byte, encoding string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.cfg.URL, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if encoding != "" {
		req.Header.Set("Content-Encoding", encoding)
	}
	req.Header.Set("B3", "0") // a traced collector must not trace its own feeding
	resp, err := r.cfg.Client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 512))
	if resp.StatusCode < 300 {
		return resp.StatusCode, nil
	}
	return resp.StatusCode, fmt.Errorf("%s answered %s: %s", r.cfg.URL, resp.Status, said)
}

// abandon drops what is left when the time to end has come.
func (r *Reporter) abandon() {
	r.mu.Lock()
	r.closed = true
	if r.spans > 0 {
		r.drop(dropShutdown, r.spans)
		r.tell(r.spans)
	}
	r.full, r.open, r.spans, r.bytes = nil, &batch{}, 0, 0
	r.mu.Unlock()
	r.report()
}

// report says in the log what was lost, once a minute at most.
func (r *Reporter) report() {
	r.mu.Lock()
	lost := r.unsaid
	if lost == 0 || time.Since(r.said) < time.Minute {
		r.mu.Unlock()
		return
	}
	r.unsaid, r.said = 0, time.Now()
	r.mu.Unlock()
	about := []any{"count", lost, "collector", r.cfg.URL, "see", "tracelab_spans_dropped_total in /metrics"}
	if r.refusal != nil {
		about = append(about, "refusal", r.refusal)
		r.refusal = nil
	}
	r.cfg.Logger.Warn("spans were lost", about...)
}
