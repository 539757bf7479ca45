// Package httpserver makes the HTTP servers of every program here, with the same
// bounds on what a client can hold up, and ends them in the same way.
package httpserver

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Unlimited is the timeout of what has none.
const Unlimited time.Duration = -1

// Options are what servers differ in. The zero value is ready.
type Options struct {
	// ReadTimeout is for a request with its body; zero: 10 s.
	ReadTimeout time.Duration
	// WriteTimeout is for a request and its response; zero: one minute.
	WriteTimeout time.Duration
	// Drain is how long requests may take to finish when Serve ends. Zero: their
	// connections are closed at once.
	Drain time.Duration
	// BaseContext is the context of all requests. Nil: one that does not end.
	BaseContext context.Context
	// HTTP2 accepts HTTP/2 without TLS, in addition to HTTP/1.
	HTTP2 bool
	// OnStop, if set, is called when the server begins to stop, to end responses
	// that do not end by themselves.
	OnStop func()
}

// Server is an HTTP server.
type Server struct {
	http    *http.Server
	options Options
}

// New returns a server of h.
func New(h http.Handler, o Options) *Server {
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       cmp.Or(o.ReadTimeout, 10*time.Second),
		WriteTimeout:      cmp.Or(o.WriteTimeout, time.Minute),
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    128 << 10,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
		Protocols:         protocols(o.HTTP2),
	}
	if o.BaseContext != nil {
		s.BaseContext = func(net.Listener) context.Context { return o.BaseContext }
	}
	return &Server{s, o}
}

func protocols(http2 bool) *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	p.SetUnencryptedHTTP2(http2)
	return p
}

// Serve serves on ln, which it closes. It returns nil once Stop is called; what
// is under way may then still be.
func (s *Server) Serve(ln net.Listener) error {
	if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Stop takes no more requests, waits until ctx ends for those under way, and then
// closes their connections.
func (s *Server) Stop(ctx context.Context) {
	if s.options.OnStop != nil {
		s.options.OnStop()
	}
	if s.http.Shutdown(ctx) != nil {
		s.http.Close()
	}
}

// Serve serves h on ln, which it closes, until ctx ends. It returns once the
// server has stopped.
func Serve(ctx context.Context, ln net.Listener, h http.Handler, o Options) error {
	s := New(h, o)
	stopped := make(chan struct{})
	defer context.AfterFunc(ctx, func() {
		defer close(stopped)
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.Drain)
		defer cancel()
		s.Stop(drain)
	})()
	err := s.Serve(ln)
	if err == nil {
		<-stopped
	}
	return err
}
