// Package stats sums up the states of goroutines of a Go execution trace: how
// long they ran, were runnable, were in system calls and waited, and for what.
package stats

import (
	"time"

	"example.com/tracelab/exectrace"
)

// Stats is how long a goroutine was in which state. The parts do not overlap,
// and Total is their sum.
type Stats struct {
	Total          time.Duration
	Running        time.Duration
	Runnable       time.Duration
	Syscall        time.Duration
	SyscallBlocked time.Duration
	Waiting        map[string]time.Duration // by exectrace.Interval.Reason
	Unknown        time.Duration
}

// Of sums up the states of g from its creation to its end. A goroutine that waits
// for ever has ended when it began to, though its last interval has not.
func Of(t *exectrace.Trace, g exectrace.Goroutine) Stats {
	end := t.End
	if g.Ended != 0 {
		end = g.Ended
	}
	return Between(t, g, g.Created, end)
}

// Between sums up the states of g from one moment to another, such as the start
// and the end of a region.
func Between(t *exectrace.Trace, g exectrace.Goroutine, from, to exectrace.Time) Stats {
	s := Stats{Waiting: map[string]time.Duration{}}
	for iv := range t.IntervalsFrom(g, from) {
		if iv.Start >= to {
			break
		}
		s.add(iv, min(iv.End, to).Sub(max(iv.Start, from)))
	}
	return s
}

// add adds a part of iv.
func (s *Stats) add(iv exectrace.Interval, d time.Duration) {
	s.Total += d
	switch iv.State {
	case exectrace.StateRunning:
		s.Running += d
	case exectrace.StateRunnable:
		s.Runnable += d
	case exectrace.StateSyscall:
		s.Syscall += d
	case exectrace.StateSyscallBlocked:
		s.SyscallBlocked += d
	case exectrace.StateWaiting:
		s.Waiting[iv.Reason] += d
	default:
		s.Unknown += d
	}
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

// Waited is how long s waited for reasons of that kind.
func (s Stats) Waited(kind Wait) time.Duration {
	var sum time.Duration
	for reason, d := range s.Waiting {
		if WaitFor(reason) == kind {
			sum += d
		}
	}
	return sum
}
