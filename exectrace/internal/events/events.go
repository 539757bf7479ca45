// Package events is what the analyses of a trace share: the order in which they
// are given its events, and the runtime's words that several of them look for.
package events

import (
	"strings"

	"golang.org/x/exp/trace"
)

// Consumer takes the events of a trace, in their order.
type Consumer interface {
	Event(ev *trace.Event) // which is another one after it returns
	// Gap is called where events are missing. The states of goroutines and
	// processors are unknown until their next status.
	Gap()
}

// AfterEach is a Consumer that looks at what those before it know.
type AfterEach func(*trace.Event)

// Event calls f.
func (f AfterEach) Event(ev *trace.Event) { f(ev) }

// Gap does nothing.
func (f AfterEach) Gap() {}

// MaxProcs is more than GOMAXPROCS can be.
const MaxProcs = 1 << 11

const procsMetric = "/sched/gomaxprocs:threads"

// ProcsOf returns GOMAXPROCS if the event is that metric.
func ProcsOf(ev *trace.Event) (n int, ok bool) {
	m := ev.Metric()
	if m.Name != procsMetric {
		return 0, false
	}
	v := m.Value.Uint64()
	return int(v), 0 < v && v <= MaxProcs // more is damage
}

// AssistRange is the name of a time in which a goroutine marks for the collector.
const AssistRange = "GC mark assist"

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
	case name == AssistRange:
		return Assist
	case name == "GC incremental sweep":
		return Sweep
	case strings.HasPrefix(name, "stop-the-world") && strings.Contains(name, "GC"):
		return StopTheWorld
	}
	return 0
}
