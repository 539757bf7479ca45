package reporter

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// retry posts one body until the collector takes or rejects it. What may have
// arrived is sent again byte for byte: Zipkin keeps equal spans once.
func (r *Reporter) retry(ctx context.Context, body []byte) (rejected bool, err error) {
	encoding := ""
	if len(body) > r.cfg.GzipAbove {
		body, encoding = compress(body), "gzip"
	}
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = 100*time.Millisecond, 5*time.Second
	_, err = backoff.Retry(ctx, func() (struct{}, error) {
		status, err := r.post(ctx, body, encoding)
		rejected = status >= 400 && status < 500 && status != http.StatusTooManyRequests && status != http.StatusRequestTimeout
		if rejected {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(delays), backoff.WithMaxElapsedTime(r.cfg.RetryFor),
		backoff.WithNotify(func(err error, _ time.Duration) { r.logRetry(err) }))
	return rejected, err
}

// compress is for a collector across a network; level 1 costs the least.
func compress(body []byte) []byte {
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed) // the level is valid
	w.Write(body)
	w.Close()
	return packed.Bytes()
}

// post sends a body once; status is zero when no answer came.
func (r *Reporter) post(ctx context.Context, body []byte, encoding string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(body))
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
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 512))
	if resp.StatusCode < 300 {
		return resp.StatusCode, nil
	}
	return resp.StatusCode, fmt.Errorf("%s answered %s: %s", r.url, resp.Status, text)
}
