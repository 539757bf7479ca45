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
// OpenCensus keeps its sampler and exporters for the whole process, so one
// process has one service name and one Tracing at a time.
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
	// Logger takes at most one line a minute about spans that were lost.
	// Nil is slog.Default().
	Logger *slog.Logger
}

// Tracing is a process's running tracing. Shutdown ends it.
type Tracing struct {
	reporter *Reporter // nil when Config named no Zipkin or another reporter
	custom   reporter.Reporter
	exporter trace.Exporter
	sampler  Sampler
	stop     sync.Once
}

// Start sets OpenCensus's sampler and exporter for this process.
func Start(cfg Config) (*Tracing, error) {
	if cfg.Service == "" {
		return nil, errors.New("tracing: Config.Service is empty: every span needs the name of its service")
	}
	sampler, err := ParseSampler(cfg.Sampler)
	if err != nil {
		return nil, err
	}
	t := &Tracing{custom: cfg.Reporter, sampler: sampler}
	if cfg.Reporter == nil && cfg.ZipkinURL != "" {
		endpoint, err := spansURL(cfg.ZipkinURL)
		if err != nil {
			return nil, err
		}
		t.reporter = NewReporter(ReporterConfig{URL: endpoint, Logger: cfg.Logger})
		cfg.Reporter = t.reporter
	}
	if cfg.Reporter != nil {
		t.exporter = &exporter{reporter: cfg.Reporter, local: &model.Endpoint{ServiceName: cfg.Service}}
		trace.RegisterExporter(t.exporter)
	}
	trace.ApplyConfig(trace.Config{DefaultSampler: sampler.decide})
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
func (t *Tracing) Sampler() Sampler { return t.sampler }

// Stats counts the spans that were given to the reporter. It is zero where
// spans are not reported to a Zipkin.
func (t *Tracing) Stats() Stats {
	if t.reporter == nil {
		return Stats{}
	}
	return t.reporter.Stats()
}

// Shutdown reports what is queued, until ctx ends, and stops tracing. Call it
// after the servers have stopped. Later calls do nothing.
func (t *Tracing) Shutdown(ctx context.Context) (err error) {
	t.stop.Do(func() {
		if t.exporter != nil {
			trace.UnregisterExporter(t.exporter)
		}
		switch {
		case t.reporter != nil:
			err = t.reporter.Shutdown(ctx)
		case t.custom != nil:
			err = t.custom.Close()
		}
	})
	return err
}
