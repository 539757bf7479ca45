package tracing

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/openzipkin/zipkin-go/model"
)

// run takes batches from the queue and delivers them, one at a time, until the
// Reporter is closed and empty or ctx ends.
func (r *Reporter) run(ctx context.Context) {
	defer close(r.done)
	defer r.cfg.Client.CloseIdleConnections()
	defer r.abandon()
	for {
		batch, more := r.next(ctx)
		if len(batch) > 0 {
			r.deliver(ctx, batch)
			r.report()
		}
		if !more {
			return
		}
	}
}

// next waits for spans and returns a batch of them; more is false when no
// others can come.
func (r *Reporter) next(ctx context.Context) (batch []model.SpanModel, more bool) {
	for {
		if batch, closed := r.take(false); len(batch) > 0 || closed {
			return batch, len(batch) > 0
		}
		select {
		case <-ctx.Done():
			return nil, false
		case <-r.wake:
		}
		if !r.linger(ctx) {
			return nil, false
		}
		if batch, _ := r.take(true); len(batch) > 0 {
			return batch, true
		}
	}
}

// linger gives the spans that follow the first one time to join it.
func (r *Reporter) linger(ctx context.Context) bool {
	timer := time.NewTimer(r.cfg.Linger)
	defer timer.Stop()
	for {
		if r.full() {
			return true
		}
		select {
		case <-timer.C:
			return true
		case <-r.wake:
		case <-ctx.Done():
			return false
		}
	}
}

func (r *Reporter) full() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed || len(r.queue) >= r.cfg.Batch
}

// take removes up to a batch from the queue: what there is when partly is
// true or the Reporter closed, otherwise a whole batch or nothing.
func (r *Reporter) take(partly bool) (batch []model.SpanModel, closed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(len(r.queue), r.cfg.Batch)
	if n == 0 || (n < r.cfg.Batch && !partly && !r.closed) {
		return nil, r.closed
	}
	batch = r.queue[:n:n]
	r.queue = r.queue[n:]
	if len(r.queue) == 0 {
		r.queue = nil // let go of the array behind the batch
	}
	r.sent = n
	return batch, r.closed
}

// deliver posts a batch. Spans that cannot be encoded are left out; a batch
// that the collector refuses is halved until the refused span stands alone.
func (r *Reporter) deliver(ctx context.Context, batch []model.SpanModel) {
	whole := batch
	defer r.settle(whole)
	body, batch := r.encode(batch)
	if len(batch) > 0 {
		r.post(ctx, body, batch)
	}
}

// settle frees what the batch held of the bound.
func (r *Reporter) settle(batch []model.SpanModel) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range batch {
		r.bytes -= estimate(&batch[i])
	}
}

func (r *Reporter) post(ctx context.Context, body []byte, batch []model.SpanModel) {
	refused, err := r.try(ctx, body)
	switch {
	case err == nil:
		r.count(len(batch), func() { r.stats.Delivered += uint64(len(batch)) })
	case !refused && ctx.Err() != nil:
		r.count(len(batch), func() { r.drop(dropShutdown, len(batch)) })
	case !refused:
		r.count(len(batch), func() { r.drop(dropUndelivered, len(batch)) })
	case len(batch) == 1:
		r.count(1, func() { r.drop(dropRejected, 1) })
		r.cfg.Logger.Debug("the collector refuses a span", "span", batch[0].Name, "id", batch[0].ID.String(), "err", err)
	default:
		for _, half := range [][]model.SpanModel{batch[:len(batch)/2], batch[len(batch)/2:]} {
			body, half := r.encode(half)
			r.post(ctx, body, half)
		}
	}
}

// try posts one body until the collector takes or refuses it. What may have
// arrived is sent again byte for byte: Zipkin keeps equal spans once.
func (r *Reporter) try(ctx context.Context, body []byte) (refused bool, err error) {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = 100*time.Millisecond, 5*time.Second
	_, err = backoff.Retry(ctx, func() (struct{}, error) {
		status, err := r.request(ctx, body)
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

// request posts once; status is zero when no answer came.
func (r *Reporter) request(ctx context.Context, body []byte) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.cfg.URL, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
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

// encode is the JSON array of a batch, without those that have no encoding.
func (r *Reporter) encode(batch []model.SpanModel) ([]byte, []model.SpanModel) {
	if body, err := json.Marshal(batch); err == nil {
		return body, batch
	}
	good := make([]model.SpanModel, 0, len(batch))
	for _, s := range batch {
		if _, err := json.Marshal(s); err != nil {
			r.count(1, func() { r.drop(dropInvalid, 1) })
			continue
		}
		good = append(good, s)
	}
	body, _ := json.Marshal(good) // each was encoded just now
	return body, good
}

// count settles the fate of n spans that were taken.
func (r *Reporter) count(n int, outcome func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent -= n
	outcome()
}

// abandon drops what is left when the time to end has come.
func (r *Reporter) abandon() {
	r.mu.Lock()
	r.closed = true
	r.drop(dropShutdown, len(r.queue))
	r.queue, r.bytes = nil, 0
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
	r.cfg.Logger.Warn("spans were lost", "count", lost, "collector", r.cfg.URL, "see", "tracelab_spans_dropped_total in /metrics")
}
