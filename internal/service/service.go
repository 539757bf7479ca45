// Package service is what every service of the workshop has: configuration,
// an HTTP server with limits, health, metrics and a debug port, tracing, logs
// with trace ids, a control stream to the tracelab server, and an orderly end.
package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/flight"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/httpserver"
	"example.com/tracelab/internal/injector"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/metrics"
	"example.com/tracelab/internal/reporting"
	"example.com/tracelab/tracing"
)

// Definition is what one service adds to what all have.
type Definition struct {
	Routes []httpapi.Route
	Ready  []httpapi.Check
	// Home, if set, answers GET /. It is not traced: it only says what can be asked.
	Home httpapi.HandlerFunc
	// EntryPoint says that requests enter the workshop here: faults that are
	// switched on for all requests are decided for each of them, once, and their spans
	// have tags for who sent them.
	EntryPoint bool
	// Visits, if set, is the URL of what requests visit that name none.
	Visits string
	// TraceURL, if set, is the page of a request's trace, or empty where there is
	// none; problem documents link to it.
	TraceURL httpapi.TraceURL
	// Metrics, if set, adds metrics of its own to those of the process.
	Metrics func(*metrics.Page)
	// Background, if set, runs together with the server until its context ends; its error
	// ends the service.
	Background func(context.Context) error
	// Close, if set, frees what the service holds, after the last request.
	Close func() error
}

// Run serves as name until ctx ends, then finishes what is under way, reports
// the last spans and returns. build makes the definition once logs and tracing work.
func Run(ctx context.Context, name string, cfg Config, build func() (Definition, error)) error {
	if cfg.Healthcheck {
		return httpapi.Healthcheck(ctx, cfg.Addr)
	}
	logger, err := cfg.Config.New(cmp.Or[io.Writer](cfg.Log, os.Stderr), name)
	if err != nil {
		return err
	}
	if cfg.ServerURL != "" {
		if cfg.ServerURL, err = labapi.BaseURL(cfg.ServerURL); err != nil {
			return wrongConfig{fmt.Errorf("--server-url: %w", err)}
		}
	}
	slog.SetDefault(logger)
	listeners, err := listen(cfg)
	if err != nil {
		return err
	}
	defer listeners.close()
	s := &instance{name: name, cfg: cfg, about: control.Describe(name, listeners.main.Addr().String()), listeners: listeners, changed: make(chan struct{}, 1)}
	if err := s.startFlight(); err != nil {
		return err
	}
	defer s.stopFlight()
	if err := s.startTracing(logger); err != nil {
		return err
	}
	if s.definition, err = build(); err != nil {
		return errors.Join(wrongConfig{err}, s.tracing.Shutdown(ctx))
	}
	s.injector = injector.New(injector.Options{Service: name, Allowed: cfg.AllowFaults, EntryPoint: s.definition.EntryPoint, Post: s.answerServer})
	return s.run(ctx)
}

// instance is one running service.
type instance struct {
	name       string
	cfg        Config
	about      control.Registration
	definition Definition
	tracing    *tracing.Provider
	reporter   *reporting.Reporter // nil without a Zipkin
	flight     *flight.Recorder
	listeners  listeners
	changed    chan struct{} // holds a token when the server is to learn of a change
	injector   *injector.Injector
	recordings sync.WaitGroup // that the server asked for
}

// run serves. The order of its end matters: first no new requests, then no work,
// then no connections, and the spans of it all last.
func (s *instance) run(ctx context.Context) error {
	ctx = reporting.NewContext(injector.NewContext(ctx, s.injector), s.reporter)
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	requests := context.WithoutCancel(ctx) // they are finished, not cut off
	main := httpserver.New(s.handler(ctx.Done()), httpserver.Options{BaseContext: requests})
	group, failed := errgroup.WithContext(work)
	serving, end := context.WithCancel(failed)
	defer context.AfterFunc(ctx, end)()
	group.Go(func() error { return main.Serve(s.listeners.main) })
	if s.listeners.debug != nil {
		group.Go(func() error {
			return httpserver.Serve(serving, s.listeners.debug, s.debugRoutes(), debugOptions(requests))
		})
	}
	if s.definition.Background != nil {
		group.Go(func() error { return s.definition.Background(failed) })
	}
	s.connect(group, failed)
	slog.Info("serving", "addr", s.listeners.main.Addr().String(), "sampler", s.tracing.Sampler().String())
	<-serving.Done()
	return s.stop(main, stopWork, group)
}

// stop gives requests three quarters of the time, so that spans have the rest.
func (s *instance) stop(main *httpserver.Server, stopWork func(), group *errgroup.Group) error {
	ctx, cancel := context.WithTimeout(context.Background(), s.cfg.StopWithin)
	defer cancel()
	drain, done := context.WithTimeout(ctx, s.cfg.StopWithin*3/4)
	defer done()
	main.Stop(drain)
	stopWork()
	err := group.Wait()
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	if s.definition.Close != nil {
		err = errors.Join(err, s.definition.Close())
	}
	s.stopFlight()
	if lost := s.tracing.Shutdown(ctx); lost != nil {
		slog.Warn("the last spans could not be reported", "err", lost)
	}
	slog.Info("stopped")
	return err
}

// handler serves the main port: the routes, traced, and the health
// checks and metrics, untraced.
func (s *instance) handler(stopping <-chan struct{}) http.Handler {
	durations := httpapi.NewRequestDurations()
	h := httpapi.Health{Checks: s.definition.Ready, Stopping: stopping}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.Alive)
	mux.HandleFunc("GET /readyz", h.Ready)
	mux.Handle("GET /metrics", metrics.Handler(func(p *metrics.Page) { s.writeMetrics(p, durations) }))
	if home := s.definition.Home; home != nil {
		only := []httpapi.Route{{Pattern: "GET /{$}", Handler: httpapi.ForTerminals(httpapi.Query(home))}}
		mux.Handle("GET /{$}", httpapi.NewRouter(only, httpapi.Options{}))
	}
	router := httpapi.NewRouter(s.definition.Routes, httpapi.Options{Durations: durations, TraceURL: s.definition.TraceURL, Admit: s.admit})
	mux.Handle("/", s.injector.Handler(tracing.Handler(router)))
	return mux
}

// admit decides about a request before its handler sees it.
func (s *instance) admit(r *http.Request) (*http.Request, error) {
	if s.definition.EntryPoint {
		tagCaller(r.Context())
	}
	return s.injector.Admit(r)
}

// Arrived returns the context of work that did not come by HTTP, such as a queued
// message with baggage: as that of a request that was admitted.
func Arrived(ctx context.Context, baggage string) context.Context {
	return injector.Queued(ctx, baggage)
}
