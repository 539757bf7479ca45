package exectrace

import (
	"strings"
	"time"
)

// Stats is how long a goroutine was in which state. The parts do not overlap,
// and Total is their sum.
type Stats struct {
	Total          time.Duration
	Running        time.Duration
	Runnable       time.Duration
	Syscall        time.Duration
	SyscallBlocked time.Duration
	Waiting        map[string]time.Duration // by Interval.Reason
	Unknown        time.Duration
}

// Stats sums up the states of g.
func (t *Trace) Stats(g Goroutine) Stats {
	return t.stats(t.goroutine(g.index).first, g.Created, t.until(g))
}

// RegionStats sums up what the goroutine of r did meanwhile.
func (t *Trace) RegionStats(r Region) Stats { return t.stats(r.from, r.Start, r.End) }

func (t *Trace) stats(block blockID, from, to Time) Stats {
	s := Stats{Waiting: map[string]time.Duration{}}
	c := t.steps.read(block)
	c.skipTo(from)
	for iv := range t.from(c) {
		if iv.Start >= to {
			break
		}
		d := min(iv.End, to).Sub(max(iv.Start, from))
		if d <= 0 {
			continue
		}
		s.Total += d
		switch iv.State {
		case Running:
			s.Running += d
		case Runnable:
			s.Runnable += d
		case Syscall:
			s.Syscall += d
		case SyscallBlocked:
			s.SyscallBlocked += d
		case Waiting:
			s.Waiting[iv.Reason] += d
		default:
			s.Unknown += d
		}
	}
	return s
}

// Add adds other to s.
func (s *Stats) Add(other Stats) {
	s.Total += other.Total
	s.Running += other.Running
	s.Runnable += other.Runnable
	s.Syscall += other.Syscall
	s.SyscallBlocked += other.SyscallBlocked
	s.Unknown += other.Unknown
	if s.Waiting == nil {
		s.Waiting = map[string]time.Duration{}
	}
	for reason, d := range other.Waiting {
		s.Waiting[reason] += d
	}
}

// Wait is a kind of waiting: many reasons make one.
type Wait string

// The kinds of waiting.
const (
	WaitNetwork Wait = "network" // the network poller: sockets, pipes and terminals
	WaitSync    Wait = "sync"    // mutexes and their like, channels, select
	WaitSleep   Wait = "sleep"
	WaitGC      Wait = "gc" // the garbage collector
	WaitOther   Wait = "other"
)

// WaitFor is the kind that a reason of the runtime belongs to. That of the
// network and that of synchronization are those of go tool trace's profiles.
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

// Waited is how long s waited in that kind.
func (s Stats) Waited(kind Wait) time.Duration {
	var sum time.Duration
	for reason, d := range s.Waiting {
		if WaitFor(reason) == kind {
			sum += d
		}
	}
	return sum
}
