package events

import (
	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/container"
)

// Each passes all events to all consumers, in one pass, and returns the losses. The
// error is nil unless nothing could be read.
//
// Of a trace of before Go 1.22 they get one event more: how many processors there are at
// the beginning.
func Each(f *container.File, consumers ...Consumer) (lost []Loss, err error) {
	all := func(ev *trace.Event) {
		for _, c := range consumers {
			c.Event(ev)
		}
	}
	first := firstProcs(f)
	err = Read(f, func(ev *trace.Event) bool {
		if first != nil && ev.Kind() != trace.EventSync {
			if procs, err := first(ev.Time()); err == nil {
				all(&procs)
			}
			first = nil
		}
		all(ev)
		return true
	}, func(l Loss) bool {
		lost = append(lost, l)
		for _, c := range consumers {
			c.Gap()
		}
		return true
	})
	return lost, err
}

// firstProcs makes the event that x/exp's converter takes out of a trace of before
// Go 1.22: it is how the program's initial state ends there.
func firstProcs(f *container.File) func(trace.Time) (trace.Event, error) {
	if f.Minor >= container.Generational {
		return nil
	}
	n, ok := f.FirstProcs()
	if !ok {
		return nil
	}
	return func(at trace.Time) (trace.Event, error) {
		return trace.MakeEvent(trace.EventConfig[trace.Metric]{
			Kind: trace.EventMetric, Time: at, Thread: trace.NoThread, Proc: trace.NoProc, Goroutine: trace.NoGoroutine,
			Details: trace.Metric{Name: procsMetric, Value: trace.Uint64Value(n)},
		})
	}
}
