package exectrace

import (
	"errors"
	"time"
)

// Cut returns the part of the trace that tells of the time between from and to:
// the generations that lie in it, whole. A trace of before Go 1.22 stays whole.
// What is returned shares f's bytes, and ends with it.
func (f *File) Cut(from, to Time) (*File, error) {
	part, broken := f.c.Cut(int64(from), int64(to))
	return &File{c: part}, firstOf(broken)
}

// CutWall is Cut by the wall clock of the machine that made the trace. Before
// Go 1.25 a trace does not have it.
func (f *File) CutWall(from, to time.Time) (*File, error) {
	known := f.c.Clocks()
	a, ok := known.Trace(from)
	b, _ := known.Trace(to)
	if !ok {
		_, err := f.Generations()
		return nil, errors.Join(errors.New("the trace does not say what time it was: Go 1.25 and later do"), err)
	}
	return f.Cut(Time(a), Time(b))
}
