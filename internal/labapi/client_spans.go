package labapi

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
	"example.com/tracelab/redact"
)

// All yields the spans of every trace that the server keeps, or that the Zipkin
// behind it can find.
func (c *Client) All(ctx context.Context) archive.Spans { return c.spans(ctx, SpansPath) }

// Trace yields the spans of one trace; there may be none.
func (c *Client) Trace(ctx context.Context, id zipkin.TraceID) archive.Spans {
	return c.spans(ctx, SpansPath+"?trace="+id.String())
}

func (c *Client) spans(ctx context.Context, path string) archive.Spans {
	return func(yield func([]zipkin.Span, error) bool) {
		resp, err := c.get(ctx, path)
		if err != nil {
			yield(nil, err)
			return
		}
		defer resp.Body.Close()
		for spans, err := range archive.Read(resp.Body) {
			if err != nil {
				err = fmt.Errorf("%s: %w", redact.Text(c.url+SpansPath), err)
			}
			if !yield(spans, err) {
				return
			}
		}
	}
}

// Report has the server store spans, or the Zipkin behind it: all or none.
func (c *Client) Report(ctx context.Context, spans []zipkin.Span) error {
	body := bytes.NewReader(codec.AppendSpans(nil, spans))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+SpansPath, body)
	if err != nil {
		return redact.Error(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return redact.Error(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		return c.unexpected(SpansPath, resp)
	}
	return nil
}
