package faults

import (
	"context"

	"example.com/tracelab/internal/costs"
)

// Set is the faults that happen to one request in one service. A nil Set has
// none.
type Set struct{ occurrences []Occurrence }

type key struct{}

// With returns a context in which the injections that are for service happen, to the
// request of attendee; empty: nobody says whose it is. Their true costs go to log.
func With(ctx context.Context, attendee, service string, injections []Injection, log *costs.Log) context.Context {
	set := &Set{}
	for _, i := range injections {
		if i.Service == service {
			set.occurrences = append(set.occurrences, Occurrence{i.Args, costs.Meter{Fault: i.Name, Attendee: attendee, Log: log}})
		}
	}
	if len(set.occurrences) == 0 {
		return ctx
	}
	return context.WithValue(ctx, key{}, set)
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
// trace would show it. Nor does it allocate, which may be a wait for the garbage
// collector.
func (s *Set) At(name string) *Occurrence {
	if s == nil {
		return nil
	}
	for i := range s.occurrences {
		if o := &s.occurrences[i]; o.Fault == name {
			return o
		}
	}
	return nil
}

// Occurrence is a fault that happens to a request, with its arguments, and the meter of
// what it costs.
type Occurrence struct {
	Args
	costs.Meter
}
