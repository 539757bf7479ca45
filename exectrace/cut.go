package exectrace

import (
	"errors"
	"time"
)

// Cut returns the part of the trace between from and to: all generations that
// overlap that time, whole. A trace of before Go 1.22 is not cut. The part shares
// f's bytes, and is closed with it.
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
		return nil, errors.Join(errors.New("the trace has no wall clock: Go 1.25 and later write one"), err)
	}
	return f.Cut(Time(a), Time(b))
}
