package faults

import (
	"context"
	"slices"
	"time"

	"go.opencensus.io/trace"
)

// With returns a context in which the asks that are for service happen. Their
// true costs go to book.
func With(ctx context.Context, service string, asks []Ask, book *Book) context.Context {
	asks = slices.DeleteFunc(slices.Clone(asks), func(a Ask) bool { return a.Service != service })
	if len(asks) == 0 {
		return ctx
	}
	return context.WithValue(ctx, key{}, &request{asks, book})
}

type key struct{}

type request struct {
	asks []Ask
	book *Book
}

// In reports whether the fault of that name shall happen in ctx, and its
// arguments.
func In(ctx context.Context, name string) (Args, bool) {
	r, _ := ctx.Value(key{}).(*request)
	if r == nil {
		return nil, false
	}
	for _, a := range r.asks {
		if a.Name == name {
			return a.Args, true
		}
	}
	return nil, false
}

// Measure is for the place where the fault of that name happens: the time until
// end is called is what it really cost the request. It goes to the book, and
// nowhere near the trace.
func Measure(ctx context.Context, name string) (end func()) {
	began := time.Now()
	return func() { Charge(ctx, name, began, time.Since(began)) }
}

// Charge is Measure for a cost that is not one stretch of time: took of what
// passed since began.
func Charge(ctx context.Context, name string, began time.Time, took time.Duration) {
	if r, _ := ctx.Value(key{}).(*request); r != nil {
		r.book.write(Cost{TraceID: traceID(ctx), Fault: name, Began: began.UnixMicro(), Took: took.Microseconds()})
	}
}

func traceID(ctx context.Context) string {
	if span := trace.FromContext(ctx); span != nil {
		return span.SpanContext().TraceID.String()
	}
	return ""
}
