package exectrace

import "golang.org/x/exp/trace"

// Transition is a change of the state of a goroutine or of a processor.
type Transition struct {
	Goroutine GoID    // zero: it is a processor's
	Proc      int64   // -1: it is a goroutine's
	From, To  string  // as the runtime calls states: Running, Waiting, NotExist, Idle and so on
	Reason    string  // in the runtime's words; of few changes
	Stack     []Frame // where the goroutine was, the innermost frame first, or was started; Event.Stack says where who changed it was
}

// Transition is the change, of a StateTransition.
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

// Range is the range of a RangeBegin, with its Start; of a RangeActive, which goes
// on when a generation begins; and of a RangeEnd, with its End. What the event
// does not have is zero.
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
	Value uint64
}

// Metric is the value, of a Metric.
func (e Event) Metric() (Metric, bool) {
	if e.ev.Kind() != trace.EventMetric {
		return Metric{}, false
	}
	m := e.ev.Metric()
	return Metric{m.Name, m.Value.Uint64()}, true
}

// Label is what a Label calls the goroutine that runs, such as "GC (dedicated)".
func (e Event) Label() (string, bool) {
	if e.ev.Kind() != trace.EventLabel {
		return "", false
	}
	return e.ev.Label().Label, true
}

// resource is what it happened to.
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
