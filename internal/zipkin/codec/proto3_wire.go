package codec

import (
	"encoding/binary"
	"fmt"
)

// The wire types of protobuf, in the low three bits of a field's key. Groups
// are not among those that Zipkin reads.
const (
	varintType  = 0
	fixed64Type = 1
	bytesType   = 2
	fixed32Type = 5
)

// wire reads protobuf. Its errors are Zipkin's sentences, in which positions
// and lengths count from the start of the body and to its end. After the
// first error, the values that it returns are meaningless.
type wire struct {
	s   string
	i   int
	err error
}

func (w *wire) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

func (w *wire) malformed() {
	if w.err == nil {
		w.err = errMalformed
	}
}

// need reports whether n bytes are left.
func (w *wire) need(n int) bool {
	if left := len(w.s) - w.i; left < n {
		w.fail("Truncated: length %d > bytes available %d", n, left)
	}
	return w.err == nil
}

func (w *wire) byte() byte {
	if !w.need(1) {
		return 0
	}
	w.i++
	return w.s[w.i-1]
}

// varint32 reads up to 32 bits, which a negative number of a proper encoder
// exceeds.
func (w *wire) varint32() int32 {
	if w.i < len(w.s) && w.s[w.i] < 0x80 { // as most keys and lengths
		w.i++
		return int32(w.s[w.i-1])
	}
	return w.longVarint32()
}

func (w *wire) longVarint32() int32 {
	v := uint32(0)
	for shift := 0; ; shift += 7 {
		c := w.byte()
		if shift == 28 && c > 0x0f {
			w.fail("Greater than 32-bit varint at position %d", w.i-1)
			return 0
		}
		v |= uint32(c&0x7f) << shift
		if c < 0x80 {
			return int32(v)
		}
	}
}

func (w *wire) varint64() int64 {
	v := uint64(0)
	for shift := 0; ; shift += 7 {
		c := w.byte()
		if shift == 63 && c > 0x0f {
			w.fail("Greater than 64-bit varint at position %d", w.i-1)
			return 0
		}
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return int64(v)
		}
	}
}

func (w *wire) fixed64() int64 {
	if !w.need(8) {
		return 0
	}
	w.i += 8
	return int64(binary.LittleEndian.Uint64([]byte(w.s[w.i-8 : w.i])))
}

func (w *wire) boolean() bool {
	c := w.byte()
	if c > 1 {
		w.malformed()
	}
	return c == 1
}

// length reads how many bytes follow. They need not be there.
func (w *wire) length() int {
	n := w.varint32()
	if n < 0 {
		w.malformed()
		return 0
	}
	return int(n)
}

// bytes reads a length and so many bytes.
func (w *wire) bytes() string {
	n := w.length()
	if !w.need(n) {
		return ""
	}
	w.i += n
	return w.s[w.i-n : w.i]
}

// text reads a string.
func (w *wire) text() string { return validText(w.bytes()) }

// more reports whether the message that ends at end goes on. A field that
// reaches beyond its message is malformed, even if the body goes on: Zipkin
// does not check, and reads the bytes twice or not at all.
func (w *wire) more(end int) bool {
	if w.err == nil && w.i > end {
		w.malformed()
	}
	return w.err == nil && w.i < end
}

// skip reads over the value of an unknown field.
func (w *wire) skip(key int32) {
	size := 0
	switch key & 7 {
	case varintType:
		for w.byte() >= 0x80 {
		}
	case fixed64Type:
		size = 8
	case bytesType:
		size = w.length()
	case fixed32Type:
		size = 4
	default:
		w.malformed()
	}
	if uint32(key)>>3 == 0 {
		w.malformed()
	}
	if w.need(size) {
		w.i += size
	}
}
