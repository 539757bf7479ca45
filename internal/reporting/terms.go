package reporting

import (
	"context"
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"
)

// Terms are how the spans of a trace are reported. The zero value is as usual.
type Terms struct {
	// ClockOffset is added to all times of a span, as by a host whose clock is
	// wrong. Durations stay.
	ClockOffset time.Duration
	// QueueFull has the span find the queue full: it is dropped and counted.
	QueueFull bool
}

// maxTraces bounds the traces with terms of their own. The oldest is forgotten
// for a new one, and its further spans are reported as usual.
const maxTraces = 4096

// termsByTrace holds terms by trace id. Its zero value is empty.
type termsByTrace struct {
	some atomic.Bool // there are any: without, reporting costs one load

	mu     sync.RWMutex
	terms  map[model.TraceID]Terms
	traces []model.TraceID // a ring, once it is full
	oldest int             // in the full ring
}

func (t *termsByTrace) of(id model.TraceID) Terms {
	if !t.some.Load() {
		return Terms{}
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.terms[id]
}

func (t *termsByTrace) set(id model.TraceID, terms Terms) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.terms[id]; !known {
		t.makeRoom(id)
	}
	t.terms[id] = terms
	t.some.Store(true)
}

// makeRoom gives id a place in the ring; t.mu is held.
func (t *termsByTrace) makeRoom(id model.TraceID) {
	if t.terms == nil {
		t.terms = map[model.TraceID]Terms{}
	}
	if len(t.traces) < maxTraces {
		t.traces = append(t.traces, id)
		return
	}
	delete(t.terms, t.traces[t.oldest])
	t.traces[t.oldest] = id
	t.oldest = (t.oldest + 1) % maxTraces
}

type contextKey struct{}

// NewContext returns a context in which SetTerms reaches r.
func NewContext(ctx context.Context, r *Reporter) context.Context {
	return context.WithValue(ctx, contextKey{}, r)
}

// SetTerms sets the terms of the trace of ctx: of its spans that have not ended,
// and of those that begin. Without a span or a Reporter in ctx it does nothing.
func SetTerms(ctx context.Context, terms Terms) {
	r, _ := ctx.Value(contextKey{}).(*Reporter)
	span := trace.FromContext(ctx)
	if r == nil || span == nil {
		return
	}
	if terms.QueueFull {
		r.makeFull()
	}
	id := span.SpanContext().TraceID
	r.terms.set(model.TraceID{High: binary.BigEndian.Uint64(id[:8]), Low: binary.BigEndian.Uint64(id[8:])}, terms)
}
