// Package wire reads the events of a Go execution trace as they are written: in the
// order of the file, neither ordered by time nor validated. It helps with a trace that
// cannot be decoded, that is larger than expected, or that is to be published without
// the names in it.
//
// A File is an execution trace of Go 1.22 or later as bytes. One that is open as an
// exectrace.File is read as
//
//	wire.NewFile(file, file.Size())
//
// Package wire decodes events by itself: unlike package exectrace it depends on the
// standard library alone. Where a file is damaged, what is before and after the
// damage is read, and a [Loss] describes what cannot be.
package wire

import (
	"fmt"
	"io"

	"example.com/tracelab/exectrace/internal/container"
)

// File is an execution trace as bytes. It is safe for concurrent use if the
// io.ReaderAt that it was made from is.
type File struct{ c *container.File }

// NewFile returns the execution trace in the first size bytes of r. It reads the
// header only. If there is no trace of a supported format, the error says what is
// there instead.
func NewFile(r io.ReaderAt, size int64) (*File, error) {
	c, err := container.New(r, size)
	if err != nil {
		return nil, err
	}
	return &File{c}, nil
}

// Format returns the release of Go that introduced the format of the trace, such as
// "go1.26".
func (f *File) Format() string { return f.c.Format() }

// Cut returns the part of the trace between from and to, in nanoseconds on the
// clock of the trace: all generations that overlap that time, whole. Offsets in the
// part are those in f.
func (f *File) Cut(from, to int64) *File {
	part, _ := f.c.Cut(from, to)
	return &File{part}
}

// Frame is a call on a stack.
type Frame struct {
	PC   uint64 // program counter
	Func string // name of the function, with the path of its package
	File string // path of the source file, as the compiler recorded it
	Line int    // in the file
}

// Loss is a part of a File that cannot be read. It is an error, which File.Events
// yields in the place of that part.
type Loss struct {
	Offset int64 // of the first byte
	Size   int64 // in bytes
	Err    error // why the part cannot be read
}

// String returns which bytes are lost, and why.
func (l Loss) String() string {
	return fmt.Sprintf("%d bytes from byte %d on: %v", l.Size, l.Offset, l.Err)
}

// Error returns "lost: " and the text of String.
func (l Loss) Error() string { return "lost: " + l.String() }

// Unwrap returns l.Err.
func (l Loss) Unwrap() error { return l.Err }

func (l Loss) end() int64 { return l.Offset + l.Size }
