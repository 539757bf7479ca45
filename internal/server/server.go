// Package server is the tracelab server: the UI over an embedded store that
// speaks Zipkin's API, or over any Zipkin; and the workshop's own API, with the
// control stream that each process keeps open to it.
package server

import (
	"context"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/tracelab/internal/analysisapi"
	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/executions/files"
	"example.com/tracelab/internal/explain"
	"example.com/tracelab/internal/faultctl"
	"example.com/tracelab/internal/hosts"
	"example.com/tracelab/internal/httpserver"
	"example.com/tracelab/internal/recordings"
	"example.com/tracelab/internal/snapshots"
	"example.com/tracelab/internal/status"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/zipkinapi"
	"example.com/tracelab/redact"
)

// Config says what a Server shows.
type Config struct {
	// ZipkinURL is the Zipkin whose traces are shown. Empty: the server keeps
	// traces itself and answers Zipkin's API.
	ZipkinURL string
	// Store holds the traces that the server keeps itself. Nil: a new one with
	// the default bounds.
	Store *store.Store
	// API chooses how Zipkin's API answers over Store.
	API zipkinapi.Options
	// Token is what a process must show on the main listener. Empty: processes are
	// served on their own listener alone.
	Token string
	// RoomToken is what another machine must show to do what is for all, if it does not
	// show Token. Empty: nothing else is taken.
	RoomToken string
	// GatewayURL is what the empty page says to curl.
	GatewayURL string
	// AllowHosts are names, in addition to localhost and addresses, that the UI answers to.
	AllowHosts hosts.Names
}

// Server serves the UI, the API and the processes.
type Server struct {
	cfg     Config
	self    control.Registration
	control *control.Server
	reader  zipkinapi.Reader
	zipkin  *zipkinapi.Client // nil over the embedded store

	zipkinAPI *zipkinapi.Server // nil over another Zipkin
	asker     *status.Asker
	faults    *faultctl.Handlers
	snapshots *snapshots.Collector
	explainer *explain.Explainer
	analysis  *analysisapi.Handlers
	given     *files.Files // execution traces
	recorder  *recordings.Recorder
	ended     chan struct{} // closed when the server begins to stop
	end       sync.Once
}

// New makes a server; Serve runs it.
func New(cfg Config) (*Server, error) {
	cfg.GatewayURL = strings.TrimSuffix(redact.Text(cfg.GatewayURL), "/")
	s := &Server{cfg: cfg, self: control.Describe("tracelab", ""), control: control.NewServer(cfg.Token), ended: make(chan struct{})}
	if err := s.findTraces(); err != nil {
		return nil, err
	}
	s.asker = status.New(s.control.Processes)
	queue := explain.NewQueue()
	s.snapshots = snapshots.New(s.control, queue, cfg.Token)
	s.explainer = explain.New(explain.Config{Reader: s.reader, PollEvery: s.pollEvery(), Snapshots: s.snapshots, Queue: queue, Report: s.report})
	s.analysis = analysisapi.New(analysisapi.Config{Reader: s.reader, Explainer: s.explainer})
	bounds := givenBounds(debug.SetMemoryLimit(-1))
	s.given = files.New(bounds)
	s.recorder = recordings.New(recordings.Config{Processes: s.control.Processes, Send: s.control.Send, Token: cfg.Token, Keeper: s.given, Most: bounds.File})
	var err error
	s.faults, err = faultctl.New(faultctl.Config{Publish: s.control.Broadcast, Send: s.control.Send, Processes: s.control.Processes, Reader: s.reader,
		Trusted: s.isTrusted, Token: cfg.Token, GatewayURL: cfg.GatewayURL})
	return s, err
}

// findTraces sets where traces are read from.
func (s *Server) findTraces() error {
	if s.cfg.ZipkinURL != "" {
		client, err := zipkinapi.NewClient(s.cfg.ZipkinURL, &http.Client{Timeout: 10 * time.Second})
		s.reader, s.zipkin = client, client
		return err
	}
	if s.cfg.Store == nil {
		s.cfg.Store = store.New(store.Config{})
	}
	s.cfg.API.Version, s.cfg.API.ProcessMetrics = s.self.Version, s.writeMetrics
	s.reader, s.zipkinAPI = zipkinapi.Local(s.cfg.Store), zipkinapi.NewServer(s.cfg.Store, s.cfg.API)
	return nil
}

// Serve serves on main, and for processes alone on processes if it is not nil,
// until ctx ends. It closes both.
func (s *Server) Serve(ctx context.Context, main, processes net.Listener) error {
	s.self.Addr = main.Addr().String()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.serve(ctx, main, s.handler()) })
	group.Go(func() error { return s.explainer.Run(ctx) })
	if processes != nil {
		group.Go(func() error { return s.serve(ctx, processes, s.processHandler()) })
	}
	defer s.given.Close()
	return group.Wait()
}

func (s *Server) serve(ctx context.Context, ln net.Listener, h http.Handler) error {
	return httpserver.Serve(ctx, ln, h, httpserver.Options{
		ReadTimeout: 30 * time.Second, // spans and snapshots come in large bodies
		Drain:       time.Second,
		HTTP2:       true, // Zipkin's listener takes it without TLS, as gRPC needs it
		OnStop:      s.endStreams,
	})
}

// endStreams ends the answers that do not end by themselves.
func (s *Server) endStreams() {
	s.recorder.Close()
	s.control.Close()
	s.end.Do(func() { close(s.ended) })
}

func (s *Server) source() string {
	if s.zipkin != nil {
		return s.zipkinURL()
	}
	return "the embedded store"
}

// zipkinURL is that of the Zipkin whose traces are shown, for people; empty: they are
// stored here.
func (s *Server) zipkinURL() string { return redact.Text(s.cfg.ZipkinURL) }
