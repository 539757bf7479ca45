// Package tracing gives a service distributed traces: OpenCensus spans, the
// context carried in HTTP headers, and finished spans reported to Zipkin.
//
// A process calls Start once, wraps its HTTP handler with Handler and its
// clients with Transport, and opens spans of its own with OpenCensus:
//
//	provider, err := tracing.Start(tracing.Config{Service: "shop", ZipkinURL: "http://localhost:9411", Sampler: "always"})
//	if err != nil { … }
//	defer provider.Shutdown(ctx) // after http.Server.Shutdown: what ends the process at once loses the last spans
//	http.ListenAndServe(addr, tracing.Handler(mux))
//
//	ctx, span := trace.StartSpan(ctx, "price") // go.opencensus.io/trace
//	defer span.End()
//
// # What is carried
//
// In come B3 in a single header, B3 in several, and W3C traceparent: the parent is
// that of the first of these with readable ids, the decision that of the first
// with a readable decision. Out go B3 in several headers and traceparent, with the
// caller's tracestate and baggage. The caller's decision stands: sampled, not
// sampled or debug. Ids of 64 bits stay 64 bits. Headers that cannot be read are as
// if they were absent, and are counted.
//
// # What is kept
//
// Start puts a tracer of its own in OpenCensus's place, through the variable
// trace.DefaultTracer, and Shutdown has OpenCensus's own work again. OpenCensus's API means what it always did, with three
// exceptions: exporters registered with trace.RegisterExporter and the
// configuration of trace.ApplyConfig belong to OpenCensus's own tracer and have
// no part; the sampler is this package's; and links, which Zipkin does not
// have, are annotations. A span is bounded; its tags say how much was dropped.
//
// A sampled parent is kept, by whatever way its span context came. What OpenCensus
// carries does not tell "not sampled" from "not decided": there the sampler is
// asked, as OpenCensus's is. trace.WithSampler is asked in every case.
//
// # What is lost
//
// Nothing, without a count: see Stats.
//
// One process has one service name and one Provider at a time.
package tracing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/openzipkin/zipkin-go/model"
	zipkin "github.com/openzipkin/zipkin-go/reporter"

	"example.com/tracelab/tracing/reporter"
)

// Config says how a process traces.
type Config struct {
	// Service is the name of this process in every span it reports. Required.
	Service string
	// ZipkinURL is the base URL of a Zipkin server, such as
	// http://localhost:9411. Without it (and without Reporter) spans carry their
	// ids onward and are not reported. A user and a password in it are sent as basic
	// authentication, and shown nowhere.
	ZipkinURL string
	// Sampler says which new traces to record, in a form that ParseSampler reads.
	Sampler string
	// Reporter takes the finished spans instead of one that posts to ZipkinURL.
	// Shutdown closes it, by its method Shutdown(context.Context) error if it has
	// one. Its methods Flush and Stats, if they are those of a *reporter.Reporter,
	// serve this package's. Send is called on the goroutine that ends the span; a
	// reporter with the method SendEnded of a *reporter.Reporter is given most
	// spans by that.
	Reporter zipkin.Reporter
	// TrustedProxies is how many proxies, one behind the other, stand before this
	// server and add the address that called them to the header X-Forwarded-For. With
	// them a SERVER span's remoteEndpoint is the address that called the first of them; what
	// stands in the header before their entries is not believed. Zero leaves the header
	// alone: the remoteEndpoint is where the connection comes from.
	TrustedProxies int
	// RootObserver, if not nil, is called when this process begins and ends to work
	// for a trace.
	RootObserver RootObserver
	// Logger takes at most one line a minute about spans that wait because the collector
	// does not take them, and one about spans that were lost, where ZipkinURL is used. Nil
	// is slog.Default().
	Logger *slog.Logger
}

// Provider is the running tracing of a process. Shutdown ends it.
type Provider struct {
	tracer *tracer
	stop   sync.Once
}

// Start makes this process trace: OpenCensus's functions, Handler and
// Transport, from now on until Shutdown. Call it before the first request.
//
// The first Start of a process writes the variable trace.DefaultTracer, which OpenCensus
// reads without a lock: call it before other goroutines use OpenCensus. Shutdown and later
// Starts do not write it, and may come at any time. Other code must not write it after that.
//
// It returns an error where cfg has no Service, or a Sampler, a ZipkinURL or
// TrustedProxies that make no sense, and where this process traces already; it then shuts
// cfg.Reporter down. A Zipkin that does not answer is no error.
func Start(cfg Config) (*Provider, error) {
	if cfg.Service == "" {
		return nil, errors.New("tracing: Config.Service is empty: every span needs the name of its service")
	}
	if cfg.TrustedProxies < 0 {
		return nil, fmt.Errorf("tracing: Config.TrustedProxies is %d: want how many proxies add to X-Forwarded-For, or 0", cfg.TrustedProxies)
	}
	sampler, err := ParseSampler(cfg.Sampler)
	if err != nil {
		return nil, err
	}
	to := cfg.Reporter
	if to == nil && cfg.ZipkinURL != "" {
		if to, err = reporter.New(reporter.Config{URL: cfg.ZipkinURL, Logger: cfg.Logger}); err != nil {
			return nil, fmt.Errorf("tracing: %w", err)
		}
	}
	p := &Provider{tracer: &tracer{reporter: to, roots: cfg.RootObserver, local: &model.Endpoint{ServiceName: cfg.Service}, proxies: cfg.TrustedProxies}}
	p.tracer.sampler.Store(sampler)
	if !active.CompareAndSwap(nil, p.tracer) {
		return nil, errors.Join(errors.New("tracing: this process traces already: shut that down first"), p.close(context.Background()))
	}
	install()
	return p, nil
}

// Sampler returns the sampler in force.
func (p *Provider) Sampler() *Sampler { return p.tracer.sampler.Load() }

// SetSampler changes the sampler for the traces that begin from now on. Nil
// records all of them, as the empty text of ParseSampler does.
func (p *Provider) SetSampler(s *Sampler) {
	if s == nil {
		s, _ = ParseSampler("") // which is no error
	}
	p.tracer.sampler.Store(s)
}

// Shutdown reports what is queued, until ctx ends, and stops tracing. Call it
// after the servers have stopped. Later calls do nothing.
//
// Its error is that of the reporter: of the one that posts to ZipkinURL, the error
// of ctx when it ended before all was settled. Nil does not say that Zipkin took
// every span: Stats does.
func (p *Provider) Shutdown(ctx context.Context) (err error) {
	p.stop.Do(func() {
		active.Store(nil)
		err = p.close(ctx)
	})
	return err
}

func (p *Provider) close(ctx context.Context) error {
	switch r := p.tracer.reporter.(type) {
	case nil:
		return nil
	case interface{ Shutdown(context.Context) error }:
		return r.Shutdown(ctx)
	default:
		return r.Close()
	}
}
