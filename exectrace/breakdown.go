package exectrace

import "slices"

// Breakdown returns what the time of a task was spent on: segments in order and without
// gaps, from k.Start to k.End. It returns nil for a task of no duration.
//
// It follows the goroutine that ended the task and, before that one was created,
// its creator. A wait for a goroutine that was started for the task, or for one of
// net/http's client, is replaced by what that goroutine did meanwhile. A wait for
// any other goroutine stays a wait, and Segment.WokenBy is the goroutine that ended
// it. So does a wait for a mutex, or for room in a channel.
//
// A call of net/http's client that is canceled, or whose time is over, has waited for the
// network, and not for what ended it.
func (t *Trace) Breakdown(k Task) []Segment {
	if k.End <= k.Start {
		return nil
	}
	w := t.newBreakdown()
	w.task = &k
	for _, s := range slices.Backward(w.path()) {
		if s.goroutine != none {
			w.walk(position{goroutine: s.goroutine, serves: s.goroutine}, s.from, s.to)
		}
	}
	return w.rest(k.Start, k.End)
}

// These bound what a trace can make of one explanation, whatever it says. In
// real ones chains of twenty goroutines have been seen.
const (
	maxHops = 64
	maxWork = 1 << 18 // intervals that are looked at, and segments
)

// breakdown collects the segments of a time.
type breakdown struct {
	t       *Trace
	lookups *lookups
	// task is the task that is broken down. Without one every wait is replaced, and
	// each segment has the task that its goroutine worked for.
	task *Task
	self []int32        // the goroutines of the task itself
	own  map[int32]bool // by goroutine: whether it was started for the task

	segments []Segment
	work     int
}

func (t *Trace) newBreakdown() *breakdown {
	return &breakdown{t: t, lookups: t.lookups(), own: map[int32]bool{}}
}

// position is a goroutine of a walk, and how the walk got to it.
type position struct {
	goroutine int32
	serves    int32 // the goroutine whose tasks it works for
	hops      int
	waiter    *position // the goroutine that waits for it and was started for the same task; nil: none
}

// residency is a goroutine and the time in which it worked for the task.
type residency struct {
	goroutine int32
	from, to  Time
}

// path are the goroutines of the task, each with its time, the last one first.
func (w *breakdown) path() []residency {
	begun, last := w.t.indexAt(w.task.BegunBy, w.task.Start), w.t.indexAt(w.task.EndedBy, w.task.End)
	if last == none {
		last = begun
	}
	if last == none {
		return nil
	}
	path := w.t.lifetimes(nil, last, w.task.Start, w.task.End)
	if first := &path[len(path)-1]; first.goroutine == none { // a timer has started the one after
		first.goroutine = begun
	}
	for _, s := range path {
		w.self = append(w.self, s.goroutine)
	}
	if begun != none {
		w.self = append(w.self, begun)
	}
	return path
}

// lifetimes adds goroutine g with the part of the time in which it existed, and
// before that its creators, the last one first. None is the runtime.
func (t *Trace) lifetimes(path []residency, g int32, from, to Time) []residency {
	for range maxHops {
		born, by, known := t.birth(g)
		if !known || born <= from {
			break
		}
		if born < to {
			path = append(path, residency{g, born, to})
			to = born
		}
		g = by
		if g == none {
			break
		}
	}
	return append(path, residency{g, from, to})
}

// walk adds the segments of a time by the states of a goroutine.
func (w *breakdown) walk(at position, from, to Time) {
	var iv Interval
	for next := range w.t.intervals(at.goroutine, from) {
		if iv.End > iv.Start {
			from = w.interval(at, iv, &next, from, to)
		}
		if from >= to || w.work > maxWork {
			return
		}
		iv = next
	}
	if iv.End > iv.Start {
		from = w.interval(at, iv, nil, from, to)
	}
	w.unknown(at, from, to)
}

// interval adds the time up to the end of iv, which is followed by next, and
// returns that end.
func (w *breakdown) interval(at position, iv Interval, next *Interval, from, to Time) Time {
	w.work++
	w.unknown(at, from, min(iv.Start, to))
	from, to = max(from, iv.Start), min(iv.End, to)
	if from >= to {
		return from
	}
	switch iv.State {
	case StateWaiting:
		w.wait(at, iv, next, from, to)
	case StateRunning, StateRunnable:
		w.active(at, iv, from, to)
	case StateSyscall, StateSyscallBlocked:
		w.add(at, Segment{Start: from, End: to, State: SegmentSyscall, stack: iv.stack})
	default:
		w.unknown(at, from, to)
	}
	return to
}

func (w *breakdown) unknown(at position, from, to Time) {
	w.add(at, Segment{Start: from, End: to, State: SegmentUnknown})
}

// add adds a segment, in parts if its goroutine worked for several tasks.
func (w *breakdown) add(at position, segment Segment) {
	segment.Goroutine, segment.Hops = w.t.goroutine(at.goroutine).id(), at.hops
	for end := segment.End; segment.Start < end; segment.Start = segment.End {
		task, inferred, until := w.served(at, segment.Start)
		part := segment
		part.End, part.Task, part.Inferred = min(end, until), task, segment.Inferred || inferred
		w.append(part)
		segment.End = part.End
	}
}

// append adds a segment, or extends the last one if only the time differs.
func (w *breakdown) append(segment Segment) {
	w.work++
	if w.work > maxWork {
		return
	}
	if n := len(w.segments); n > 0 {
		last := w.segments[n-1]
		end := last.End
		last.Start, last.End = segment.Start, segment.End
		if end == segment.Start && last == segment {
			w.segments[n-1].End = segment.End
			return
		}
	}
	w.segments = append(w.segments, segment)
}

// rest returns the segments of a time. What is left after maxWork is unknown.
func (w *breakdown) rest(from, to Time) []Segment {
	segment := Segment{Start: from, End: to, State: SegmentUnknown, Inferred: true}
	if n := len(w.segments); n > 0 {
		segment.Start = w.segments[n-1].End
	}
	if w.task != nil {
		segment.Task = w.task.ID
	}
	if segment.Start < segment.End {
		w.segments = append(w.segments, segment)
	}
	return w.segments
}
