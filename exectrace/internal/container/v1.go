package container

import (
	"bufio"
	"encoding/binary"
	"io"
)

// Events of the format of before Go 1.22, which internal/trace/internal/tracev1 of Go's
// source describes: a byte with the type and the number of arguments, which are varints.
const (
	v1Batch      = 1
	v1Gomaxprocs = 4
	v1String     = 37
	v1UserLog    = 48
)

// FirstProcs reads how many processors there are at the beginning of a trace of before
// Go 1.22, which is the first number that an event there gives for them. It reports
// false if there is none before the end or what cannot be read.
func (f *File) FirstProcs() (procs uint64, ok bool) {
	r := v1Reader{Reader: bufio.NewReader(f.Reader())}
	r.skip(HeaderSize)
	for r.err == nil {
		kind, args := r.event()
		if kind == v1Gomaxprocs && r.err == nil && args > 1 {
			return r.procs, true
		}
	}
	return 0, false
}

// v1Reader reads as long as there is no error.
type v1Reader struct {
	*bufio.Reader
	procs uint64 // the second argument of the last event
	err   error
}

// event reads one event, and how many arguments it has.
func (r *v1Reader) event() (kind byte, args int) {
	first, err := r.ReadByte()
	if err != nil {
		r.err = err
		return 0, 0
	}
	kind, args = first&63, int(first>>6)+1
	switch {
	case kind == v1Batch:
		args = 2
		r.varint()
		r.varint()
	case kind == v1String:
		r.varint()
		r.skip(r.varint())
	case args == 4: // or more, in so many bytes
		r.skip(r.varint())
	default:
		for i := range args {
			if v := r.varint(); i == 1 {
				r.procs = v
			}
		}
	}
	if kind == v1UserLog {
		r.skip(r.varint())
	}
	return kind, args
}

func (r *v1Reader) varint() uint64 {
	v, err := binary.ReadUvarint(r)
	if err != nil && r.err == nil {
		r.err = err
	}
	return v
}

func (r *v1Reader) skip(n uint64) {
	if r.err == nil {
		_, r.err = io.CopyN(io.Discard, r, int64(min(n, 1<<62)))
	}
}
