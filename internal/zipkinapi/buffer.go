package zipkinapi

import (
	"errors"
	"io"
	"slices"
	"unsafe"
)

// buffer is reusable memory to read a text into. Its zero value is ready.
type buffer struct{ b []byte }

var errTooLong = errors.New("too long")

// read reads r to its end, which is after about hint bytes if that is known. It
// keeps what there is before an error, but nothing of what is longer than limit.
func (b *buffer) read(r io.Reader, hint, limit int64) error {
	// The memory grows with what was sent, not with what Content-Length says.
	const least, most = 512, 1 << 18
	b.b = slices.Grow(b.b[:0], int(min(max(hint+1, least), most)))
	for {
		if len(b.b) == cap(b.b) {
			b.b = slices.Grow(b.b, 1)
		}
		n, err := r.Read(b.b[len(b.b):cap(b.b)])
		b.b = b.b[:len(b.b)+n]
		switch {
		case int64(len(b.b)) > limit:
			b.b = b.b[:0]
			return errTooLong
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// text is what was read, without a copy: valid until reset or the next read.
func (b *buffer) text() string { return unsafe.String(unsafe.SliceData(b.b), len(b.b)) }

// reset drops the text, and the memory too if it is unusually large.
func (b *buffer) reset() {
	const maxReused = 1 << 18
	if cap(b.b) > maxReused {
		b.b = nil
	}
	b.b = b.b[:0]
}

// readText reads r to its end into a string, which is the caller's. It returns
// what it has with the error.
func readText(r io.Reader, hint, limit int64) (string, error) {
	var b buffer
	err := b.read(r, hint, limit)
	return b.text(), err
}
