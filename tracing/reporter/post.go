package reporter

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"

	"example.com/tracelab/redact"
)

// retry posts one body until the collector takes or refuses it: the error is then a
// *refusal. What may have arrived is sent again byte for byte: Zipkin keeps equal spans
// once.
func (r *Reporter) retry(ctx context.Context, body []byte) error {
	encoding := ""
	if len(body) > r.cfg.GzipAbove {
		body, encoding = r.sender.compress(body), "gzip"
	}
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = 100*time.Millisecond, 5*time.Second
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := redact.Error(r.post(ctx, body, encoding))
		if _, refused := errors.AsType[*refusal](err); refused {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(delays), backoff.WithMaxElapsedTime(r.cfg.RetryFor),
		backoff.WithNotify(func(err error, _ time.Duration) { r.logRetry(err) }))
	return err
}

// compress is for a collector across a network; level 1 costs the least. The writer is
// kept from one request to the next, which a sync.Pool would not do: with its tables it is
// larger than what it packs, and each collection of garbage empties a pool.
func (s *sender) compress(body []byte) []byte {
	packed := bytes.NewBuffer(make([]byte, 0, len(body)/4))
	if s.packer == nil {
		s.packer, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is valid
	}
	s.packer.Reset(packed)
	s.packer.Write(body)
	s.packer.Close()
	return packed.Bytes()
}

// post sends a body once.
func (r *Reporter) post(ctx context.Context, body []byte, encoding string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if encoding != "" {
		req.Header.Set("Content-Encoding", encoding)
	}
	req.Header.Set("B3", "0") // a traced collector must not trace its own feeding
	resp, err := r.cfg.Client.Do(req)
	if no, refused := errors.AsType[*refusal](err); refused {
		return no // without what net/http says of every error
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return outcome(req.URL, resp)
}
