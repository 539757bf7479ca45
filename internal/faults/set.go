package faults

import (
	"context"
	"slices"
	"time"

	"go.opencensus.io/trace"
)

// Set is the faults that happen to one request in one service. A nil Set has
// none.
type Set struct {
	injections []Injection
	log        *Log
	attendee   string
}

type key struct{}

// With returns a context in which the injections that are for service happen.
// Their true costs go to log.
func With(ctx context.Context, service string, injections []Injection, log *Log) context.Context {
	injections = slices.DeleteFunc(slices.Clone(injections), func(i Injection) bool { return i.Service != service })
	if len(injections) == 0 {
		return ctx
	}
	return context.WithValue(ctx, key{}, &Set{injections: injections, log: log})
}

// WithAttendee is With for the request of somebody, whose costs can be asked for.
func WithAttendee(ctx context.Context, attendee, service string, injections []Injection, log *Log) context.Context {
	with := With(ctx, service, injections, log)
	if with != ctx {
		In(with).attendee = attendee
	}
	return with
}

// In returns the faults that happen in ctx. A service asks once for a request,
// and hands on what follows from it.
func In(ctx context.Context) *Set {
	s, _ := ctx.Value(key{}).(*Set)
	return s
}

// At returns the fault of that name for the place where it happens, or nil if
// it does not.
//
// It returns, and calls nothing: a function of this package that called what is
// to go wrong would be on the stack meanwhile, and every profile and execution
// trace would show it.
func (s *Set) At(name string) *Occurrence {
	if s == nil {
		return nil
	}
	for _, i := range s.injections {
		if i.Name == name {
			return &Occurrence{i.Args, name, s}
		}
	}
	return nil
}

// Occurrence is a fault that happens to a request, with its arguments.
type Occurrence struct {
	Args
	name string
	set  *Set
}

// Measure is for the place where the fault happens: the time until end is called
// is what it really cost the request. It goes to the log under the trace of ctx,
// and nowhere near the trace itself.
func (o *Occurrence) Measure(ctx context.Context) (end func()) {
	began := time.Now()
	return func() { o.Record(ctx, began, time.Since(began)) }
}

// Record is Measure for a cost that is not one stretch of time: took of what
// passed since began.
func (o *Occurrence) Record(ctx context.Context, began time.Time, took time.Duration) {
	var id trace.TraceID
	if span := trace.FromContext(ctx); span != nil {
		id = span.SpanContext().TraceID
	}
	o.set.log.add(cost{id, o.name, o.set.attendee, began, took})
}
