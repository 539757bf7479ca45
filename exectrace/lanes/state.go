package lanes

import (
	"strconv"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/stats"
)

// State is what a lane does.
type State uint8

// The states. A processor or a thread is Running, Collecting or in a Syscall, or Absent.
// A goroutine is never Collecting.
const (
	Absent     State = iota // a processor or thread without work; a goroutine that is not there
	Running                 // it runs a goroutine, or is one that runs
	Collecting              // it runs a worker of the garbage collector
	Syscall                 // in a system call
	Runnable                // ready to run, waiting for a processor
	Network                 // waiting for the network poller
	Sync                    // waiting for a channel, a select, or package sync
	Sleep                   // in time.Sleep
	GCWait                  // waiting for the garbage collector
	Waiting                 // waiting for something else
	Unknown                 // events are missing
	NumStates
)

var stateNames = [NumStates]string{"absent", "running", "collecting", "syscall", "runnable", "network", "sync", "sleep", "gc", "waiting", "unknown"}

// String returns the name of the state, such as "runnable".
func (s State) String() string {
	if s < NumStates {
		return stateNames[s]
	}
	return "State(" + strconv.Itoa(int(s)) + ")"
}

var waits = map[stats.Wait]State{
	stats.WaitNetwork: Network, stats.WaitSync: Sync, stats.WaitSleep: Sleep, stats.WaitGC: GCWait, stats.WaitOther: Waiting,
}

// StateOf returns the state of a goroutine with a state and, if it waits, a reason of an
// exectrace.Interval.
func StateOf(s exectrace.State, reason string) State {
	switch s {
	case exectrace.StateRunning:
		return Running
	case exectrace.StateRunnable:
		return Runnable
	case exectrace.StateSyscall, exectrace.StateSyscallBlocked:
		return Syscall
	case exectrace.StateWaiting:
		return waits[stats.WaitFor(reason)]
	}
	return Unknown
}
