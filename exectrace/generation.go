package exectrace

import "example.com/tracelab/exectrace/internal/container"

// Generation is a part of a trace that can be read by itself. The runtime ends
// one about every second, and with each snapshot of a flight recorder.
type Generation struct {
	Number  uint64 // counted from 1; a file may begin with a later one
	Offset  int64  // of the first byte, in the file that was opened
	Size    int64  // in bytes
	Batches int    // how many batches of events it consists of
	Start   Time   // when the earliest of them begins
	Clock   *Clock // the wall clock in this generation; nil before Go 1.25
	// Cut reports whether a part of the generation is missing: the file ends within
	// it, or some of its bytes are no batches.
	Cut bool
}

// Generations returns the generations of the trace, in the order of the file. It reads
// the headers of batches, and decodes no events. A trace of before Go 1.22 has none.
//
// If some bytes are no batches, the error has the offset of the first of them, and the
// generations before and after them are returned with it.
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
