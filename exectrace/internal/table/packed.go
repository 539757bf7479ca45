package table

import "encoding/binary"

// Packed is a long list of what is written in bytes, one behind the other, and read in
// that order.
type Packed struct{ pieces [][]byte }

const packedPiece = 1 << 16

// Room returns where the next is to be appended to, with room for n bytes.
func (p *Packed) Room(n int) *[]byte {
	last := len(p.pieces) - 1
	if last < 0 || cap(p.pieces[last])-len(p.pieces[last]) < n {
		size := packedPiece
		if last < 0 {
			size = 256 // many lists stay short
		}
		p.pieces = append(p.pieces, make([]byte, 0, max(size, n)))
		last++
	}
	return &p.pieces[last]
}

// Reader returns a Reader of all.
func (p *Packed) Reader() Reader { return Reader{pieces: p.pieces} }

// Reader reads what is Packed.
type Reader struct {
	pieces [][]byte
	rest   []byte
}

// More reports whether something follows.
func (r *Reader) More() bool {
	for len(r.rest) == 0 {
		if len(r.pieces) == 0 {
			return false
		}
		r.rest, r.pieces = r.pieces[0], r.pieces[1:]
	}
	return true
}

// Int reads what binary.AppendVarint has written.
func (r *Reader) Int() int64 {
	v, n := binary.Varint(r.rest)
	r.rest = r.rest[n:]
	return v
}

// Uint reads what binary.AppendUvarint has written.
func (r *Reader) Uint() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.rest = r.rest[n:]
	return v
}

// Bytes reads the next n bytes.
func (r *Reader) Bytes(n int) (b []byte) {
	b, r.rest = r.rest[:n:n], r.rest[n:]
	return b
}
