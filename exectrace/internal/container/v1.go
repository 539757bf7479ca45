package container

import (
	"bufio"
	"errors"
	"io"
	"math"
)

// Events of the format of before Go 1.22, which internal/trace/internal/tracev1 of Go's
// source describes: a byte with the type and the number of arguments, which are varints.
const (
	v1Batch      = 1  // two arguments
	v1Frequency  = 2  // ticks a second; it follows the last event, and the table of stacks follows it
	v1Gomaxprocs = 4  // when, how many, a stack
	v1String     = 37 // a number, a length, a text
	v1UserLog    = 48 // a length and a text follow
)

// v1Reader reads events, until there is an error: io.EOF at the end of the last whole one.
type v1Reader struct {
	r      *bufio.Reader
	kind   byte   // of the last event
	second uint64 // its second argument
	size   int64  // in bytes
	err    error
}

// newV1Reader begins behind the header.
func (f *File) newV1Reader() *v1Reader {
	return &v1Reader{r: bufio.NewReaderSize(io.NewSectionReader(f.r, f.Lo, f.Hi-f.Lo), 64<<10)}
}

// next reads an event, and reports whether it is whole.
func (r *v1Reader) next() bool {
	first, err := r.r.ReadByte()
	if err != nil {
		r.err = err
		return false
	}
	r.kind, r.size = first&63, 1
	switch args := int(first>>6) + 1; {
	case r.kind == v1Batch:
		r.varint()
		r.varint()
	case r.kind == v1String:
		r.varint()
		r.skip(r.varint())
	case args == 4: // or more, in so many bytes
		r.skip(r.varint())
	default:
		for i := range args {
			if v := r.varint(); i == 1 {
				r.second = v
			}
		}
	}
	if r.kind == v1UserLog {
		r.skip(r.varint())
	}
	return r.err == nil
}

func (r *v1Reader) varint() (v uint64) {
	for shift := 0; shift < 64 && r.err == nil; shift += 7 {
		b, err := r.r.ReadByte()
		if err != nil {
			r.err = io.ErrUnexpectedEOF
			return 0
		}
		r.size++
		v |= uint64(b&127) << shift
		if b < 128 {
			return v
		}
	}
	if r.err == nil {
		r.err = errors.New("a number has more than 64 bits")
	}
	return v
}

func (r *v1Reader) skip(n uint64) {
	if r.err != nil {
		return
	}
	skipped, err := io.CopyN(io.Discard, r.r, int64(min(n, math.MaxInt64)))
	r.size += skipped
	if err != nil {
		r.err = io.ErrUnexpectedEOF
	}
}

// FirstProcs reads how many processors there are at the beginning of a trace of before
// Go 1.22, which is the first number that an event there gives for them. It reports
// false if there is none before the end or what cannot be read.
func (f *File) FirstProcs() (procs uint64, ok bool) {
	for r := f.newV1Reader(); r.next(); {
		if r.kind == v1Gomaxprocs {
			return r.second, true
		}
	}
	return 0, false
}

// V1Whole returns the offset at which the last whole entry of a trace of before Go 1.22
// ends, and whether all of its events are before it.
func (f *File) V1Whole() (end int64, events bool) {
	end = f.Lo
	for r := f.newV1Reader(); r.next(); end += r.size {
		events = events || r.kind == v1Frequency
	}
	return end, events
}
