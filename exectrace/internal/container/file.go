// Package container reads what the events of an execution trace are wrapped in:
// the header of the file, and batches, which make up generations. It decodes no
// event but those that say what time it is.
//
// Moments are nanoseconds on the clock of the trace.
package container

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
)

// HeaderSize is the length of what every execution trace begins with, such as
// "go 1.26 trace\x00\x00\x00".
const HeaderSize = 16

// The formats that can be read, by the minor version of Go in the header.
const (
	Oldest       = 11
	Generational = 22 // since this one a trace consists of generations
	Newest       = 26
)

// File is an execution trace as bytes, or a part of one. Its methods may be
// called at the same time if those of its io.ReaderAt may.
type File struct {
	Minor    int
	Lo, Hi   int64 // what belongs to it, but for the header
	AsGoTool bool  // events are to have the times that go tool trace shows: see decode.Decoder
	Span     *Span // the time that events are read of; nil: all

	r      io.ReaderAt
	header [HeaderSize]byte
}

// New returns the trace in the first size bytes of r. The error says what is
// there instead, if it is no trace that can be read.
func New(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, Lo: HeaderSize, Hi: size}
	n, err := r.ReadAt(f.header[:min(size, HeaderSize)], 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	f.Minor, err = version(f.header[:n])
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
	case bytes.HasPrefix([]byte("go 1."), header[:min(5, len(header))]) && len(header) < HeaderSize:
		return 0, fmt.Errorf("it ends after %d bytes, within its header", len(header))
	case m == nil:
		header, _, _ = bytes.Cut(header, []byte("\n")) // what a program has printed before is lines
		return 0, fmt.Errorf("it is no Go execution trace: it begins with %q", header)
	}
	minor, _ = strconv.Atoi(string(m[1]))
	switch {
	case minor < Oldest:
		return 0, fmt.Errorf("its format is that of Go 1.%d: those of Go 1.%d to 1.%d can be read, older ones by that release's own go tool trace", minor, Oldest, Newest)
	case minor > Newest:
		return 0, fmt.Errorf("its format is that of Go 1.%d: those of Go 1.%d to 1.%d can be read, newer ones by a newer tracelab", minor, Oldest, Newest)
	}
	return minor, nil
}

// Of returns what an *exectrace.File reads. Package exectrace sets it: the packages
// below it need more of a File than other programs should.
var Of func(file any) *File

// Format is the release of Go that the format is named after, such as "go1.26".
func (f *File) Format() string { return "go1." + strconv.Itoa(f.Minor) }

// Size is the length of the trace in bytes.
func (f *File) Size() int64 { return HeaderSize + f.Hi - f.Lo }

// Header is what the trace begins with.
func (f *File) Header() []byte { return bytes.Clone(f.header[:]) }

// Part is a trace of the bytes from lo to hi.
func (f *File) Part(lo, hi int64) *File {
	part := *f
	part.Lo, part.Hi = lo, hi
	return &part
}

// Reader reads the trace from its header to its end.
func (f *File) Reader() io.Reader {
	return io.MultiReader(bytes.NewReader(f.header[:]), io.NewSectionReader(f.r, f.Lo, f.Hi-f.Lo))
}

// ReadAt reads from the bytes of Reader, as an io.ReaderAt does.
func (f *File) ReadAt(b []byte, at int64) (n int, err error) {
	if at < 0 {
		return 0, errors.New("the offset is negative")
	}
	if at < HeaderSize {
		n = copy(b, f.header[at:])
		if n == len(b) {
			return n, nil
		}
	}
	rest, err := io.NewSectionReader(f.r, f.Lo, f.Hi-f.Lo).ReadAt(b[n:], at+int64(n)-HeaderSize)
	return n + rest, err
}

// Stream is Reader for who reads byte by byte.
func (f *File) Stream() io.Reader { return bufio.NewReaderSize(f.Reader(), 256<<10) }

// Bytes fills b with what is at offset at.
func (f *File) Bytes(b []byte, at int64) error {
	n, err := f.r.ReadAt(b, at)
	switch {
	case n == len(b):
		return nil
	case err == nil:
		return io.ErrUnexpectedEOF
	}
	return err
}

// Peek reads what there is at offset at, as far as b reaches.
func (f *File) Peek(b []byte, at int64) ([]byte, error) {
	b = b[:max(0, min(int64(len(b)), f.Hi-at))]
	n, err := f.r.ReadAt(b, at)
	if n == len(b) || err == io.EOF {
		err = nil
	}
	if err == nil && n == 0 && len(b) > 0 {
		err = io.ErrUnexpectedEOF
	}
	return b[:n], err
}
