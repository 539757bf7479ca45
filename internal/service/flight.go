package service

import (
	"context"
	"fmt"
	"log/slog"
	"mime"
	"net/http"

	"example.com/tracelab/internal/flight"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/reporting"
	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/reporter"
)

// startFlight has the execution recorded, if it is to be. A service whose
// recorder does not start does without.
func (s *instance) startFlight() error {
	slow, err := flight.ParseSlow(s.cfg.Slow)
	if err != nil {
		return fmt.Errorf("--slow: %w", err)
	}
	s.flight = flight.New(flight.Config{Service: s.name, Instance: s.about.Instance, Host: s.about.Host,
		ServerURL: s.cfg.ServerURL, Token: s.cfg.Token, Slow: slow})
	if !s.cfg.Flight {
		return nil
	}
	if err := s.flight.Start(); err != nil {
		slog.Warn("the execution is not recorded", "err", err)
	}
	return nil
}

// startTracing starts tracing: spans are reported, and the recorder, if it
// runs, observes requests.
func (s *instance) startTracing(logger *slog.Logger) (err error) {
	cfg := tracing.Config{Service: s.name, Sampler: s.cfg.Sampler, TrustedProxies: s.cfg.TrustedProxies}
	if s.cfg.ZipkinURL != "" {
		if s.reporter, err = reporting.New(reporter.Config{URL: s.cfg.ZipkinURL, Logger: logger}); err != nil {
			return wrongConfig{fmt.Errorf("--zipkin-url: %w", err)}
		}
		cfg.Reporter = s.reporter
	}
	if s.flight.Recording() {
		cfg.RootObserver = s.flight
	}
	s.tracing, err = tracing.Start(cfg)
	return err
}

// stopFlight gives the last snapshots a part of the time, so that spans have the
// rest. It may be called again.
func (s *instance) stopFlight() {
	if s.flight.Recording() {
		ctx, cancel := context.WithTimeout(context.Background(), s.cfg.StopWithin/8)
		defer cancel()
		s.flight.Stop(ctx)
	}
}

// takeFlight answers with the execution trace of the last seconds.
func (s *instance) takeFlight(w http.ResponseWriter, r *http.Request) error {
	body, err := s.flight.Take(r.Context())
	if err != nil {
		code := httpapi.Unavailable
		if r.Context().Err() != nil {
			code = httpapi.Canceled
		}
		return &httpapi.Error{Code: code, Detail: err.Error()}
	}
	name := s.name + "-" + s.about.Instance + ".trace"
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Write(body)
	return nil
}
