// Package wire reads the events of an execution trace as they are written: in
// the order of the file, by the thread that wrote them, neither put in order nor
// validated. It is what to look at when a trace cannot be decoded, when it is
// larger than it should be, or when it is to be given away without the names in
// it.
//
// A trace is the bytes of a file of Go 1.22 or later: an *exectrace.File, or what
// New returns. Unlike exectrace this package decodes events by itself and depends
// on the standard library alone.
//
// Where a file is damaged, what can be read before and after the damage is read,
// and a Loss stands for what cannot.
package wire

import (
	"fmt"
	"io"

	"example.com/tracelab/exectrace/internal/container"
)

// Trace is an execution trace as bytes: what New returns, or an *exectrace.File.
type Trace interface {
	Container() *container.File // for the packages of exectrace
}

// New returns the trace in the first size bytes of r. The error says what is
// there instead, if it is no trace that can be read.
func New(r io.ReaderAt, size int64) (Trace, error) {
	f, err := container.New(r, size)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Frame is a place in the code: a call on a stack.
type Frame struct {
	PC   uint64
	Func string
	File string
	Line int
}

// Loss is a part of a file that cannot be read. It is also the error in the place
// of what is lost.
type Loss struct {
	Offset int64 // of its first byte
	Size   int64 // in bytes
	Err    error // why
}

func (l Loss) String() string {
	return fmt.Sprintf("%d bytes from byte %d on: %v", l.Size, l.Offset, l.Err)
}

func (l Loss) Error() string { return "lost: " + l.String() }

// Unwrap returns Err.
func (l Loss) Unwrap() error { return l.Err }

func (l Loss) end() int64 { return l.Offset + l.Size }
