package exectrace

import (
	"fmt"
	"iter"
	"sort"
	"time"
)

// MaxClasses is how many classes of states Sums can tell apart.
const MaxClasses = 16

// Sums sums up the states of goroutines in windows of time. What a window costs does not
// depend on how much happened in it: for goroutines with many changes of state, Sums has
// the time by class at every hundred of them or so, which takes a fifth of the memory that
// they do. It is safe for concurrent use.
type Sums struct {
	t       *Trace
	n       int
	classes [stateGone + 1][]uint8 // by state and reason
	points  map[int32][]seekPoint  // Trace.seeks
	sums    map[int32][]Time       // by class, at each of the points: n for each
}

// NewSums prepares sums by n classes, MaxClasses at most. class returns the class of a
// state and, if the goroutine waits, of Interval.Reason, from 0 to n-1. NewSums panics if
// it does not. It reads all states once.
func (t *Trace) NewSums(n int, class func(s State, reason string) int) *Sums {
	s := &Sums{t: t, n: n, points: t.seeks(), sums: map[int32][]Time{}}
	for state := range stateGone {
		s.classes[state] = make([]uint8, len(t.reasons.texts))
		for id, reason := range t.reasons.texts {
			if state != StateWaiting {
				reason = ""
			}
			c := class(state, reason)
			if c < 0 || c >= min(n, MaxClasses) {
				panic(fmt.Sprintf("exectrace: the class of %v is %d of %d", state, c, n))
			}
			s.classes[state][id] = uint8(c)
		}
	}
	for i, points := range s.points {
		s.sums[i] = s.sumsAt(points)
	}
	return s
}

// sumsAt sums up to each of the points of a goroutine.
func (s *Sums) sumsAt(points []seekPoint) []Time {
	sums := make([]Time, 0, len(points)*s.n)
	w := summing{s: s, class: noClass}
	for n, id := 0, points[0].block; id != 0; n, id = n+1, s.t.steps.after(id) {
		w.c = s.t.steps.read(id)
		w.c.next = 0 // this block alone
		w.ahead()
		w.reach()
		if n%blocksAPoint == 0 {
			sums = append(sums, w.sums[:s.n]...)
		}
		for w.more {
			w.reach()
		}
	}
	return sums
}

// Windows calls add with the time that the goroutines with a number spent in each class
// in n windows of one width, one behind the other, the first of which begins at from.
// It does not call it with no time.
func (s *Sums) Windows(id GoID, from Time, width time.Duration, n int, add func(window, class int, spent time.Duration)) {
	for _, i := range s.t.withID(id) {
		w := s.begin(i)
		before := w.upTo(from)
		for window := range n {
			after := w.upTo(from.Add(time.Duration(window+1) * width))
			for class := range s.n {
				if spent := after[class] - before[class]; spent != 0 {
					add(window, class, time.Duration(spent))
				}
			}
			before = after
		}
	}
}

// IntervalsFrom is Trace.IntervalsFrom for all goroutines with a number, one after the
// other, and quick also if g has many states before at.
func (s *Sums) IntervalsFrom(id GoID, at Time) iter.Seq[Interval] {
	return func(yield func(Interval) bool) {
		for _, i := range s.t.withID(id) {
			for iv := range s.t.intervals(i, at) {
				if !yield(iv) {
					return
				}
			}
		}
	}
}

// summing reads the steps of a goroutine, and sums them up.
type summing struct {
	s     *Sums
	marks []seekPoint
	known []Time           // by class, at each of the marks
	mark  int              // the next one
	at    Time             // when the step began that is the last one reached
	class uint8            // of it
	sums  [MaxClasses]Time // by class, up to at

	c    cursor // behind the next step, which begins at c.at
	next uint8  // its class
	more bool   // there is one
}

// noClass is the class of a goroutine that is not there: yet, or any more.
const noClass = MaxClasses

// begin begins at the first step of goroutine i.
func (s *Sums) begin(i int32) summing {
	w := summing{s: s, class: noClass, marks: s.points[i], known: s.sums[i], c: s.t.steps.read(s.t.goroutine(i).first)}
	w.ahead()
	return w
}

// ahead reads the next step.
func (w *summing) ahead() {
	state, reason, ok := w.c.skim()
	w.more, w.next = ok, noClass
	if state < stateGone {
		w.next = w.s.classes[state][reason]
	}
}

// reach goes on to the next step.
func (w *summing) reach() {
	if w.class < noClass {
		w.sums[w.class] += w.c.at - w.at
	}
	w.at, w.class = w.c.at, w.next
	w.ahead()
}

// upTo returns the time by class up to a moment, which is not before that of the last call.
func (w *summing) upTo(at Time) [MaxClasses]Time {
	at = min(at, w.s.t.End)
	if w.mark < len(w.marks) && w.marks[w.mark].at <= at {
		w.jump(at)
	}
	for w.more && w.c.at <= at {
		w.reach()
	}
	sums := w.sums
	if w.class < noClass && w.at <= at {
		sums[w.class] += at - w.at
	}
	return sums
}

// jump goes to the last mark that is not after a moment.
func (w *summing) jump(at Time) {
	ahead := w.marks[w.mark:]
	w.mark += sort.Search(len(ahead), func(i int) bool { return ahead[i].at > at })
	last, n := w.mark-1, w.s.n
	copy(w.sums[:n], w.known[last*n:])
	w.class = noClass
	w.c = w.s.t.steps.read(w.marks[last].block)
	w.ahead()
	w.reach()
}
