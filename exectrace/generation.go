package exectrace

import "example.com/tracelab/exectrace/internal/container"

// Generation is a part of a trace that can be read by itself. The runtime ends
// one about every second, and with each snapshot of a flight recorder.
type Generation struct {
	Number  uint64
	Offset  int64 // of its first byte in the file
	Size    int64 // in bytes
	Batches int
	Start   Time   // of its first batch
	Clock   *Clock // nil before Go 1.25
	// Cut is set if a part of it is missing: the file ends within it, or some of
	// its bytes are no batches.
	Cut bool
}

// Generations finds the generations of the trace by the headers of its batches,
// without decoding an event. A trace of before Go 1.22 has none.
//
// An error says at which offset bytes begin that are no batches. What is found
// before and after them is returned with it.
func (f *File) Generations() ([]Generation, error) {
	found, broken := f.c.Generations()
	var list []Generation
	for _, g := range found {
		list = append(list, generation(g))
	}
	return list, firstOf(broken)
}

func generation(g container.Generation) Generation {
	out := Generation{Number: g.Number, Offset: g.Offset, Size: g.Size, Batches: g.Batches, Start: Time(g.Start), Cut: g.Cut}
	if g.Clock != nil {
		out.Clock = &Clock{Time(g.Clock.Trace), g.Clock.Wall}
	}
	return out
}

func firstOf(broken []container.Damage) error {
	if len(broken) == 0 {
		return nil
	}
	return broken[0].Err
}
