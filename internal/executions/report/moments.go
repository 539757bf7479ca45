package report

import (
	"fmt"
	"strings"
	"time"

	"example.com/tracelab/exectrace"
)

// Moment is a state of a goroutine.
type Moment struct {
	At       time.Duration      `json:"at_ns"` // since the trace began
	Duration time.Duration      `json:"duration_ns"`
	State    string             `json:"state"`
	Reason   string             `json:"reason,omitempty"`
	By       exectrace.GoID     `json:"by,omitempty"` // the goroutine that made it runnable
	Thread   exectrace.ThreadID `json:"thread,omitempty"`
	Stack    []Place            `json:"stack,omitempty"`
}

// NewMoment returns what a goroutine did in an interval.
func NewMoment(t *exectrace.Trace, iv exectrace.Interval) Moment {
	m := Moment{At: iv.Start.Sub(t.Began), Duration: iv.End.Sub(iv.Start), State: iv.State.String(), Reason: iv.Reason, By: iv.By, Stack: Places(t.Stack(iv))}
	if iv.Thread >= 0 {
		m.Thread = iv.Thread
	}
	return m
}

// Because says why the goroutine got into the state.
func (m Moment) Because() string {
	switch {
	case m.By != 0:
		return fmt.Sprintf("goroutine %d", m.By)
	case m.Reason == "" && m.State == exectrace.StateWaiting.String():
		return "(has begun before the trace)"
	}
	return m.Reason
}

// Where is the innermost place that is not the runtime's own, if there is one.
func (m Moment) Where() (Place, bool) { return Innermost(m.Stack) }

// Place is a call on a stack.
type Place struct {
	Func string `json:"func"`
	File string `json:"file"`
	Line int    `json:"line"`
}

// As is the place with another name for its function.
func (p Place) As(name string) string {
	if name == "" {
		return UnknownFunc
	}
	return fmt.Sprintf("%s:%d", name, p.Line)
}

// Places returns the calls of a stack.
func Places(stack []exectrace.Frame) []Place {
	list := make([]Place, len(stack))
	for i, f := range stack {
		list[i] = Place{f.Func, f.File, f.Line}
	}
	return list
}

// Innermost is the innermost place that is not the runtime's own, or else the innermost. It
// reports false for an empty stack.
func Innermost(stack []Place) (Place, bool) {
	for _, p := range stack {
		if !InternalFunc(p.Func) {
			return p, true
		}
	}
	if len(stack) > 0 {
		return stack[0], true
	}
	return Place{}, false
}

// InternalFunc reports whether a function is one of those that every wait goes through.
func InternalFunc(name string) bool {
	for _, p := range []string{"runtime.", "internal/", "sync.", "syscall.", "time.Sleep"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// Since is when something was, since the trace began, in the form in which --at, --from and
// --to take it: in microseconds, if there is one.
func Since(d time.Duration) string {
	if d.Abs() < time.Microsecond {
		return d.String()
	}
	return d.Round(time.Microsecond).String()
}
