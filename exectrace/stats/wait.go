package stats

import "strings"

// Wait is a kind of waiting: a class of the reasons that the runtime has for it.
type Wait string

// The kinds of waiting.
const (
	WaitNetwork Wait = "network" // the network poller: sockets, pipes and terminals
	WaitSync    Wait = "sync"    // package sync, channels, select
	WaitSleep   Wait = "sleep"   // time.Sleep
	WaitGC      Wait = "gc"      // the garbage collector
	WaitOther   Wait = "other"   // all others
)

// WaitFor returns the kind of a reason such as exectrace.Interval.Reason. WaitNetwork and
// WaitSync are the reasons that the profiles net and sync of go tool trace count.
func WaitFor(reason string) Wait {
	switch {
	case reason == "network":
		return WaitNetwork
	case strings.Contains(reason, "chan"), strings.Contains(reason, "sync"), strings.Contains(reason, "select"):
		return WaitSync
	case reason == "sleep":
		return WaitSleep
	case strings.HasPrefix(reason, "GC "), reason == "wait until GC ends", reason == "preempted":
		return WaitGC // preempted: stopped while its stack is scanned
	}
	return WaitOther
}
