package exectrace

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
)

// headerSize is the length of what every execution trace begins with, such as
// "go 1.26 trace\x00\x00\x00".
const headerSize = 16

// The formats that can be read, by the minor version of Go in the header: since
// 1.22 a trace consists of generations.
const (
	oldest      = 11
	generations = 22
	newest      = 26
)

// File is an execution trace as bytes. Its methods may be called at the same
// time if those of its io.ReaderAt may.
type File struct {
	r      io.ReaderAt
	header [headerSize]byte
	minor  int
	lo, hi int64 // what belongs to the trace, but for the header
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
	f := &File{r: r, lo: headerSize, hi: size}
	n, err := r.ReadAt(f.header[:min(size, headerSize)], 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	f.minor, err = version(f.header[:n])
	if err != nil {
		return nil, err
	}
	return f, nil
}

// headerText is the form of a header; the version is not padded, the whole is.
var headerText = regexp.MustCompile(`^go 1\.([1-9][0-9]?) trace\x00+$`)

func version(header []byte) (minor int, err error) {
	if len(header) == 0 {
		return 0, errors.New("it is empty: the program may have ended before trace.Stop")
	}
	m := headerText.FindSubmatch(header)
	switch {
	case bytes.HasPrefix(header, []byte("\x1f\x8b")):
		return 0, errors.New("it is compressed: unpack it with gunzip first")
	case bytes.HasPrefix([]byte("go 1."), header[:min(5, len(header))]) && len(header) < headerSize:
		return 0, fmt.Errorf("it ends after %d bytes, within its header", len(header))
	case m == nil:
		return 0, fmt.Errorf("it is no Go execution trace: it begins with %q", header)
	}
	minor, _ = strconv.Atoi(string(m[1]))
	switch {
	case minor < oldest:
		return 0, fmt.Errorf("its format is that of Go 1.%d: those of Go 1.%d to 1.%d can be read, older ones by that release's own go tool trace", minor, oldest, newest)
	case minor > newest:
		return 0, fmt.Errorf("its format is that of Go 1.%d: those of Go 1.%d to 1.%d can be read, newer ones by a newer tracelab", minor, oldest, newest)
	}
	return minor, nil
}

// Close closes what Open opened.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// Format is the release of Go that the format is named after, such as "go1.26".
// Go 1.24, for one, writes that of 1.23.
func (f *File) Format() string { return "go1." + strconv.Itoa(f.minor) }

// Size is the length of the trace in bytes.
func (f *File) Size() int64 { return headerSize + f.hi - f.lo }

// WriteTo writes the trace, or what it was cut down to.
func (f *File) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, f.part(f.lo, f.hi)) }

// part is a trace of the bytes from lo to hi.
func (f *File) part(lo, hi int64) io.Reader {
	return io.MultiReader(bytes.NewReader(f.header[:]), io.NewSectionReader(f.r, lo, hi-lo))
}

// stream is part for who reads it byte by byte.
func (f *File) stream(lo, hi int64) io.Reader {
	return bufio.NewReaderSize(f.part(lo, hi), 256<<10)
}
