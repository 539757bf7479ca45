package lanes

import (
	"iter"

	"example.com/tracelab/exectrace"
)

// Segment is a time that a lane was in one state.
type Segment struct {
	From, To  exectrace.Time
	State     State
	Goroutine exectrace.GoID
	Proc      int64              // the processor; -1: none, or not known
	Thread    exectrace.ThreadID // likewise
	Reason    string             // of a goroutine that waits, as exectrace.Interval.Reason
	By        exectrace.GoID     // likewise Interval.By
}

// Segments returns what a lane did between two moments, in order, max segments at most; ok
// is false if there are more. The first and the last may reach beyond the moments. Times in
// which the lane was Absent are left out.
func (l *Lanes) Segments(lane Lane, from, to exectrace.Time, max int) (list []Segment, ok bool) {
	ok = true
	l.each(lane, from, to, func(s Segment) bool {
		if ok = len(list) < max; ok {
			list = append(list, s)
		}
		return ok
	})
	return list, ok
}

// All returns an iterator over all that Segments returns.
func (l *Lanes) All(lane Lane, from, to exectrace.Time) iter.Seq[Segment] {
	return func(yield func(Segment) bool) { l.each(lane, from, to, yield) }
}

// Stays is exectrace.Sums.Stays of one of the goroutines: what a lane of its did, with where
// it was meanwhile.
func (l *Lanes) Stays(g exectrace.Goroutine, from, to exectrace.Time) iter.Seq[exectrace.Stay] {
	return l.sums.Stays(g, from, to)
}

func (l *Lanes) each(lane Lane, from, to exectrace.Time, yield func(Segment) bool) {
	switch t := l.track(lane); {
	case lane.Kind == Goroutine:
		l.ofGoroutine(exectrace.GoID(lane.ID), from, to, yield)
	case lane.Kind == Task:
		l.ofTask(exectrace.TaskID(lane.ID), from, to, yield)
	case t == nil:
	case lane.Kind == Processor:
		t.segments(from, to, -1, lane.ID, yield)
	default:
		l.ofThread(t, exectrace.ThreadID(lane.ID), from, to, yield)
	}
}

func (l *Lanes) ofGoroutine(id exectrace.GoID, from, to exectrace.Time, yield func(Segment) bool) {
	for iv := range l.sums.IntervalsFrom(id, from) {
		if iv.Start >= to || !yield(Segment{iv.Start, iv.End, StateOf(iv.State, iv.Reason), id, -1, iv.Thread, iv.Reason, iv.By}) {
			return
		}
	}
}

// segments yields those of a processor, or of a thread without one. It reports whether to
// go on.
func (t *track) segments(from, to exectrace.Time, thread exectrace.ThreadID, proc int64, yield func(Segment) bool) bool {
	c := t.near(from)
	for x, ok := c.next(); ok && x.from < to; x, ok = c.next() {
		if x.to > from && !yield(Segment{x.from, x.to, stateOfTurn[x.kind], exectrace.GoID(x.who), proc, thread, "", 0}) {
			return false
		}
	}
	return true
}

// ofThread yields those of a thread: what its processors did while it had them, and its
// system calls without one.
func (l *Lanes) ofThread(t *track, id exectrace.ThreadID, from, to exectrace.Time, yield func(Segment) bool) {
	c := t.near(from)
	for x, ok := c.next(); ok && x.from < to; x, ok = c.next() {
		if x.to <= from {
			continue
		}
		if x.kind != onProcessor {
			if !yield(Segment{x.from, x.to, Syscall, exectrace.GoID(x.who), -1, id, "", 0}) {
				return
			}
			continue
		}
		p := l.track(Lane{Processor, x.who})
		goOn := p == nil || p.segments(max(from, x.from), min(to, x.to), id, x.who, func(s Segment) bool {
			s.From, s.To = max(s.From, x.from), min(s.To, x.to)
			return yield(s)
		})
		if !goOn {
			return
		}
	}
}
