package spans

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// keeper has spans, and takes some.
type keeper interface {
	All(context.Context) archive.Spans
	Report(context.Context, []zipkin.Span) error
}

// spanServer is a keeper with its URL, and with that of our UI if it has one.
type spanServer struct {
	keeper
	url, ui string
}

// findSpans finds the tracelab server at url, or the Zipkin that is there, or
// one of the usual servers when url is empty.
func findSpans(ctx context.Context, url string) (spanServer, error) {
	found, err := labapi.Find(ctx, url)
	if err == nil {
		return spanServer{found, found.URL(), found.URL()}, nil
	}
	if url != "" {
		zipkin, wrong := zipkinapi.NewClient(url, &http.Client{Timeout: time.Minute})
		if wrong != nil {
			return spanServer{}, cli.Status{Code: cli.Usage, Err: fmt.Errorf("--server: %w", wrong)}
		}
		if zipkin.Health(ctx) == nil {
			return spanServer{zipkin, zipkin.URL().String(), ""}, nil
		}
	}
	return spanServer{}, cli.Status{Code: cli.Unreachable, Err: err}
}
