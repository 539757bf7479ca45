package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkinapi"
	"example.com/tracelab/redact"
)

// spans sends everything there is, as archive.Write writes it. An answer that
// ends early breaks the connection, so that no one takes it for whole.
func (s *Server) spans(w http.ResponseWriter, r *http.Request) error {
	all := s.all(r.Context())
	if text := r.URL.Query().Get("trace"); text != "" {
		spans, err := s.spansOf(r.Context(), text)
		if err != nil {
			return err
		}
		all = func(yield func([]zipkin.Span, error) bool) { yield(spans, nil) }
	}
	w.Header().Set("Content-Type", "application/json")
	n, err := archive.Write(httpapi.Stream(w, time.Minute), all)
	if err != nil {
		if r.Context().Err() == nil {
			slog.WarnContext(r.Context(), "spans not sent whole", "sent", n, "err", err)
		}
		panic(http.ErrAbortHandler)
	}
	return nil
}

// spansOf are those of one trace, partial ones and all. There may be none.
func (s *Server) spansOf(ctx context.Context, text string) ([]zipkin.Span, error) {
	id, err := labapi.ParseTraceID(text)
	if err != nil {
		return nil, httpapi.InvalidField("trace", "%v", err)
	}
	spans, err := s.reader.Trace(ctx, id)
	if err != nil && !errors.Is(err, zipkinapi.ErrNotFound) {
		return nil, httpapi.Failed("zipkin", httpapi.Unreachable, err)
	}
	return spans, nil
}

func (s *Server) all(ctx context.Context) archive.Spans {
	if s.zipkin != nil {
		return s.zipkin.All(ctx)
	}
	return archive.Of(s.cfg.Store.All())
}

// report stores spans where the reader reads them.
func (s *Server) report(ctx context.Context, spans []zipkin.Span) error {
	if s.zipkin != nil {
		return s.zipkin.Report(ctx, spans)
	}
	s.cfg.Store.Add(spans)
	return nil
}

// pollEvery is how often it is worth to look whether spans have come.
func (s *Server) pollEvery() time.Duration {
	if s.zipkin != nil {
		return 100 * time.Millisecond
	}
	return 10 * time.Millisecond
}

// spanCollector stores what is posted as Zipkin's own POST does: in the server, or
// in the Zipkin that it shows.
func (s *Server) spanCollector() http.Handler {
	const path = "/api/v2/spans"
	if s.zipkinAPI != nil {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.URL.Path, r.URL.RawPath = path, ""
			s.zipkinAPI.ServeHTTP(w, r)
		})
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Path, r.Out.URL.RawPath = path, ""
			r.SetURL(s.zipkin.URL())
			if user := s.zipkin.URL().User; user != nil {
				password, _ := user.Password()
				r.Out.SetBasicAuth(user.Username(), password)
			}
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, fmt.Sprintf("the Zipkin at %s takes no spans: %v", s.zipkinURL(), redact.Error(err)), http.StatusBadGateway)
		},
	}
}
