package exectrace

import (
	"errors"
	"time"

	"example.com/tracelab/exectrace/internal/decode"
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

// Between returns the trace as if it had been recorded from one moment to another: all that
// is computed of it counts what lies in that time. Only the generations that overlap it are
// read. A generation begins with the states of goroutines and processors; what they were in
// before from, they are in since then. Where a wait is older than the first generation that
// is read, nothing says for what it is; tasks and regions are known that begin or end in
// the time.
//
// Damage of f is reported when the part is read. Reading fails if the trace ends before
// from. The part reads from f and can be used until f is closed. WriteTo writes the
// generations as Cut does.
func (f *File) Between(from, to Time) *File {
	part, _ := f.c.Between(int64(from), int64(to))
	if s := part.Span; len(s.Earlier) > 0 {
		if before := s.Earlier[len(s.Earlier)-1]; decode.Last(before) >= s.From {
			part.Lo, s.Earlier = before.Lo, s.Earlier[:len(s.Earlier)-1]
		}
	}
	return &File{c: part}
}

// Began returns when the trace began, which is the time of its first event. For what
// Between returns it is when the trace did that this is a part of.
func (f *File) Began() Time { return Time(f.c.Began()) }
