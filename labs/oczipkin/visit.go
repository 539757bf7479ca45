package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"
	"go.opencensus.io/trace"
)

// makeRequest fetches the URL and returns the answer's status. Its span is a
// child of the one in ctx.
func (c config) makeRequest(ctx context.Context) (status string, err error) {
	ctx, span := trace.StartSpan(ctx, "httpRequest")
	defer func() { end(span, err) }()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url, nil)
	if err != nil {
		return "", fmt.Errorf("a request of %q: %w; choose another with -url", c.url, err)
	}
	res, err := (&http.Client{Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		return "", fmt.Errorf("%w; choose another with -url", err)
	}
	defer res.Body.Close()
	// Read to its end, or the connection cannot be used again.
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return "", fmt.Errorf("the answer of %s: %w", c.url, err)
	}
	if err := pause(ctx, c.before); err != nil {
		return "", err
	}
	code := trace.Int64Attribute("URL Response Code", int64(res.StatusCode))
	span.Annotate([]trace.Attribute{code}, "HTTP Response Status Code:"+res.Status)
	span.AddAttributes(code) // the exporter drops those of an annotation
	return res.Status, pause(ctx, c.after)
}

// writeToRedis stores the status under the URL. Its span is a child of the one
// in ctx; that of the first call holds the connecting.
func writeToRedis(ctx context.Context, client *redis.Client, url, status string) (err error) {
	ctx, span := trace.StartSpan(ctx, "redisWrite")
	defer func() { end(span, err) }()
	if err := client.Set(ctx, url, status, 0).Err(); err != nil {
		return fmt.Errorf("store the status of %s at %s: %w", url, client.Options().Addr, err)
	}
	return nil
}

// end ends a span and marks it when the work of it failed.
func end(span *trace.Span, err error) {
	if err != nil {
		span.SetStatus(trace.Status{Code: trace.StatusCodeUnknown, Message: err.Error()})
	}
	span.End()
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
