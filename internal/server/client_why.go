package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/flight"
	"example.com/tracelab/internal/why"
)

// Why asks why a span took so long; of the zero span, the trace's root.
func (c *Client) Why(ctx context.Context, trace zipkin.TraceID, span zipkin.SpanID) (*why.Answer, error) {
	path := whyPath + "/" + trace.String()
	if span != 0 {
		path += "?span=" + span.String()
	}
	return c.answer(ctx, path)
}

// WhySlowest asks why the slowest request of late took so long.
func (c *Client) WhySlowest(ctx context.Context) (*why.Answer, error) {
	return c.answer(ctx, whyPath+"?slowest=1")
}

// WhyLive waits for the next slow request, and asks why it took so long.
func (c *Client) WhyLive(ctx context.Context) (*why.Answer, error) {
	for {
		if a, err := c.answer(ctx, whyPath+"?live=1"); a != nil || err != nil {
			return a, err
		}
	}
}

// answer returns nil when there is none yet.
func (c *Client) answer(ctx context.Context, path string) (*why.Answer, error) {
	resp, err := c.get(ctx, path)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNoContent {
		return nil, nil
	}
	var a why.Answer
	return &a, c.decode(path, resp.Body, &a)
}

// Flights lists the snapshots for a trace; with the zero id, all.
func (c *Client) Flights(ctx context.Context, trace zipkin.TraceID) (all []Flight, err error) {
	path := flight.Path
	if trace != (zipkin.TraceID{}) {
		path += "?trace=" + trace.String()
	}
	return all, c.do(ctx, http.MethodGet, path, nil, &all)
}

// DownloadFlight writes the execution trace of a snapshot to w: with the zero
// trace all that is kept, else what of it tells of that trace.
func (c *Client) DownloadFlight(ctx context.Context, id string, trace zipkin.TraceID, w io.Writer) error {
	path := flight.Path + "/" + url.PathEscape(id)
	if trace != (zipkin.TraceID{}) {
		path += "?trace=" + trace.String()
	}
	resp, err := c.get(ctx, path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	n, err := io.Copy(w, io.LimitReader(resp.Body, maxFlight+1))
	if err == nil && n > maxFlight {
		err = errors.New("more bytes come than a snapshot has")
	}
	if err != nil {
		return fmt.Errorf("%s%s: %w", c.url, path, err)
	}
	return nil
}
