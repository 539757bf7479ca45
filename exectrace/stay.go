package exectrace

import (
	"iter"
	"math"
	"sort"
	"strings"
)

// Calls is what is known of the calls that a goroutine was in while it was in one state:
// Trace.CallsOf has them. Of the same calls they are equal. The zero value is none.
type Calls struct {
	before, after stackID // the goroutine's own, where the state began and where it ended
	start         uint32  // the name of the function that it was started with
	ran           bool
}

// Stay is an interval, and the calls in which it was spent.
type Stay struct {
	Interval
	Calls Calls
}

// CallsOf returns calls, the innermost first, or nil if none is known. Where a goroutine
// waited, was in a system call or was preempted they are the stack that the trace has of
// that; where it was runnable, the stack at which it had stopped. Where it ran they are the
// calls that it was in both before and after, without functions of the runtime, from which
// it had returned. Where no stack is known it is the function that it was started with.
func (t *Trace) CallsOf(c Calls) []Frame {
	frames := t.stacks.stack(c.before)
	if c.before != c.after {
		frames = common(frames, t.stacks.stack(c.after))
	}
	if len(frames) == 0 && c.start != 0 {
		return []Frame{{Func: t.text.text(c.start)}}
	}
	for c.ran && len(frames) > 1 && strings.HasPrefix(frames[0].Func, "runtime.") {
		frames = frames[1:]
	}
	return frames
}

// Stays returns an iterator over the states of g that overlap the time between two moments,
// in order, each with its calls. It is quick also if g has many states before that time.
func (s *Sums) Stays(g Goroutine, from, to Time) iter.Seq[Stay] {
	return func(yield func(Stay) bool) {
		t, start := s.t, s.t.goroutine(g.index).name
		before, held, holds := stackID(0), Stay{}, false
		give := func(after stackID) bool { // what is held, once it is known what comes after it
			if held.State == StateRunning {
				held.Calls.after = after
			}
			holds = false
			return held.End <= from || yield(held)
		}
		for iv := range t.from(t.seekBefore(g.index, from)) {
			own := iv.ownStack()
			if holds && !give(own) {
				return
			}
			if iv.Start >= to {
				return
			}
			held, holds = Stay{iv, callsIn(iv, before, own, start)}, true
			if own != 0 {
				before = own
			}
		}
		if holds {
			give(0)
		}
	}
}

// callsIn is that of a state, of which a running one lacks what comes after it.
func callsIn(iv Interval, before, own stackID, start uint32) Calls {
	switch iv.State {
	case StateRunning:
		return Calls{before: before, start: start, ran: true}
	case StateRunnable:
		if own == 0 {
			own = before
		}
	}
	return Calls{before: own, after: own, start: start}
}

// ownStack is own also for a coroutine, which is created waiting.
func (iv Interval) ownStack() stackID {
	if iv.Cause == CauseCreated {
		return 0
	}
	return iv.own()
}

// lifetime is when a goroutine was there.
type lifetime struct{ from, to Time }

// newLifetimes are those of all goroutines, by their indices.
func (t *Trace) newLifetimes() []lifetime {
	all := make([]lifetime, t.goroutines.Len())
	for i, g := range t.goroutines.All() {
		all[i] = lifetime{math.MaxInt64, math.MinInt64}
		if g.first != 0 {
			d := t.described(int32(i))
			all[i] = lifetime{d.Created, t.until(d)}
		}
	}
	return all
}

// GoroutinesBetween returns an iterator over the goroutines that were there between two
// moments, in the order of Goroutines: those that were created before the second, and had not
// ended, nor begun to wait forever, at the first. Its first call for a trace takes about a
// microsecond for each goroutine, later ones a few nanoseconds.
func (t *Trace) GoroutinesBetween(from, to Time) iter.Seq[Goroutine] {
	return func(yield func(Goroutine) bool) {
		for i, l := range t.lived() {
			if l.from < to && l.to > from && !yield(t.described(int32(i))) {
				return
			}
		}
	}
}

// SamplesBetween returns an iterator over those of Samples from one moment up to another.
func (t *Trace) SamplesBetween(from, to Time) iter.Seq[Sample] {
	return func(yield func(Sample) bool) {
		for i := t.firstSample(from); i < t.samples.Len(); i++ {
			if s := *t.samples.At(i); s.At >= to || !yield(s) {
				return
			}
		}
	}
}

// firstSample is the index of the first sample that is not before a moment.
func (t *Trace) firstSample(at Time) int {
	return sort.Search(t.samples.Len(), func(i int) bool { return t.samples.At(i).At >= at })
}

// Calls are those that the goroutine was in, or the thread if it had none.
func (s Sample) Calls() Calls { return Calls{before: s.stack, after: s.stack} }
