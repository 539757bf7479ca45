package exectrace

import "strconv"

// SegmentState is what a part of a task's time was spent on. State is the
// scheduler's; SegmentState also has what a goroutine waited for, and what the
// garbage collector and the system took.
type SegmentState uint8

// The states of segments.
const (
	SegmentUnknown      SegmentState = iota // events are missing
	SegmentRunning                          // on a CPU, as far as is known: see Trace.KnowsCPU
	SegmentCPUWait                          // running as Go sees it, while the system ran something else
	SegmentRunnable                         // ready, and waits for a processor of Go's
	SegmentNetwork                          // waits for a socket, a pipe or a terminal
	SegmentSync                             // waits for a mutex or another of package sync
	SegmentChannel                          // waits to send or to receive; or in a select that another goroutine ended
	SegmentSelect                           // waits in a select that no goroutine ended: a timer did, or nothing yet
	SegmentSleep                            // time.Sleep, or waits for a timer's channel alone
	SegmentSyscall                          // in a system call
	SegmentGCAssist                         // works, or waits, for the garbage collector because it allocates
	SegmentGCWait                           // waits for the garbage collector
	SegmentStopTheWorld                     // everything was stopped
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

// Segment is a part of a task's time with one state.
type Segment struct {
	Start, End Time
	State      SegmentState
	Goroutine  GoID   // whose state it is
	Task       TaskID // the innermost one that it was at work for; zero: none is known
	Inferred   bool   // the state, its place within the time, or the task is concluded from what came before and after
	// WokenBy is the goroutine that ended the wait, by unlocking, sending or
	// receiving. Trace.WakerSegments returns what it did meanwhile. Zero: none did,
	// or the wait was replaced by what it did.
	WokenBy GoID
	Hops    int // how many goroutines were looked through to get here

	stack stackID
}
