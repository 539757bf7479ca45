package exectrace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"example.com/tracelab/exectrace/internal/container"
)

// File is an execution trace as bytes. Its methods may be called at the same
// time if those of its io.ReaderAt may.
type File struct {
	c      *container.File
	closer io.Closer
}

// Open returns the trace in the file at path. Close it in the end.
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
		file, err = New(f, info.Size())
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	file.closer = f
	return file, nil
}

// FromBytes returns the trace in b, which must not change while it is used.
func FromBytes(b []byte) (*File, error) { return New(bytes.NewReader(b), int64(len(b))) }

// New returns the trace in the first size bytes of r. The error says what is
// there instead, if it is no trace that can be read.
func New(r io.ReaderAt, size int64) (*File, error) {
	c, err := container.New(r, size)
	if err != nil {
		return nil, err
	}
	return &File{c: c}, nil
}

// Container is for the packages of exectrace.
func (f *File) Container() *container.File { return f.c }

// Close closes what Open opened.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// Format is the release of Go that the format is named after, such as "go1.26".
// Go 1.24, for one, writes that of 1.23.
func (f *File) Format() string { return f.c.Format() }

// Size is the length of the trace in bytes.
func (f *File) Size() int64 { return f.c.Size() }

// WriteTo writes the trace, or what it was cut down to.
func (f *File) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, f.c.Reader()) }
