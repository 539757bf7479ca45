package costs

import (
	"context"
	"time"

	"go.opencensus.io/trace"
)

// Meter measures what one fault costs one request, for a Log.
type Meter struct {
	Fault    string
	Attendee string // who sent the request; empty: nobody says
	Log      *Log
}

// Measure is for the place where the fault happens: the time until end is called
// is what it really cost the request. It goes to the Log under the trace of ctx,
// and nowhere near the trace itself.
func (m *Meter) Measure(ctx context.Context) (end func()) {
	began := time.Now()
	return func() { m.Record(ctx, began, time.Since(began)) }
}

// Record is Measure for a cost that is not one stretch of time: took of what
// passed since began.
func (m *Meter) Record(ctx context.Context, began time.Time, took time.Duration) {
	var id trace.TraceID
	if span := trace.FromContext(ctx); span != nil {
		id = span.SpanContext().TraceID
	}
	m.Log.add(cost{id, m, began, took})
}
