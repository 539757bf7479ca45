// Package tracing gives a service distributed traces: OpenCensus spans, the
// context carried in HTTP headers, and finished spans reported to Zipkin.
//
// A process calls Start once, wraps its HTTP handler with Handler and its
// clients with Transport, and opens spans of its own with OpenCensus:
//
//	tr, err := tracing.Start(tracing.Config{Service: "shop", ZipkinURL: "http://localhost:9411", Sampler: "always"})
//	if err != nil { … }
//	defer tr.Shutdown(ctx)
//	http.ListenAndServe(addr, tracing.Handler(mux))
//
//	ctx, span := trace.StartSpan(ctx, "price") // go.opencensus.io/trace
//	defer span.End()
//
// # What is carried
//
// In come B3 in a single header, B3 in several, and W3C traceparent: the first
// of these that can be read. Out go B3 in several headers and traceparent, and
// the caller's baggage. The caller's decision stands: sampled, not sampled or
// debug. Ids of 64 bits stay 64 bits. Headers that cannot be read begin a new
// trace, and are counted.
//
// # What is kept
//
// Start puts a tracer of its own in OpenCensus's place, through the variable
// trace.DefaultTracer. OpenCensus's API means what it always did, with three
// things to know: exporters registered with trace.RegisterExporter and the
// configuration of trace.ApplyConfig belong to OpenCensus's own tracer and have
// no part; the sampler is this package's; and links, which Zipkin has no word
// for, are annotations. A span is bounded, and says itself what was cut.
//
// # What is lost
//
// Nothing, without a count: see Counts.
//
// One process has one service name and one Tracing at a time.
package tracing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"

	"github.com/openzipkin/zipkin-go/model"
	"github.com/openzipkin/zipkin-go/reporter"
	"go.opencensus.io/trace"
)

// Config says how a process traces.
type Config struct {
	// Service is the name of this process in every span it reports. Required.
	Service string
	// ZipkinURL is the base URL of a Zipkin server, such as
	// http://localhost:9411. Without it (and without Reporter) spans carry their
	// ids onward and are not reported.
	ZipkinURL string
	// Sampler is "always", "never" or a fraction such as "0.1"; see ParseSampler.
	Sampler string
	// Reporter takes the finished spans instead of one that posts to ZipkinURL.
	// Shutdown closes it.
	Reporter reporter.Reporter
	// Roots, if not nil, hears when this process begins and ends to work for a
	// trace.
	Roots Roots
	// Logger takes at most one line a minute about spans that were lost.
	// Nil is slog.Default().
	Logger *slog.Logger
}

// Tracing is a process's running tracing. Shutdown ends it.
type Tracing struct {
	tracer   *tracer
	reporter *Reporter // nil when Config named no Zipkin, or a reporter of its own
	before   trace.Tracer
	stop     sync.Once
}

// Start makes this process trace: OpenCensus's functions, Handler and
// Transport, from now on until Shutdown. Call it before the first request.
func Start(cfg Config) (*Tracing, error) {
	if cfg.Service == "" {
		return nil, errors.New("tracing: Config.Service is empty: every span needs the name of its service")
	}
	sampler, err := ParseSampler(cfg.Sampler)
	if err != nil {
		return nil, err
	}
	t := &Tracing{tracer: &tracer{reporter: cfg.Reporter, roots: cfg.Roots, local: &model.Endpoint{ServiceName: cfg.Service}}}
	t.tracer.sampler.Store(sampler)
	if cfg.Reporter == nil && cfg.ZipkinURL != "" {
		endpoint, err := spansURL(cfg.ZipkinURL)
		if err != nil {
			return nil, err
		}
		t.reporter = NewReporter(ReporterConfig{URL: endpoint, Logger: cfg.Logger})
		t.tracer.reporter = t.reporter
	}
	if !active.CompareAndSwap(nil, t.tracer) {
		return nil, errors.Join(errors.New("tracing: this process traces already: shut that down first"), t.close(context.Background()))
	}
	t.before, trace.DefaultTracer = trace.DefaultTracer, t.tracer
	return t, nil
}

// spansURL completes the base URL of a Zipkin server; a full path to its
// collector, as Zipkin's own clients are configured with, is taken as it is.
func spansURL(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", fmt.Errorf("tracing: Zipkin's URL %q: want one like http://localhost:9411", base)
	}
	if !strings.HasSuffix(u.Path, "/api/v2/spans") {
		u = u.JoinPath("api/v2/spans")
	}
	return u.String(), nil
}

// Sampler is the sampler in force.
func (t *Tracing) Sampler() *Sampler { return t.tracer.sampler.Load() }

// SetSampler changes the sampler for the traces that begin from now on.
func (t *Tracing) SetSampler(s *Sampler) { t.tracer.sampler.Store(s) }

// Shutdown reports what is queued, until ctx ends, and stops tracing. Call it
// after the servers have stopped. Later calls do nothing.
func (t *Tracing) Shutdown(ctx context.Context) (err error) {
	t.stop.Do(func() {
		trace.DefaultTracer = t.before
		active.Store(nil)
		err = t.close(ctx)
	})
	return err
}

func (t *Tracing) close(ctx context.Context) error {
	switch {
	case t.reporter != nil:
		return t.reporter.Shutdown(ctx)
	case t.tracer.reporter != nil:
		return t.tracer.reporter.Close()
	}
	return nil
}
