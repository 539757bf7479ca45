package exectrace

import (
	"iter"
	"strconv"
)

// State is the state of a goroutine in the runtime's scheduler.
type State uint8

// The states of goroutines.
const (
	StateUnknown        State = iota // events are missing
	StateRunnable                    // ready to run, waiting for a processor
	StateRunning                     // has a thread and a processor; the system may still run something else
	StateWaiting                     // waiting for what Interval.Reason says
	StateSyscall                     // in a system call
	StateSyscallBlocked              // in a system call, after another thread has taken its processor
)

// stateGone is that of a goroutine that has ended. No Interval has it.
const stateGone = StateSyscallBlocked + 1

var stateNames = [...]string{"unknown", "runnable", "running", "waiting", "syscall", "syscall-blocked", "gone"}

// String returns the name of the state, such as "runnable".
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "State(" + strconv.Itoa(int(s)) + ")"
}

// Cause is the reason why a goroutine became runnable.
type Cause uint8

// The causes of becoming runnable.
const (
	CauseUnknown      Cause = iota // events are missing, or it did not become runnable
	CauseUnblocked                 // its wait has ended
	CauseCreated                   // it is new
	CauseStopped                   // it was preempted, or has yielded
	CauseSyscallEnded              // its system call has ended, after another thread had taken its processor
)

// Interval is a time that a goroutine was in one state.
type Interval struct {
	Start, End Time
	State      State
	Cause      Cause    // why it became runnable; CauseCreated also for a coroutine, which is created waiting
	By         GoID     // the goroutine that unblocked or created it; zero: the runtime, by a timer or the network poller
	Reason     string   // if it waits or was stopped: the runtime's name of the reason, such as "chan receive"
	Thread     ThreadID // the thread that it runs on or is in a system call on; -1: none, or not known
	stack      stackID
}

// Stack returns the stack of an interval, the innermost frame first, or nil if the trace
// does not have it: where the goroutine began to wait, entered the system call or was
// stopped. If it was created or unblocked, it is the stack of the goroutine that did so.
func (t *Trace) Stack(iv Interval) []Frame { return t.stacks.stack(iv.stack) }

// StackID identifies what Stack returns: of intervals with the same one that is the same.
func (iv Interval) StackID() uint32 { return uint32(iv.stack) }

// ThreadID is the operating system's number of a thread: on Linux its tid.
type ThreadID int64

// Intervals returns an iterator over the states of g, in order and without gaps, from
// g.Created to the end of g or of the trace.
func (t *Trace) Intervals(g Goroutine) iter.Seq[Interval] {
	return func(yield func(Interval) bool) { t.walk(t.steps.read(t.goroutine(g.index).first), yield) }
}

// IntervalsFrom returns an iterator over those of Intervals that end after at.
func (t *Trace) IntervalsFrom(g Goroutine, at Time) iter.Seq[Interval] {
	c := t.steps.read(t.goroutine(g.index).first)
	c.skipTo(at)
	return func(yield func(Interval) bool) {
		for iv := range t.from(c) {
			if iv.End > at && !yield(iv) {
				return
			}
		}
	}
}

// from yields the intervals of the steps that are ahead of c.
func (t *Trace) from(c cursor) iter.Seq[Interval] {
	return func(yield func(Interval) bool) { t.walk(c, yield) }
}

func (t *Trace) walk(c cursor, yield func(Interval) bool) {
	x, more := c.step()
	for more && x.state != stateGone {
		next, ok := c.step()
		end := next.at
		if !ok {
			end = t.End
		}
		if next.state == StateSyscallBlocked { // the same call, at the same place
			next.who, next.stack, next.reason = x.who, x.stack, x.reason
		}
		if x.at < end && !yield(t.interval(x, end)) {
			return
		}
		x, more = next, ok
	}
}

func (t *Trace) interval(x step, end Time) Interval {
	iv := Interval{
		Start: x.at, End: end, State: x.state, Cause: x.cause,
		Reason: t.reasons.text(uint32(x.reason)), Thread: -1, stack: x.stack,
	}
	switch {
	case x.who == none:
	case x.state == StateRunnable, x.state == StateWaiting:
		iv.By = t.goroutine(x.who).id()
	default:
		iv.Thread = t.threads[x.who]
	}
	return iv
}
