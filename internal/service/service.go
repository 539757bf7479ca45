// Package service is what every service of the workshop has: configuration,
// an HTTP server with limits, health, metrics and a debug port, tracing, logs
// with trace ids, a control stream to the tracelab server, and an orderly end.
package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"

	"github.com/VictoriaMetrics/metrics"
	"golang.org/x/sync/errgroup"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/flight"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/httpserver"
	"example.com/tracelab/internal/reporting"
	"example.com/tracelab/tracing"
)

// Parts is what one service adds to what all have.
type Parts struct {
	Routes []httpapi.Route
	Ready  []httpapi.Check
	// Door says that requests enter the workshop here: faults that are switched on
	// for everybody are decided for each of them, once, and their spans tell who
	// sent them.
	Door bool
	// TraceURL, if set, is the page of a request's trace, or empty where there is
	// none; answers that tell of an error link to it.
	TraceURL httpapi.TraceURL
	// Background, if set, runs beside the server until its context ends; its error
	// ends the service.
	Background func(context.Context) error
	// Close, if set, frees what the service holds, after the last request.
	Close func() error
}

// Run serves as name until ctx ends, then finishes what is under way, reports
// the last spans and returns. build makes the parts once logs and tracing work.
func Run(ctx context.Context, name string, cfg Config, build func() (Parts, error)) error {
	if cfg.Healthcheck {
		return httpapi.Healthcheck(ctx, cfg.Addr)
	}
	logger, err := NewLogger(os.Stderr, cfg.LogFormat, cfg.LogLevel, name)
	if err != nil {
		return err
	}
	slog.SetDefault(logger)
	listeners, err := listen(cfg)
	if err != nil {
		return err
	}
	defer listeners.close()
	s := &running{name: name, cfg: cfg, about: control.Describe(name, listeners.main.Addr().String()), listeners: listeners, changed: make(chan struct{}, 1)}
	if err := s.startFlight(); err != nil {
		return err
	}
	defer s.stopFlight()
	if err := s.startTracing(logger); err != nil {
		return err
	}
	if s.parts, err = build(); err != nil {
		return errors.Join(err, s.tracing.Shutdown(ctx))
	}
	s.faulty = &faulty{service: name, allowed: cfg.AllowFaults, door: s.parts.Door}
	return s.run(ctx)
}

type running struct {
	name      string
	cfg       Config
	about     control.Registration
	parts     Parts
	tracing   *tracing.Provider
	reporter  *reporting.Reporter // nil without a Zipkin
	flight    *flight.Recorder
	listeners listeners
	changed   chan struct{} // holds a token when the server has something new to hear
	faulty    *faulty
}

// listeners are open before anything else starts, so that a taken port is the
// first and only thing that goes wrong.
type listeners struct{ main, debug net.Listener }

func listen(cfg Config) (l listeners, err error) {
	if l.main, err = net.Listen("tcp", cfg.Addr); err != nil {
		return l, fmt.Errorf("--addr %s: %w", cfg.Addr, err)
	}
	if cfg.DebugAddr == "" {
		return l, nil
	}
	if l.debug, err = net.Listen("tcp", cfg.DebugAddr); err != nil {
		l.close()
		return l, fmt.Errorf("--debug-addr %s: %w", cfg.DebugAddr, err)
	}
	return l, nil
}

func (l listeners) close() {
	for _, ln := range []net.Listener{l.main, l.debug} {
		if ln != nil {
			ln.Close()
		}
	}
}

// run is the life of a service. The order of its end matters: first no new
// requests, then no work, then no connections, and the spans of it all last.
func (s *running) run(ctx context.Context) error {
	ctx = reporting.NewContext(context.WithValue(ctx, faultyKey{}, s.faulty), s.reporter)
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	requests := context.WithoutCancel(ctx) // they are finished, not cut off
	main := httpserver.New(s.handler(ctx.Done()), httpserver.Options{BaseContext: requests})
	group, failed := errgroup.WithContext(work)
	running, end := context.WithCancel(failed)
	defer context.AfterFunc(ctx, end)()
	group.Go(func() error { return main.Serve(s.listeners.main) })
	if s.listeners.debug != nil {
		group.Go(func() error {
			return httpserver.Serve(running, s.listeners.debug, s.debugRoutes(), debugOptions(requests))
		})
	}
	if s.parts.Background != nil {
		group.Go(func() error { return s.parts.Background(failed) })
	}
	s.connect(group, failed)
	slog.Info("serving", "addr", s.listeners.main.Addr().String(), "sampler", s.tracing.Sampler().String())
	<-running.Done()
	return s.stop(main, stopWork, group)
}

// stop gives requests three quarters of the time, so that spans have the rest.
func (s *running) stop(main *httpserver.Server, stopWork func(), group *errgroup.Group) error {
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
	if s.parts.Close != nil {
		err = errors.Join(err, s.parts.Close())
	}
	s.stopFlight()
	if lost := s.tracing.Shutdown(ctx); lost != nil {
		slog.Warn("the last spans could not be reported", "err", lost)
	}
	slog.Info("stopped")
	return err
}

// handler is the service's port: its routes traced, and beside them what
// machines ask for all the time, untraced.
func (s *running) handler(stopping <-chan struct{}) http.Handler {
	set := metrics.NewSet()
	h := httpapi.Health{Checks: s.parts.Ready, Stopping: stopping}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.Alive)
	mux.HandleFunc("GET /readyz", h.Ready)
	mux.Handle("GET /metrics", serveMetrics(set, s.tracing, s.flight))
	mux.Handle("/", tracing.Handler(httpapi.NewRouter(s.parts.Routes, httpapi.Options{Metrics: set, TraceURL: s.parts.TraceURL, Admit: s.admit})))
	return mux
}

// admit is the router's admission.
func (s *running) admit(r *http.Request) (*http.Request, error) {
	if s.parts.Door {
		tellWho(r.Context())
	}
	return s.faulty.admit(r)
}

func (s *running) connect(group *errgroup.Group, ctx context.Context) {
	if s.cfg.ServerURL == "" {
		return
	}
	about := s.about
	if s.listeners.debug != nil {
		about.DebugAddr = s.listeners.debug.Addr().String()
	}
	if u, err := url.Parse(s.cfg.ZipkinURL); err == nil {
		about.ReportsTo = tracing.SafeURL(u)
	}
	about.Recorder = s.flight.Recording()
	describe := func() control.Registration {
		about.Sampler = s.tracing.Sampler().String()
		return about
	}
	group.Go(func() error {
		return control.Run(ctx, control.Config{ServerURL: s.cfg.ServerURL, Token: s.cfg.Token, Describe: describe, Changed: s.changed, OnMessage: s.heard})
	})
}

// heard takes what the server sends.
func (s *running) heard(kind string, body json.RawMessage) {
	s.faulty.heard(kind, body)
	s.flight.OnMessage(kind, body)
}
