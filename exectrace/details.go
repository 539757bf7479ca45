package exectrace

import "example.com/tracelab/exectrace/internal/decode"

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
	if e.ev.Kind() != decode.TransitionKind {
		return Transition{}, false
	}
	out := Transition{
		Proc: -1, From: e.ev.From.String(), To: e.ev.To.String(),
		Reason: e.t.Text(e.ev.Reason()), Stack: e.frames(e.ev.TransitionStack()),
	}
	if id, ok := e.ev.OfGoroutine(); ok {
		out.Goroutine = GoID(id)
	} else {
		out.Proc = int64(e.ev.Of)
	}
	return out, true
}

// Range returns the range of an event of kind RangeBegin, RangeActive or RangeEnd. A
// RangeActive is about a range that was active when its generation began. Start is set
// for a RangeBegin only, and End for a RangeEnd only.
func (e Event) Range() (Range, bool) {
	kind := e.ev.Kind()
	if kind < decode.RangeBeginKind || kind > decode.RangeEndKind {
		return Range{}, false
	}
	out := Range{Name: e.t.RangeName(&e.ev), Proc: -1}
	switch scope, id := e.ev.Range(); scope {
	case decode.OfGoroutine:
		out.Goroutine = GoID(id)
	case decode.OfProc:
		out.Proc = id
	}
	switch kind {
	case decode.RangeBeginKind:
		out.Start = e.Time()
	case decode.RangeEndKind:
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
	if e.ev.Kind() != decode.MetricKind {
		return Metric{}, false
	}
	name, value := e.ev.Metric()
	return Metric{name, value}, true
}

// Label returns the label of an event of kind Label, which the runtime gives to the
// goroutine that runs, such as "GC (dedicated)".
func (e Event) Label() (string, bool) {
	if e.ev.Kind() != decode.LabelKind {
		return "", false
	}
	return e.t.Text(e.ev.Label()), true
}
