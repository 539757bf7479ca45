// Package stats sums up the states of goroutines of a Go execution trace: how
// long they ran, were runnable, were in system calls and waited, and for what.
package stats

import (
	"time"

	"example.com/tracelab/exectrace"
)

// Stats is how long a goroutine was in each state. Total is the sum of the others. The
// zero value is empty and ready to use.
type Stats struct {
	Total          time.Duration
	Running        time.Duration
	Runnable       time.Duration
	Syscall        time.Duration
	SyscallBlocked time.Duration
	Waiting        map[string]time.Duration // by exectrace.Interval.Reason
	Unknown        time.Duration            // events are missing
}

// Of returns the sum of the states of g, from g.Created to g.Ended or the end of the
// trace. A goroutine that waits forever ends when that wait begins, which is not counted.
func Of(t *exectrace.Trace, g exectrace.Goroutine) Stats {
	s := Stats{Waiting: map[string]time.Duration{}}
	s.AddGoroutine(t, g)
	return s
}

// AddGoroutine adds what Of returns of g to s.
func (s *Stats) AddGoroutine(t *exectrace.Trace, g exectrace.Goroutine) {
	end := t.End
	if g.Ended != 0 {
		end = g.Ended
	}
	for iv := range t.Intervals(g) {
		if iv.Start >= end {
			break
		}
		s.add(iv, min(iv.End, end).Sub(iv.Start))
	}
}

// Between returns the sum of the states of g between two moments, such as the start and
// the end of a region.
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
		if s.Waiting == nil {
			s.Waiting = map[string]time.Duration{}
		}
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

// Waited returns how long s waited for reasons of the given kind.
func (s Stats) Waited(kind Wait) time.Duration {
	var sum time.Duration
	for reason, d := range s.Waiting {
		if WaitFor(reason) == kind {
			sum += d
		}
	}
	return sum
}
