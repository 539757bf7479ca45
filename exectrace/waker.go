package exectrace

import "slices"

// WakerSegments returns what goroutine segment.WokenBy did in the time of the segment,
// in order and without gaps, or nil if there is no such goroutine. Each wait that
// another goroutine ended is replaced by what that goroutine did. The task of each
// segment returned is the one that its goroutine worked for, which may be that of
// another request.
func (t *Trace) WakerSegments(segment Segment) []Segment {
	waker := t.indexAt(segment.WokenBy, segment.End)
	if waker == none || segment.End <= segment.Start {
		return nil
	}
	w := t.newBreakdown()
	for _, s := range slices.Backward(t.lifetimes(nil, waker, segment.Start, segment.End)) {
		if s.goroutine == none {
			w.unknown(position{goroutine: waker, serves: waker}, s.from, s.to)
			continue
		}
		w.walk(position{goroutine: s.goroutine, serves: s.goroutine}, s.from, s.to)
	}
	return w.rest(segment.Start, segment.End)
}
