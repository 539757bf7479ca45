// Package server is the tracelab server: the UI over an embedded store that
// speaks Zipkin's API, or over any Zipkin; and the workshop's own API, with the
// line that each process keeps to it.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"golang.org/x/sync/errgroup"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/faultctl"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/web"
	"example.com/tracelab/internal/zipkinapi"
)

// Config says what a Server shows.
type Config struct {
	// ZipkinURL is the Zipkin whose traces are shown. Empty: the server keeps
	// traces itself and answers Zipkin's API.
	ZipkinURL string
	// Store holds the traces that the server keeps itself. Nil: a new one with
	// the usual bounds.
	Store *store.Store
	// API chooses how Zipkin's API answers over Store.
	API zipkinapi.Options
	// Token is what a process must know to keep a line on the main listener.
	// Empty: lines are taken on the listener for lines alone.
	Token string
	// GatewayURL is what the empty page says to curl.
	GatewayURL string
	// AllowHosts are names, beside localhost and addresses, that the UI answers to.
	AllowHosts []string
}

// Server serves the UI, the API and the lines.
type Server struct {
	cfg    Config
	self   control.Registration
	hub    *control.Server
	reader zipkinapi.Reader
	api    *zipkinapi.Server // nil over another Zipkin
	zipkin *zipkinapi.Client // nil over the embedded store
	faults *faultctl.Control

	flights    *shelf
	asking     asking
	explaining *explaining
	usuals     usuals
	slow       *slow
	tagging    *tagging
}

// New makes a server; Serve runs it.
func New(cfg Config) (*Server, error) {
	s := &Server{cfg: cfg, self: control.Describe("tracelab", ""), hub: control.NewServer(cfg.Token),
		flights: newShelf(), explaining: newExplaining(), slow: newSlow(), tagging: newTagging()}
	s.asking.tell = s.hub.Send
	if cfg.ZipkinURL != "" {
		client, err := zipkinapi.NewClient(cfg.ZipkinURL, &http.Client{Timeout: 10 * time.Second})
		if err != nil {
			return nil, err
		}
		s.reader, s.zipkin = client, client
		s.faults, err = faultctl.New(s.hub.Broadcast, s.reader, cfg.GatewayURL)
		return s, err
	}
	if s.cfg.Store == nil {
		s.cfg.Store = store.New(store.Config{})
	}
	s.cfg.API.Version, s.cfg.API.ProcessMetrics = s.self.Version, s.writeMetrics
	s.reader, s.api = zipkinapi.Local(s.cfg.Store), zipkinapi.NewServer(s.cfg.Store, s.cfg.API)
	var err error
	s.faults, err = faultctl.New(s.hub.Broadcast, s.reader, cfg.GatewayURL)
	return s, err
}

// Serve serves on main, and lines alone on lines if it is not nil, until ctx
// ends. It closes both.
func (s *Server) Serve(ctx context.Context, main, lines net.Listener) error {
	s.self.Addr = main.Addr().String()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.serve(ctx, main, s.routes()) })
	group.Go(func() error { return s.explainSlow(ctx) })
	group.Go(func() error { return s.tag(ctx) })
	if lines != nil {
		mux := http.NewServeMux()
		mux.Handle("POST "+control.Path, s.hub)
		mux.HandleFunc("POST "+labapi.SnapshotsPath, s.takeFlight)
		group.Go(func() error { return s.serve(ctx, lines, mux) })
	}
	return group.Wait()
}

func (s *Server) serve(ctx context.Context, ln net.Listener, h http.Handler) error {
	// Zipkin's listener takes HTTP/2 without TLS too, as gRPC wants it.
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	srv := &http.Server{
		Protocols:         &protocols,
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    128 << 10,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
	}
	ended := make(chan struct{})
	defer context.AfterFunc(ctx, func() {
		defer close(ended)
		s.hub.Close() // lines never end by themselves
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if srv.Shutdown(drain) != nil {
			srv.Close()
		}
	})()
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-ended
	return nil
}

// routes lists all that the main listener serves. What the browser of a
// stranger must not reach is behind the UI's check of the host.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	ui := web.New(web.Config{Reader: s.reader, Source: s.source(), GatewayURL: s.cfg.GatewayURL, UsualServers: labapi.DefaultServers(), AllowHosts: s.cfg.AllowHosts})
	if !s.cfg.API.QueryDisabled {
		ui.Routes(mux)
	}
	own := func(pattern string, h http.Handler) {
		mux.Handle(pattern, ui.CheckHost(http.NewCrossOriginProtection().Handler(h)))
	}
	own("GET "+labapi.StackPath, http.HandlerFunc(s.stack))
	own("POST "+labapi.DoctorPath, http.HandlerFunc(s.doctor))
	own("GET "+labapi.FaultsPath, http.HandlerFunc(s.faults.Show))
	own("POST "+labapi.FaultsPath, s.trusted(s.faults.SwitchOn))
	own("DELETE "+labapi.FaultsPath, s.trusted(s.faults.SwitchOff))
	own("POST "+labapi.MysteryPath, s.trusted(s.faults.StartMystery))
	own("POST "+labapi.MysteryAnswerPath, s.trusted(s.faults.AnswerMystery))
	own("POST "+labapi.MysteryHintPath, s.trusted(s.faults.HintMystery))
	own("GET "+labapi.SpansPath, http.HandlerFunc(s.spans))
	own("POST "+labapi.SpansPath, s.collector())
	if s.cfg.Token != "" {
		own("POST "+control.Path, s.hub)
		own("POST "+labapi.SnapshotsPath, http.HandlerFunc(s.takeFlight))
	}
	own("GET "+labapi.SnapshotsPath, s.trusted(s.listFlights))
	own("GET "+labapi.SnapshotsPath+"/{id}", s.trusted(s.downloadFlight))
	own("GET "+labapi.WhyPath, http.HandlerFunc(s.whyOf))
	own("GET "+labapi.WhyPath+"/{trace}", http.HandlerFunc(s.why))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		httpapi.WriteJSON(w, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", s.ready)
	if s.api != nil {
		mux.Handle("/", s.api)   // which says of the rest what Zipkin says
		return s.api.Before(mux) // it has /metrics and /prometheus too
	}
	mux.HandleFunc("GET /metrics", s.metrics)
	mux.HandleFunc("GET /prometheus", s.metrics)
	return mux
}

func (s *Server) source() string {
	if s.zipkin != nil {
		return s.cfg.ZipkinURL
	}
	return "the embedded store"
}

// ready says whether traces can be read.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if s.zipkin != nil {
		if err := s.zipkin.Health(r.Context()); err != nil {
			httpapi.WriteJSONStatus(w, http.StatusServiceUnavailable, map[string]string{"status": "not ready", "zipkin": err.Error()})
			return
		}
	}
	httpapi.WriteJSON(w, map[string]string{"status": "ready"})
}

func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	s.writeMetrics(w)
}

// writeMetrics writes the figures of this process.
func (s *Server) writeMetrics(w io.Writer) {
	fmt.Fprintf(w, "tracelab_lines %d\n", len(s.hub.Processes()))
	s.flights.writeMetrics(w)
	s.asking.writeMetrics(w)
	s.explaining.writeMetrics(w)
	s.slow.writeMetrics(w)
	s.tagging.writeMetrics(w)
	metrics.WriteProcessMetrics(w)
	metrics.WriteFDMetrics(w)
}
