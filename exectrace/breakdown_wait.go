package exectrace

import "slices"

// ending is how a wait came to its end.
type ending struct {
	kind     waitKind
	place    place
	by       int32 // the goroutine that ended it; none: no goroutine did, or it is not the cause of the wait
	ended    bool
	inferred bool // the kind
}

// ending finds out what goroutine g waited for in iv, and which goroutine ended
// it: next says who made g runnable.
func (w *breakdown) ending(g int32, iv Interval, next *Interval) ending {
	e := ending{by: none, place: w.lookups.places[iv.stack]}
	var from stackID // where the wait was ended
	if next != nil && next.State == StateRunnable && next.Cause == CauseUnblocked {
		e.ended, e.by, from = true, w.t.indexAt(next.By, next.Start), next.stack
	}
	if e.by == g {
		e.by = none
	}
	e.kind, e.inferred = w.kind(iv, e), iv.Reason == ""
	if e.kind == waitUnknown && e.ended {
		e.kind = w.lost(g, iv, e, from)
	}
	switch e.kind {
	case waitSelect:
		if w.lookups.places[from].ends == waitSend { // who ended it has received
			e.kind = waitSend
		}
		e = w.givenUp(g, iv, e)
	case waitNetwork, waitSleep, waitAssist, waitGC:
		// When the world starts again, some goroutine wakes whom the network or a
		// timer is ready for.
		e.by = none
	}
	return e
}

// kind is by the reason, and by the place.
func (w *breakdown) kind(iv Interval, e ending) waitKind {
	kind := reasonKinds[iv.Reason]
	switch {
	case kind != waitSync:
	case e.place.mutex:
		return waitMutex
	case e.place.runtime: // runtime.GC, or another that stops the world, waits until it may
		return waitGC
	}
	if kind == waitUnknown {
		return e.place.waits
	}
	return kind
}

// lost infers what was waited for from how it was ended, for a wait that began
// before the trace: there is no event of its beginning.
func (w *breakdown) lost(g int32, iv Interval, e ending, from stackID) waitKind {
	switch {
	case e.by == none:
		return w.retried(g, iv.End)
	case from == 0 && iv.stack == 0: // a switch between coroutines has no stacks either
		return waitCoroutine
	}
	return w.lookups.places[from].ends
}

// retried infers from what a goroutine does next whether it waited for the
// network: if so, it repeats the read or write.
func (w *breakdown) retried(g int32, at Time) waitKind {
	left := 5
	for iv := range w.t.intervals(g, at) {
		if iv.State == StateWaiting || iv.State == StateSyscall {
			if w.lookups.places[iv.stack].poll {
				return waitNetwork
			}
			break
		}
		if left--; left == 0 {
			break
		}
	}
	return waitUnknown
}

// state is what it is called while it is not looked through.
func (e ending) state() SegmentState {
	switch e.kind {
	case waitNetwork:
		return SegmentNetwork
	case waitSleep:
		return SegmentSleep
	case waitSync, waitMutex:
		return SegmentSync
	case waitAssist:
		return SegmentGCAssist
	case waitGC:
		return SegmentGCWait
	case waitSend, waitCoroutine:
		return SegmentChannel
	case waitReceive, waitSelect:
		if e.by == none {
			return e.timed()
		}
		return SegmentChannel
	}
	return SegmentUnknown
}

// timed is the state of a wait that no goroutine ended.
func (e ending) timed() SegmentState {
	switch {
	case e.kind == waitReceive && e.ended:
		return SegmentSleep
	case e.kind == waitReceive:
		return SegmentChannel
	}
	return SegmentSelect
}

// wait explains a wait. If it is looked through, that is by what the goroutine did
// that has ended it; and by a timer, or by the one's creator, before there was it.
func (w *breakdown) wait(at position, iv Interval, next *Interval, from, to Time) {
	e := w.ending(at.goroutine, iv, next)
	segment := Segment{Start: from, End: to, State: e.state(), Inferred: e.inferred, stack: iv.stack}
	if e.by == none {
		w.add(at, segment)
		return
	}
	var space [4]residency
	for _, s := range slices.Backward(w.t.lifetimes(space[:0], e.by, from, to)) {
		w.during(at, e, segment, s)
	}
}

// during explains the part of a wait in which s is to be waited for.
func (w *breakdown) during(at position, e ending, segment Segment, s residency) {
	segment.Start, segment.End = s.from, s.to
	if s.goroutine == none {
		segment.State = e.timed()
		w.add(at, segment)
		return
	}
	if to, ok := w.through(at, e, s.goroutine); ok {
		w.walk(to, s.from, s.to)
		return
	}
	segment.WokenBy = w.t.goroutine(s.goroutine).id()
	w.add(at, segment)
}
