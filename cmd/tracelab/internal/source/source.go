// Package source is where the traces come from that a verb reads: a tracelab server,
// any Zipkin, or a file of Zipkin's JSON.
package source

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/flags"
	"example.com/tracelab/internal/analysis/collect"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// Traces yields traces, the spans of one at a time, partial ones and all, or the error
// that ends them. Each slice belongs to the caller.
type Traces = iter.Seq2[[]zipkin.Span, error]

// Flags are those of a verb that reads traces of a server.
type Flags struct {
	flags.Target `embed:""`
	// It has no variable: that of this name says where services report.
	ZipkinURL string `name:"zipkin-url" env:"-" help:"A Zipkin to read from, in the place of a tracelab server." placeholder:"URL"`
}

// Trace returns the spans of a trace, and whether some may come yet, which is waited for.
// Where there are none, the exit status is cli.Negative.
func (f Flags) Trace(ctx context.Context, id zipkin.TraceID) (spans []zipkin.Span, growing bool, err error) {
	read, server, err := f.readOne(ctx, id)
	if err != nil {
		return nil, false, err
	}
	spans, growing, err = collect.Whole(ctx, read)
	if errors.Is(err, zipkinapi.ErrNotFound) {
		err = cli.Status{Code: cli.Negative, Err: fmt.Errorf("%s has no trace %s: its spans may not have come yet, it was not sampled, or it made room for newer ones", display.URL(server), id)}
	}
	return spans, growing, err
}

// readOne returns what reads a trace, and the URL of where. A tracelab server is asked
// itself: it may show the traces of a Zipkin that cannot be reached from here.
func (f Flags) readOne(ctx context.Context, id zipkin.TraceID) (read func(context.Context) ([]zipkin.Span, error), server string, err error) {
	if f.ZipkinURL != "" {
		reader, err := f.Reader(ctx)
		return func(ctx context.Context) ([]zipkin.Span, error) { return reader.Trace(ctx, id) }, f.ZipkinURL, err
	}
	client, err := f.Find(ctx)
	if err != nil {
		return nil, "", err
	}
	return func(ctx context.Context) (all []zipkin.Span, err error) {
		for spans, err := range client.Trace(ctx, id) {
			if err != nil {
				return nil, err
			}
			all = append(all, spans...)
		}
		if len(all) == 0 {
			return nil, zipkinapi.ErrNotFound
		}
		return all, nil
	}, client.URL(), nil
}

// Reader returns what answers searches: the Zipkin that is named, or the server, or the
// Zipkin whose traces the server shows.
func (f Flags) Reader(ctx context.Context) (zipkinapi.Reader, error) {
	if f.ZipkinURL != "" {
		return newZipkin("--zipkin-url", f.ZipkinURL)
	}
	server, err := f.Find(ctx)
	if err != nil {
		return nil, err
	}
	stack, err := server.Stack(ctx)
	if err != nil {
		return nil, err
	}
	if stack.ZipkinURL != "" {
		return newZipkin("the Zipkin of "+display.URL(server.URL()), stack.ZipkinURL)
	}
	return newZipkin("--server", server.URL())
}

func newZipkin(named, url string) (zipkinapi.Reader, error) {
	base, err := labapi.BaseURL(url)
	if err == nil {
		var client *zipkinapi.Client
		if client, err = zipkinapi.NewClient(base, &http.Client{Timeout: time.Minute}); err == nil {
			return client, nil
		}
	}
	return nil, cli.Status{Code: cli.Usage, Err: fmt.Errorf("%s: %w", named, err)}
}

// Search yields the traces that answer a query, which has the parameters of Zipkin's
// GET /api/v2/traces: serviceName=gateway&minDuration=100000. Without endTs it ends now,
// without lookback it goes back for a day, and without limit all are found.
func (f Flags) Search(ctx context.Context, query string) Traces {
	return func(yield func([]zipkin.Span, error) bool) {
		q, err := zipkinapi.ParseSearch(query, time.Now())
		if err != nil {
			yield(nil, cli.Status{Code: cli.Usage, Err: err})
			return
		}
		reader, err := f.Reader(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		n := 0
		for spans, err := range zipkinapi.Search(ctx, reader, q) {
			if n++; !yield(spans, err) || n == q.Limit {
				return
			}
		}
	}
}
