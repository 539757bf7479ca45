package exectrace

import (
	"errors"
	"time"
)

// Cut returns the part of the trace between from and to: all generations that
// overlap that time, whole. A trace of before Go 1.22 has no generations, and is
// returned whole. The part reads from f and can be used until f is closed.
//
// If bytes of f are damaged, Cut returns an error as Generations does, and with it the
// part that it found.
func (f *File) Cut(from, to Time) (*File, error) {
	part, broken := f.c.Cut(int64(from), int64(to))
	return &File{c: part}, firstOf(broken)
}

// CutWall is like Cut, with times of the wall clock of the machine that recorded the
// trace. It returns a nil File and an error if the trace has no wall clock, as one of
// before Go 1.25.
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
