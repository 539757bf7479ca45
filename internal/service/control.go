package service

import (
	"context"
	"encoding/json"

	"golang.org/x/sync/errgroup"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/redact"
)

// connect keeps the control stream to the server open, if there is a server.
func (s *instance) connect(group *errgroup.Group, ctx context.Context) {
	if s.cfg.ServerURL == "" {
		return
	}
	about := s.about
	if s.listeners.debug != nil {
		about.DebugAddr = s.listeners.debug.Addr().String()
	}
	about.ReportsTo = redact.Text(s.cfg.ZipkinURL)
	about.Recorder = s.flight.Recording()
	about.Faults, about.Visits = s.cfg.AllowFaults, redact.Text(s.definition.Visits)
	describe := func() control.Registration {
		about.Sampler = s.tracing.Sampler().String()
		return about
	}
	group.Go(func() error {
		defer s.recordings.Wait()
		return control.Run(ctx, control.Config{ServerURL: s.cfg.ServerURL, Token: s.cfg.Token, Describe: describe, Changed: s.changed,
			OnMessage: func(kind string, body json.RawMessage) { s.onMessage(ctx, kind, body) }})
	})
}

// onMessage takes what the server sends.
func (s *instance) onMessage(ctx context.Context, kind string, body json.RawMessage) {
	s.injector.OnMessage(kind, body)
	s.flight.OnMessage(kind, body)
	s.onSampling(kind, body)
	s.onRecording(ctx, kind, body)
}
