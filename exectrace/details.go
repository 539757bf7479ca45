package exectrace

import "golang.org/x/exp/trace"

// Transition is a change of the state of a goroutine or of a processor.
type Transition struct {
	Goroutine GoID    // zero: it is the state of a processor
	Proc      int64   // -1: it is the state of a goroutine
	From, To  string  // the runtime's names of states: "Running", "Waiting", "NotExist", "Idle" and so on
	Reason    string  // the runtime's name of the reason; empty for most changes
	Stack     []Frame // of the goroutine whose state changes, the innermost frame first; Event.Stack is that of the goroutine that changes it
}

// Transition returns the change of an event of kind StateTransition.
func (e Event) Transition() (Transition, bool) {
	t, ok := e.transition()
	if !ok {
		return Transition{}, false
	}
	out := Transition{Proc: -1, Reason: t.Reason, Stack: frames(t.Stack)}
	switch t.Resource.Kind {
	case trace.ResourceGoroutine:
		from, to := t.Goroutine()
		out.Goroutine, out.From, out.To = GoID(t.Resource.Goroutine()), from.String(), to.String()
	case trace.ResourceProc:
		from, to := t.Proc()
		out.Proc, out.From, out.To = int64(t.Resource.Proc()), from.String(), to.String()
	}
	return out, true
}

// Range returns the range of an event of kind RangeBegin, RangeActive or RangeEnd. A
// RangeActive is about a range that was active when its generation began. Start is set
// for a RangeBegin only, and End for a RangeEnd only.
func (e Event) Range() (Range, bool) {
	kind := e.ev.Kind()
	switch kind {
	case trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd:
	default:
		return Range{}, false
	}
	r := e.ev.Range()
	out := Range{Name: r.Name, Proc: -1}
	switch r.Scope.Kind {
	case trace.ResourceGoroutine:
		out.Goroutine = GoID(r.Scope.Goroutine())
	case trace.ResourceProc:
		out.Proc = int64(r.Scope.Proc())
	}
	switch kind {
	case trace.EventRangeBegin:
		out.Start = e.Time()
	case trace.EventRangeEnd:
		out.End = e.Time()
	}
	return out, true
}

// Metric is a value of a runtime metric.
type Metric struct {
	Name  string // as in runtime/metrics, such as "/sched/gomaxprocs:threads"
	Value uint64 // in the unit that the name ends with
}

// Metric returns the value of an event of kind Metric.
func (e Event) Metric() (Metric, bool) {
	if e.ev.Kind() != trace.EventMetric {
		return Metric{}, false
	}
	m := e.ev.Metric()
	return Metric{m.Name, m.Value.Uint64()}, true
}

// Label returns the label of an event of kind Label, which the runtime gives to the
// goroutine that runs, such as "GC (dedicated)".
func (e Event) Label() (string, bool) {
	if e.ev.Kind() != trace.EventLabel {
		return "", false
	}
	return e.ev.Label().Label, true
}

// resource is the goroutine or processor that the event is about.
func (e Event) resource() (trace.ResourceID, bool) {
	switch e.ev.Kind() {
	case trace.EventStateTransition:
		t, ok := e.transition()
		return t.Resource, ok
	case trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd:
		return e.ev.Range().Scope, true
	case trace.EventLabel:
		return e.ev.Label().Resource, true
	}
	return trace.ResourceID{}, false
}

// transition is not there if the event is damaged in a way that the decoder did
// not see.
func (e Event) transition() (t trace.StateTransition, ok bool) {
	if e.ev.Kind() != trace.EventStateTransition {
		return t, false
	}
	defer func() { ok = recover() == nil }()
	return e.ev.StateTransition(), true
}
