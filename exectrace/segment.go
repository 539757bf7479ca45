package exectrace

import "strconv"

// SegmentState is what a part of a task's time was spent on. Other than State, which
// is that of the scheduler, it says what a goroutine waited for, and what time the
// garbage collector and the operating system took.
type SegmentState uint8

// The states of segments.
const (
	SegmentUnknown      SegmentState = iota // events are missing
	SegmentRunning                          // running on a CPU, as far as is known: see Trace.KnowsCPU
	SegmentCPUWait                          // running for the Go scheduler, while the system's scheduler ran something else
	SegmentRunnable                         // ready to run, waiting for a processor (P) of the Go scheduler
	SegmentNetwork                          // waiting for a socket, a pipe or a terminal
	SegmentSync                             // waiting for a mutex or another primitive of package sync
	SegmentChannel                          // waiting to send or to receive, or in a select that another goroutine ended
	SegmentSelect                           // waiting in a select that no goroutine ended: a timer did, or it has not ended
	SegmentSleep                            // in time.Sleep, or waiting for the channel of a timer alone
	SegmentSyscall                          // in a system call
	SegmentGCAssist                         // marking for the garbage collector in order to allocate, or waiting to
	SegmentGCWait                           // waiting for the garbage collector
	SegmentStopTheWorld                     // stopped with all other goroutines
)

var segmentStates = [...]string{
	"unknown", "running", "cpu-wait", "runnable", "network", "sync", "channel", "select", "sleep", "syscall", "gc-assist", "gc-wait", "stop-the-world",
}

// String returns the name of the state, such as "cpu-wait".
func (s SegmentState) String() string {
	if int(s) < len(segmentStates) {
		return segmentStates[s]
	}
	return "SegmentState(" + strconv.Itoa(int(s)) + ")"
}

// Segment is a part of a task's time that was spent on one thing.
type Segment struct {
	Start, End Time
	State      SegmentState
	Goroutine  GoID   // the goroutine that was in this state
	Task       TaskID // the innermost task that the goroutine worked for; zero: none is known
	Inferred   bool   // whether the state, its place in time or the task is concluded from the events before and after
	// WokenBy is the goroutine that ended the wait, by unlocking, sending or
	// receiving: Trace.WakerSegments returns what it did meanwhile. It is zero if no
	// goroutine did, or if the wait was replaced by what that goroutine did.
	WokenBy GoID
	// Hops is how many waits were replaced by what another goroutine did to get to
	// this Goroutine. It is 0 for the goroutines of the task itself.
	Hops int

	stack stackID
}
