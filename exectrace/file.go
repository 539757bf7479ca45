package exectrace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/events"
)

// File is an execution trace as bytes, or the part of one that Cut returns. It is
// safe for concurrent use if the io.ReaderAt that it was made from is.
type File struct {
	c      *container.File
	closer io.Closer
}

// Open opens the execution trace in the named file. The caller must call Close when
// the File is no longer used.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not a regular file")
	}
	var file *File
	if err == nil {
		file, err = NewFile(f, info.Size())
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	file.closer = f
	return file, nil
}

// FromBytes returns the execution trace that b holds. The File keeps b, which must
// not be changed while the File is used.
func FromBytes(b []byte) (*File, error) { return NewFile(bytes.NewReader(b), int64(len(b))) }

// NewFile returns the execution trace in the first size bytes of r. It reads the
// header only. If there is no trace of a supported format, the error says what is
// there instead.
func NewFile(r io.ReaderAt, size int64) (*File, error) {
	c, err := container.New(r, size)
	if err != nil {
		return nil, err
	}
	return &File{c: c}, nil
}

func init() {
	container.Of = func(file any) *container.File { return file.(*File).c }
	events.Index = func(file any, consumers ...events.Consumer) (any, error) { return read(file.(*File), consumers) }
}

// AsGoTool returns the trace with the times that go tool trace shows. They differ where a
// generation begins: no event is earlier there than what tells the states of goroutines
// that did nothing, which is written late, so that up to some hundred milliseconds of
// events are shown as if they were a nanosecond apart. The trace that is returned reads
// from f and can be used until f is closed.
func (f *File) AsGoTool() *File {
	c := *f.c
	c.AsGoTool = true
	return &File{c: &c}
}

// Close closes the file that Open opened. It does nothing to a File that Open did
// not return.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// Format returns the release of Go that introduced the format of the trace, such as
// "go1.26". A program may be built with a later one: Go 1.24 writes the format of
// go1.23.
func (f *File) Format() string { return f.c.Format() }

// Size returns the length of the trace in bytes.
func (f *File) Size() int64 { return f.c.Size() }

// ReadAt implements [io.ReaderAt]. Its offsets are those of the Size bytes that
// WriteTo writes.
func (f *File) ReadAt(b []byte, off int64) (int, error) { return f.c.ReadAt(b, off) }

// WriteTo implements [io.WriterTo]. It writes the trace, or the part that the File
// was cut down to, as a valid execution trace.
func (f *File) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, f.c.Reader()) }
