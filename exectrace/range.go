package exectrace

import "iter"

// Range is a time in which the runtime did something special.
type Range struct {
	Name       string // in the runtime's words, such as "GC mark assist" or "stop-the-world (GC sweep termination)"
	Start, End Time
	Goroutine  GoID  // that did it; zero: the whole program, or a processor alone
	Proc       int64 // the processor that it happened on; -1: it is not of one
}

// timeRange is a Range in the index.
type timeRange struct {
	start, end Time
	name       uint32
	goroutine  int32
	proc       int32
}

// Ranges yields all in the order of their ends.
func (t *Trace) Ranges() iter.Seq[Range] {
	return func(yield func(Range) bool) {
		for _, r := range t.ranges.All() {
			if !yield(Range{t.text.text(r.name), r.start, r.end, t.idOf(r.goroutine), int64(r.proc)}) {
				return
			}
		}
	}
}

// Sample is one of a CPU profile that was taken at the same time.
type Sample struct {
	At        Time
	Goroutine GoID // zero: none
	stack     stackID
}

// Samples yields all in order.
func (t *Trace) Samples() iter.Seq[Sample] {
	return func(yield func(Sample) bool) {
		for _, s := range t.samples.All() {
			if !yield(*s) {
				return
			}
		}
	}
}

// SampleStack says where the sample was taken, the innermost frame first.
func (t *Trace) SampleStack(s Sample) []Frame { return t.stacks.stack(s.stack) }
