package eventcmp

import (
	"fmt"
	"slices"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
)

// details compares what the methods of an event return, and its JSON. Its time is
// compared elsewhere.
func details(got exectrace.Event, want trace.Event) error {
	if ours, theirs := methods(got), wantMethods(want); ours != theirs {
		return fmt.Errorf("the methods return\n%s\nwant\n%s", ours, theirs)
	}
	if ours, theirs := got.Stack(), frames(want.Stack()); !slices.Equal(ours, theirs) {
		return fmt.Errorf("the stack is\n%v\nwant\n%v", ours, theirs)
	}
	return sameJSON(got, want)
}

// methods are the answers of the methods that are not of every event.
func methods(ev exectrace.Event) string {
	t, isTransition := ev.Transition()
	r, isRange := ev.Range()
	r.Start, r.End = 0, 0
	m, isMetric := ev.Metric()
	l, isLabel := ev.Label()
	return fmt.Sprintln(ev.Kind(), ev.Goroutine(), ev.Proc(), ev.Thread(), t, isTransition, r, isRange, m, isMetric, l, isLabel)
}

func wantMethods(ev trace.Event) string {
	var t exectrace.Transition
	var r exectrace.Range
	var m exectrace.Metric
	var l string
	kind := ev.Kind()
	isRange := kind == trace.EventRangeBegin || kind == trace.EventRangeActive || kind == trace.EventRangeEnd
	switch {
	case kind == trace.EventStateTransition:
		t = transition(ev.StateTransition())
	case isRange:
		name, scope := ev.Range().Name, ev.Range().Scope
		r = exectrace.Range{Name: name, Proc: -1}
		switch scope.Kind {
		case trace.ResourceGoroutine:
			r.Goroutine = exectrace.GoID(scope.Goroutine())
		case trace.ResourceProc:
			r.Proc = int64(scope.Proc())
		}
	case kind == trace.EventMetric:
		m = exectrace.Metric{Name: ev.Metric().Name, Value: ev.Metric().Value.Uint64()}
	case kind == trace.EventLabel:
		l = ev.Label().Label
	}
	return fmt.Sprintln(kind, ev.Goroutine(), ev.Proc(), ev.Thread(), t, kind == trace.EventStateTransition, r, isRange, m, kind == trace.EventMetric, l, kind == trace.EventLabel)
}

func transition(st trace.StateTransition) exectrace.Transition {
	t := exectrace.Transition{Proc: -1, Reason: st.Reason, Stack: frames(st.Stack)}
	switch st.Resource.Kind {
	case trace.ResourceGoroutine:
		from, to := st.Goroutine()
		t.Goroutine, t.From, t.To = exectrace.GoID(st.Resource.Goroutine()), from.String(), to.String()
	case trace.ResourceProc:
		from, to := st.Proc()
		t.Proc, t.From, t.To = int64(st.Resource.Proc()), from.String(), to.String()
	}
	return t
}

func frames(s trace.Stack) (list []exectrace.Frame) {
	for f := range s.Frames() {
		list = append(list, exectrace.Frame{PC: f.PC, Func: f.Func, File: f.File, Line: int(f.Line)})
	}
	return list
}
