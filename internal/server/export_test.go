package server

import (
	"context"
	"net/http"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/labapi"
)

// Handler is what the main listener serves.
func (s *Server) Handler() http.Handler { return s.routes() }

// AwaitFiled waits until every snapshot that was taken is kept.
func (s *Server) AwaitFiled() {
	s.flights.arriving.Acquire(context.Background(), maxArriving)
	s.flights.arriving.Release(maxArriving)
}

// ExplainNow explains from what there is, without asking or waiting.
func (s *Server) ExplainNow(ctx context.Context, id zipkin.TraceID) (*labapi.Explanation, error) {
	e := &evidence{id: id, flights: s.flights.best(id)}
	if err := e.read(ctx, s.reader); err != nil {
		return nil, err
	}
	return s.conclude(ctx, s.complete(e), explained{trace: id})
}

// Failed counts what was survived.
func (s *Server) Failed() int64 { return s.explaining.failed.Load() }
