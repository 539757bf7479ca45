package decode

import "time"

// None is the id of a goroutine, thread or processor where there is none, and its index.
const None = -1

// NoTask is the parent of a task that has none. Task 0 is the background task, which
// regions and logs without a task belong to.
const NoTask = ^uint64(0)

// State is the state of a goroutine or of a processor.
type State uint8

// The states. Those of a processor are Undetermined, NotExist, Running and Idle.
const (
	Undetermined State = iota
	NotExist
	Runnable
	Running
	Waiting
	Syscall
	Idle
)

var stateNames = [...]string{"Undetermined", "NotExist", "Runnable", "Running", "Waiting", "Syscall", "Idle"}

// String returns the name of the state, as go tool trace prints it.
func (s State) String() string { return stateNames[s] }

// Executing reports whether a goroutine in this state has a thread, or a processor runs
// goroutines.
func (s State) Executing() bool { return s == Running || s == Syscall }

// Event is what happened. It holds no pointer: strings and stacks are numbers of the Tables
// that come with it.
type Event struct {
	Time      int64     // in nanoseconds, on the clock of the trace
	Args      [4]uint64 // as they are in the file, but for the types below
	Goroutine int64     // that ran where it happened, just before
	Thread    int64     // that it happened on

	// Dense indices. That of a goroutine is another one's after it has ended, and when the
	// events that were handed over with its end have been taken. That of a thread never is.
	G, M int32
	Of   int32 // of the goroutine whose state changes, or the number of the processor
	P    int32 // the processor that it happened on, just before; the runtime's number

	Type     Type
	From, To State // of a transition
}

// Arguments that are not as in the file:
//
//	CPUSample      the stack
//	UserTaskBegin  the second, the parent, is NoTask if there is none
//	UserTaskEnd    the third is the parent, or NoTask, and the fourth the name
//	STWEnd         the reason, as of its STWBegin
//	ProcStatus     the second is not as in the file
//	GoTransition   whom it is about, the reason, and the stacks of whom and of who
//	Sync           how many there were, with this one

// Kind is what kind of event an event is, for who does not care what wrote it.
type Kind uint8

// The kinds.
const (
	_ Kind = iota
	SyncKind
	MetricKind
	LabelKind
	StackSampleKind
	RangeBeginKind
	RangeActiveKind
	RangeEndKind
	TaskBeginKind
	TaskEndKind
	RegionBeginKind
	RegionEndKind
	LogKind
	TransitionKind
	ExperimentalKind
)

// KindNames are the names of the kinds, as go tool trace prints them, by Kind. The first
// is of none.
var KindNames = [...]string{
	"Bad", "Sync", "Metric", "Label", "StackSample", "RangeBegin", "RangeActive", "RangeEnd", "TaskBegin", "TaskEnd",
	"RegionBegin", "RegionEnd", "Log", "StateTransition", "Experimental",
}

// String returns the name of the kind.
func (k Kind) String() string { return KindNames[k] }

// Kind returns the kind of the event.
func (e *Event) Kind() Kind { return shapes[e.Type].kind }

func (e *Event) arg(i uint8) uint64 {
	if i == no {
		return 0
	}
	return e.Args[i&3]
}

// Stack returns the stack of who does it; 0: it is not told.
func (e *Event) Stack() uint64 { return e.arg(shapes[e.Type].stack) }

// TransitionStack returns the stack of whom a transition is about; 0: it is not told.
func (e *Event) TransitionStack() uint64 { return e.arg(shapes[e.Type].of) }

// Reason returns the reason of a transition, a string; 0: none.
func (e *Event) Reason() uint64 {
	if e.Kind() != TransitionKind {
		return 0
	}
	return e.arg(shapes[e.Type].text)
}

// Change is what a transition of a goroutine says beside the states.
type Change struct {
	Goroutine int64
	Stack     uint64 // as TransitionStack
	By        uint64 // as Event.Stack
	Reason    uint64
}

// Change returns that of an event that is a transition of a goroutine.
func (e *Event) Change() Change {
	s := &shapes[e.Type]
	c := Change{e.Goroutine, e.arg(s.of), e.arg(s.stack), e.arg(s.text)}
	if s.subject != no {
		c.Goroutine = int64(e.Args[0])
	}
	return c
}

// OfGoroutine reports whether a transition is one of a goroutine, and of which.
func (e *Event) OfGoroutine() (id int64, ok bool) {
	switch {
	case e.Kind() != TransitionKind, e.OfProc():
		return None, false
	case shapes[e.Type].subject == no:
		return e.Goroutine, true
	}
	return int64(e.Args[0]), true
}

// OfProc reports whether a transition is one of a processor, whose number is Of.
func (e *Event) OfProc() bool {
	return e.Type >= ProcStart && e.Type <= ProcStatus || e.Type == ProcTransition
}

// Metric returns the name and the value of a metric.
func (e *Event) Metric() (name string, value uint64) { return metricNames[e.Type], e.Args[0] }

// The names of metrics are those of package runtime/metrics.
var metricNames = map[Type]string{
	ProcsChange: "/sched/gomaxprocs:threads",
	HeapAlloc:   "/memory/classes/heap/objects:bytes",
	HeapGoal:    "/gc/heap/goal:bytes",
}

// Task returns what the begin or the end of a task says of it. parent is NoTask if there
// is none; an end tells the name and the parent only if the begin was before it.
func (e *Event) Task() (id, parent, name uint64) {
	if e.Type == UserTaskBegin {
		return e.Args[0], e.Args[1], e.Args[2]
	}
	return e.Args[0], e.Args[2], e.Args[3]
}

// Region returns the task and the name of a region.
func (e *Event) Region() (task, name uint64) { return e.Args[0], e.Args[1] }

// Log returns the task, the category and the text of a message.
func (e *Event) Log() (task, category, message uint64) { return e.Args[0], e.Args[1], e.Args[2] }

// Label returns the label that a goroutine gets: a string.
func (e *Event) Label() uint64 { return e.Args[0] }

// Scope says what a range belongs to.
type Scope uint8

// The scopes.
const (
	Program Scope = iota
	OfGoroutine
	OfProc
)

// Range returns whose range it is: of the whole program, or of the goroutine or processor
// of that id.
func (e *Event) Range() (Scope, int64) {
	switch e.Type {
	case GCBegin, GCActive, GCEnd:
		return Program, 0
	case GCSweepActive:
		return OfProc, int64(e.Args[0])
	case GCSweepBegin, GCSweepEnd:
		return OfProc, int64(e.P)
	case GCMarkAssistActive:
		return OfGoroutine, int64(e.Args[0])
	}
	return OfGoroutine, e.Goroutine
}

// Names of ranges.
const (
	MarkRange   = "GC concurrent mark phase"
	SweepRange  = "GC incremental sweep"
	AssistRange = "GC mark assist"
)

// Experimental returns the name of an event of an experiment and those of its arguments.
func (e *Event) Experimental() (name string, args []string) {
	x := experiments[e.Type]
	return x.name, x.args
}

// Clock is one moment on three clocks.
type Clock struct {
	Trace int64 // nanoseconds, as Event.Time
	Mono  uint64
	Wall  time.Time
}
