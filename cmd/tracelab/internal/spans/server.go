package spans

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
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

// source is where spans are read from, or sent to.
type source struct {
	Server string `help:"The tracelab server, or any Zipkin. Default: the first of 127.0.0.1:9411 and :9412 that is a tracelab server." placeholder:"URL"`
}

// find returns the tracelab server that --server names, or the Zipkin that is
// there, or one of the default servers.
func (s source) find(ctx context.Context) (spanServer, error) {
	found, err := labapi.Find(ctx, s.Server)
	if err == nil {
		return spanServer{found, display.URL(found.URL()), display.URL(found.URL())}, nil
	}
	if s.Server != "" {
		zipkin, wrong := newZipkin(s.Server)
		if wrong != nil {
			return spanServer{}, cli.Status{Code: cli.Usage, Err: fmt.Errorf("--server: %w", wrong)}
		}
		if zipkin.Health(ctx) == nil {
			return spanServer{zipkin, display.URL(zipkin.URL().String()), ""}, nil
		}
	}
	return spanServer{}, cli.Status{Code: cli.Unreachable, Err: err}
}

func newZipkin(server string) (*zipkinapi.Client, error) {
	base, err := labapi.BaseURL(server)
	if err != nil {
		return nil, err
	}
	return zipkinapi.NewClient(base, &http.Client{Timeout: time.Minute})
}
