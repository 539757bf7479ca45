package exectrace

// SegmentStack returns the stack of the goroutine of a segment, the innermost frame
// first, or nil if the trace does not have it. For a goroutine that waited or was in a
// system call it is the stack when that began, and for a runnable one the stack when it
// stopped running. For one that ran it is the stack that a CPU profile sampled, or that
// at which the scheduler stopped it. Without these it consists of the calls that the
// goroutine was in both before and after the segment, and the innermost frame may have
// no line number.
func (t *Trace) SegmentStack(segment Segment) []Frame {
	g := t.indexAt(segment.Goroutine, segment.Start)
	switch {
	case segment.stack != 0:
		return t.stacks.stack(segment.stack)
	case g == none || segment.State == SegmentUnknown:
		return nil
	}
	before, iv, after := t.around(g, segment.Start)
	switch {
	case iv.State == StateRunnable:
		return t.stacks.stack(before)
	case iv.State != StateRunning:
		return nil
	}
	if s := t.sampled(segment); s != 0 {
		return t.stacks.stack(s)
	}
	if after.State == StateRunnable {
		return t.stacks.stack(after.own())
	}
	return common(t.stacks.stack(before), t.stacks.stack(after.own()))
}

// around returns the interval of goroutine g at a moment, where g had been before
// it ran then, and the interval after.
func (t *Trace) around(g int32, at Time) (before stackID, iv, after Interval) {
	for next := range t.from(t.seekBefore(g, at)) {
		if iv.End > at {
			return before, iv, next
		}
		if stack := next.own(); stack != 0 && (next.End <= at || next.State == StateRunnable) {
			before = stack
		}
		iv = next
	}
	return before, iv, Interval{}
}

// own is where the goroutine itself was.
func (iv Interval) own() stackID {
	if iv.State == StateRunnable && iv.Cause != CauseStopped {
		return 0
	}
	return iv.stack
}

// sampled is where the goroutine was when it was sampled within the segment, first.
func (t *Trace) sampled(segment Segment) stackID {
	for i := t.firstSample(segment.Start); i < t.samples.Len(); i++ {
		s := t.samples.At(i)
		if s.At >= segment.End {
			break
		}
		if s.Goroutine == segment.Goroutine {
			return s.stack
		}
	}
	return 0
}

// common returns the calls that two stacks of a goroutine share. Without one of
// them that is what the goroutine was started with.
func common(a, b []Frame) []Frame {
	if len(a) == 0 {
		a = b[max(len(b)-1, 0):]
	}
	if len(b) == 0 {
		b = a[max(len(a)-1, 0):]
	}
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	shared := a[len(a)-n:]
	if n < len(a) && n < len(b) {
		x, y := a[len(a)-1-n], b[len(b)-1-n]
		if x.Func == y.Func && x.File == y.File { // at different lines
			shared = append([]Frame{{Func: x.Func, File: x.File}}, shared...)
		}
	}
	return shared
}
