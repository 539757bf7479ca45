package exectrace

import "iter"

// State is what a goroutine is in, as the runtime's scheduler sees it.
type State uint8

// The states of goroutines.
const (
	Unknown        State = iota // nothing is known: events are missing
	Runnable                    // ready, and waits for a processor
	Running                     // has a thread and a processor; the system may still run something else
	Waiting                     // waits for something: Interval.Reason says for what
	Syscall                     // in a system call
	SyscallBlocked              // in a system call that took so long that its processor was given away
	gone                        // has ended
)

var stateNames = [...]string{"unknown", "runnable", "running", "waiting", "syscall", "syscall-blocked", "gone"}

func (s State) String() string { return stateNames[s] }

// How says why a goroutine became runnable.
type How uint8

// What makes goroutines runnable.
const (
	HowUnknown   How = iota
	Unblocked        // its wait has ended
	Created          // it is new
	Stopped          // it was preempted, or has yielded
	SyscallEnded     // its system call has ended, and its processor was gone
)

// Interval is a time that a goroutine was in one state.
type Interval struct {
	Start, End Time
	State      State
	How        How        // of a runnable one
	By         *Goroutine // who unblocked or created a runnable one; nil: the runtime did, by a timer or the network poller
	Reason     string     // of a waiting one, or one that was stopped, in the runtime's words
	Thread     ThreadID   // of one that runs or is in a system call: the system's id of it, on Linux
	stack      stackID
}

// Stack says where the goroutine was when it began to wait or went into the
// system call, the innermost frame first. Of a runnable one it says where who
// made it so was.
func (t *Trace) Stack(iv Interval) []Frame { return t.stacks.stack(iv.stack) }

// ThreadID is the runtime's name of a thread: on Linux its tid.
type ThreadID int64

// step is the beginning of an Interval, which lasts until the goroutine's next.
// There are as many as a trace has state transitions, so that it is small.
type step struct {
	low    uint32 // nanoseconds since the trace began: 48 bits, which is three days
	high   uint16
	kind   uint8 // State, and How in the upper half
	reason uint8
	stack  stackID
	who    int32 // a runnable one's By, an executing one's thread: an index, or none
	next   stepID
}

// stepID names a step. Zero is none.
type stepID uint32

const none = -1

// steps are all steps in the order of their times, in pieces, so that nothing
// is copied while they grow.
type steps struct {
	pieces [][]step
	origin Time
}

const piece = 1 << 14

func (s *steps) add(at Time, st State, how How) (stepID, *step) {
	last := len(s.pieces) - 1
	if last < 0 || len(s.pieces[last]) == piece {
		s.pieces = append(s.pieces, make([]step, 0, piece))
		last++
		if last == 0 {
			s.pieces[0] = s.pieces[0][:1] // zero is none
		}
	}
	p := s.pieces[last]
	s.pieces[last] = p[:len(p)+1]
	x := &s.pieces[last][len(p)]
	since := min(uint64(max(at-s.origin, 0)), 1<<48-1)
	*x = step{low: uint32(since), high: uint16(since >> 32), kind: uint8(st) | uint8(how)<<4, who: none}
	return stepID(last*piece + len(p)), x
}

func (s *steps) at(id stepID) *step { return &s.pieces[id/piece][id%piece] }

func (s *steps) time(x *step) Time { return s.origin + Time(uint64(x.high)<<32|uint64(x.low)) }

func (x *step) state() State { return State(x.kind & 15) }

// Intervals yields the states of g in order, without a gap from its first moment
// to its last.
func (t *Trace) Intervals(g *Goroutine) iter.Seq[Interval] { return t.from(g.first) }

// from yields the interval that the step begins and those after it.
func (t *Trace) from(id stepID) iter.Seq[Interval] {
	return func(yield func(Interval) bool) {
		for id != 0 {
			x := t.steps.at(id)
			if x.state() == gone {
				return
			}
			iv := t.interval(x)
			if iv.Start < iv.End && !yield(iv) {
				return
			}
			id = x.next
		}
	}
}

func (t *Trace) interval(x *step) Interval {
	iv := Interval{
		Start: t.steps.time(x), End: t.End, State: x.state(), How: How(x.kind >> 4),
		Reason: t.reasons.text(uint32(x.reason)), Thread: -1, stack: x.stack,
	}
	if x.next != 0 {
		iv.End = t.steps.time(t.steps.at(x.next))
	}
	switch {
	case x.who == none:
	case iv.State == Runnable:
		iv.By = &t.goroutines[x.who]
	default:
		iv.Thread = t.threads[x.who]
	}
	return iv
}
