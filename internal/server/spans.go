package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"time"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/httpapi"
)

// spans sends everything there is, as archive.Write writes it. An answer that
// ends early breaks the connection, so that no one takes it for whole.
func (s *Server) spans(w http.ResponseWriter, r *http.Request) {
	all := s.all(r.Context())
	if text := r.URL.Query().Get("trace"); text != "" {
		spans, err := s.spansOf(r.Context(), text)
		if err != nil {
			httpapi.WriteError(w, r, err)
			return
		}
		all = func(yield func([]zipkin.Span, error) bool) { yield(spans, nil) }
	}
	w.Header().Set("Content-Type", "application/json")
	n, err := archive.Write(patient{w, http.NewResponseController(w)}, all)
	if err != nil {
		if r.Context().Err() == nil {
			slog.ErrorContext(r.Context(), "spans not sent whole", "sent", n, "err", err)
		}
		panic(http.ErrAbortHandler)
	}
}

// spansOf are those of one trace, pieces of spans and all. There may be none.
func (s *Server) spansOf(ctx context.Context, text string) ([]zipkin.Span, error) {
	id, err := parseTrace(text)
	if err != nil {
		return nil, err
	}
	e := evidence{id: id}
	if err := e.read(ctx, s.reader); err != nil {
		return nil, httpapi.Failed("zipkin", httpapi.Unreachable, err)
	}
	return e.spans, nil
}

func (s *Server) all(ctx context.Context) archive.Spans {
	if s.zipkin != nil {
		return s.zipkin.All(ctx)
	}
	return archive.Of(s.cfg.Store.All())
}

// patient is an answer as long as it takes, whose reader takes something all
// the time.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (p patient) Write(b []byte) (int, error) {
	p.control.SetWriteDeadline(time.Now().Add(time.Minute))
	return p.ResponseWriter.Write(b)
}

// collector stores what is posted as Zipkin's own POST does: in the server, or
// in the Zipkin that it shows.
func (s *Server) collector() http.Handler {
	const path = "/api/v2/spans"
	if s.api != nil {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.URL.Path, r.URL.RawPath = path, ""
			s.api.ServeHTTP(w, r)
		})
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Path, r.Out.URL.RawPath = path, ""
			r.SetURL(s.zipkin.URL())
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, fmt.Sprintf("the Zipkin at %s takes no spans: %v", s.cfg.ZipkinURL, err), http.StatusBadGateway)
		},
	}
}
