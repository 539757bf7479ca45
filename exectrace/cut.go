package exectrace

import (
	"errors"
	"time"
)

// Cut returns the part of the trace that tells of the time between from and to:
// the generations that lie in it, whole. A trace of before Go 1.22 stays whole.
// What is returned shares f's bytes, and ends with it.
func (f *File) Cut(from, to Time) (*File, error) {
	found, err := f.Generations()
	if len(found) == 0 {
		return f, err
	}
	first, last := 0, 0
	for i, g := range found {
		if g.Start <= from {
			first = i
		}
		if g.Start <= to {
			last = i
		}
	}
	last = max(first, last)
	part := *f
	part.closer = nil
	part.lo, part.hi = found[first].Offset, found[last].Offset+found[last].Size
	return &part, nil
}

// CutWall is Cut by the wall clock of the machine that made the trace. Before
// Go 1.25 a trace does not have it.
func (f *File) CutWall(from, to time.Time) (*File, error) {
	found, err := f.Generations()
	var known clocks
	for _, g := range found {
		if g.Clock != nil {
			known = append(known, *g.Clock)
		}
	}
	a, ok := known.trace(from)
	b, _ := known.trace(to)
	if !ok {
		return nil, errors.Join(errors.New("the trace does not say what time it was: Go 1.25 and later do"), err)
	}
	return f.Cut(a, b)
}
