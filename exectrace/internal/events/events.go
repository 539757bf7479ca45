// Package events is what the analyses of a trace share: the order in which they
// are given its events, and the runtime's words that several of them look for.
package events

import (
	"strings"

	"example.com/tracelab/exectrace/internal/decode"
)

// Consumer takes the events of a trace, in their order.
type Consumer interface {
	// Event takes an event, which is another one after it returns. Its strings and stacks
	// are in t.
	Event(t *decode.Tables, ev *decode.Event)
	// Gap is called where events are missing. The states of goroutines and
	// processors are unknown until their next status.
	Gap()
}

// Lister is a Consumer that takes many events at once, where it is the only one.
type Lister interface {
	Events(t *decode.Tables, list []decode.Event)
}

// Index reads an *exectrace.File once for its index, an *exectrace.Trace, and for consumers.
// Package exectrace sets it.
var Index func(file any, consumers ...Consumer) (index any, err error)

// AfterEach is a Consumer that looks at what those before it know.
type AfterEach func(*decode.Event)

// Event calls f.
func (f AfterEach) Event(_ *decode.Tables, ev *decode.Event) { f(ev) }

// Gap does nothing.
func (f AfterEach) Gap() {}

// MaxProcs is more than GOMAXPROCS can be.
const MaxProcs = 1 << 11

// ProcsOf returns GOMAXPROCS if the event is that metric.
func ProcsOf(ev *decode.Event) (n int, ok bool) {
	if ev.Type != decode.ProcsChange {
		return 0, false
	}
	v := ev.Args[0]
	return int(min(v, MaxProcs)), 0 < v && v <= MaxProcs // more is damage
}

// Work is work of the garbage collector.
type Work uint8

// The kinds of work.
const (
	StopTheWorld Work = 1 << iota
	Assist
	Sweep
)

// WorkOf returns what a range of time is spent on; 0 if that is no collecting.
func WorkOf(name string) Work {
	switch {
	case name == decode.AssistRange:
		return Assist
	case name == decode.SweepRange:
		return Sweep
	case strings.HasPrefix(name, "stop-the-world") && strings.Contains(name, "GC"):
		return StopTheWorld
	}
	return 0
}
