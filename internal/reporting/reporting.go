// Package reporting is how a service reports its spans: by a reporter.Reporter,
// and those of single traces on Terms of their own.
//
// The Reporter travels in the context of a service's work, so that several
// services can run in one test.
package reporting

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/openzipkin/zipkin-go/model"
	zipkin "github.com/openzipkin/zipkin-go/reporter"

	"example.com/tracelab/tracing/reporter"
)

// Backend has the methods of a *reporter.Reporter.
type Backend interface {
	zipkin.Reporter
	Flush(context.Context) error
	Shutdown(context.Context) error
	Stats() reporter.Stats
}

// Reporter is a Backend that hands spans to another one, on the Terms of their
// trace.
type Reporter struct {
	Backend
	terms termsByTrace

	cfg       reporter.Config // of Backend
	startFull sync.Once
	full      atomic.Pointer[reporter.Reporter] // has room for no span; nil until there is one to drop
}

// New starts a reporter.Reporter and returns a Reporter that hands spans to it.
func New(cfg reporter.Config) (*Reporter, error) {
	backend, err := reporter.New(cfg)
	if err != nil {
		return nil, err
	}
	return &Reporter{Backend: backend, cfg: cfg}, nil
}

// Wrap returns a Reporter that hands spans to a backend without a queue: for it,
// Terms.QueueFull has no meaning.
func Wrap(backend Backend) *Reporter { return &Reporter{Backend: backend} }

// Send hands the span on, on the terms of its trace.
func (r *Reporter) Send(s model.SpanModel) {
	terms := r.terms.of(s.TraceID)
	if full := r.full.Load(); terms.QueueFull && full != nil {
		full.Send(s)
		return
	}
	if terms.ClockOffset != 0 {
		s.Timestamp = s.Timestamp.Add(terms.ClockOffset)
		s.Annotations = slices.Clone(s.Annotations)
		for i := range s.Annotations {
			s.Annotations[i].Timestamp = s.Annotations[i].Timestamp.Add(terms.ClockOffset)
		}
	}
	r.Backend.Send(s)
}

// SendEnded hands the span on, without its model while no trace has Terms of its own.
func (r *Reporter) SendEnded(e reporter.Ended) {
	later, ok := r.Backend.(interface{ SendEnded(reporter.Ended) })
	if !ok || r.terms.some.Load() {
		e.SendTo(r)
		return
	}
	later.SendEnded(e)
}

// Stats counts all spans that were sent.
func (r *Reporter) Stats() reporter.Stats {
	s := r.Backend.Stats()
	full := r.full.Load()
	if full == nil {
		return s
	}
	also := full.Stats() // has delivered none, and none is queued
	s.Accepted += also.Accepted
	for reason, n := range also.Dropped {
		s.Dropped[reason] += n
	}
	return s
}

// Shutdown shuts the backend down.
func (r *Reporter) Shutdown(ctx context.Context) error {
	err := r.Backend.Shutdown(ctx)
	if full := r.full.Load(); full != nil {
		err = errors.Join(err, full.Shutdown(ctx))
	}
	return err
}

// makeFull starts a reporter whose queue is full, once. Its drops are counted and
// logged as any reporter's are.
func (r *Reporter) makeFull() {
	if r.cfg.URL == "" {
		return
	}
	r.startFull.Do(func() {
		cfg := r.cfg
		cfg.MaxSpans = -1
		if full, err := reporter.New(cfg); err == nil { // as it was for the backend
			r.full.Store(full)
		}
	})
}
