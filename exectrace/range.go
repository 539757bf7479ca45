package exectrace

import "iter"

// Range is a time in which the runtime collected garbage or stopped the world: for a
// goroutine, on a processor, or for the whole program.
type Range struct {
	Name       string // the runtime's name of it, such as "GC mark assist" or "stop-the-world (GC sweep termination)"
	Start, End Time
	Goroutine  GoID  // the goroutine that did it; zero: the whole program, or a processor
	Proc       int64 // the processor that it belongs to; -1: none
}

// timeRange is a Range in the index.
type timeRange struct {
	start, end Time
	name       uint32
	goroutine  int32
	proc       int32
}

// Ranges returns an iterator over the ranges, in the order of their ends.
func (t *Trace) Ranges() iter.Seq[Range] {
	return func(yield func(Range) bool) {
		for _, r := range t.ranges.All() {
			if !yield(Range{t.text.text(r.name), r.start, r.end, t.idOf(r.goroutine), int64(r.proc)}) {
				return
			}
		}
	}
}

// Sample is a sample of a CPU profile that was taken while the trace was recorded.
type Sample struct {
	At        Time
	Goroutine GoID // the goroutine that ran; zero: none
	stack     stackID
}

// Samples returns an iterator over the samples, in the order of their times.
func (t *Trace) Samples() iter.Seq[Sample] {
	return func(yield func(Sample) bool) {
		for _, s := range t.samples.All() {
			if !yield(*s) {
				return
			}
		}
	}
}

// SampleStack returns the stack of a sample, the innermost frame first.
func (t *Trace) SampleStack(s Sample) []Frame { return t.stacks.stack(s.stack) }
