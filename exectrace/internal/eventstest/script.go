// Package eventstest makes events for tests of consumers.
package eventstest

import (
	"testing"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

// Script makes events of a trace by hand.
type Script struct {
	T      testing.TB
	Events []trace.Event
	gaps   []int // before which events something is missing
}

// Each hands the events to consumers, as that of a File does.
func (s *Script) Each(consumers ...events.Consumer) {
	gaps := s.gaps
	t, list := s.All()
	for i := range list {
		for ; len(gaps) > 0 && gaps[0] == i; gaps = gaps[1:] {
			for _, c := range consumers {
				c.Gap()
			}
		}
		for _, c := range consumers {
			c.Event(t, &list[i])
		}
	}
	for range gaps {
		for _, c := range consumers {
			c.Gap()
		}
	}
}

// All returns the events as consumers get them.
func (s *Script) All() (*decode.Tables, []decode.Event) { return events.Convert(s.Events) }

// Made adds an event at a time, which goroutine g has on processor p.
func Made[T trace.EventDetails](s *Script, at, g, p int, kind trace.EventKind, details T) {
	s.T.Helper()
	ev, err := trace.MakeEvent(trace.EventConfig[T]{
		Kind: kind, Time: trace.Time(at), Goroutine: trace.GoID(g), Proc: trace.ProcID(p), Thread: trace.ThreadID(p), Details: details,
	})
	if err != nil {
		s.T.Fatal(err)
	}
	s.Events = append(s.Events, ev)
}

func (s *Script) Procs(at, n int) {
	s.T.Helper()
	Made(s, at, 1, 0, trace.EventMetric, trace.Metric{Name: "/sched/gomaxprocs:threads", Value: trace.Uint64Value(uint64(n))})
}

func (s *Script) Goes(at, g, p int, from, to trace.GoState) {
	s.T.Helper()
	Made(s, at, g, p, trace.EventStateTransition, trace.MakeGoStateTransition(trace.GoID(g), from, to))
}

func (s *Script) During(at, g, p int, kind trace.EventKind, name string) {
	s.T.Helper()
	scope := trace.MakeResourceID(trace.GoID(g))
	if name == "GC incremental sweep" {
		scope = trace.MakeResourceID(trace.ProcID(p))
	}
	Made(s, at, g, p, kind, trace.Range{Name: name, Scope: scope})
}

// Works has a mark worker run on a processor from one time to another.
func (s *Script) Works(from, to, g, p int, label string) {
	s.T.Helper()
	s.Goes(from, g, p, trace.GoRunnable, trace.GoRunning)
	Made(s, from+1, g, p, trace.EventLabel, trace.Label{Label: label, Resource: trace.MakeResourceID(trace.GoID(g))})
	s.Goes(to, g, p, trace.GoRunning, trace.GoWaiting)
}
