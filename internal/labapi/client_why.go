package labapi

import (
	"context"
	"net/http"
	"strconv"

	"example.com/tracelab/internal/zipkin"
)

// Why explains why a span took so long; with the zero id, the longest request of the
// trace.
func (c *Client) Why(ctx context.Context, trace zipkin.TraceID, span zipkin.SpanAt) (*Explanation, error) {
	path := WhyPath + "/" + trace.String()
	if span.ID != 0 {
		path += "?span=" + span.ID.String()
	}
	if span.Timestamp != 0 {
		path += "&start_us=" + strconv.FormatInt(span.Timestamp, 10)
	}
	return c.explanation(ctx, path)
}

// WhySlowest explains the slowest of the latest requests.
func (c *Client) WhySlowest(ctx context.Context) (*Explanation, error) {
	return c.explanation(ctx, WhyPath+"?slowest=1")
}

// WhyLive waits for the next slow request, and explains it.
func (c *Client) WhyLive(ctx context.Context) (*Explanation, error) {
	for {
		if a, err := c.explanation(ctx, WhyPath+"?live=1"); a != nil || err != nil {
			return a, err
		}
	}
}

// explanation returns nil when there is none yet. That too little is known, yet or for
// good, is in its Execution.
func (c *Client) explanation(ctx context.Context, path string) (*Explanation, error) {
	resp, err := c.get(ctx, path, http.StatusNoContent, http.StatusAccepted, http.StatusGone)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNoContent {
		return nil, nil
	}
	var a Explanation
	return &a, c.decode(path, resp.Body, &a)
}
