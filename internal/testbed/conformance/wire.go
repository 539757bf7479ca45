package conformance

import (
	"encoding/binary"
	"strings"
)

// The wire types of protobuf.
const (
	varint  = 0
	fixed64 = 1
	bytes   = 2
	fixed32 = 5
)

// Key is what comes before the value of a field.
func Key(field, wireType uint64) string { return number(field<<3 | wireType) }

// Varint is a field of an integer, an enum or a boolean.
func Varint(field, v uint64) string { return Key(field, varint) + number(v) }

// Fixed64 is a field of eight bytes.
func Fixed64(field uint64, v int64) string {
	return Key(field, fixed64) + string(binary.LittleEndian.AppendUint64(nil, uint64(v)))
}

// Fixed32 is a field of four bytes.
func Fixed32(field uint64, v uint32) string {
	return Key(field, fixed32) + string(binary.LittleEndian.AppendUint32(nil, v))
}

// Bytes is a field of a string, or of a message with these fields.
func Bytes(field uint64, parts ...string) string {
	value := strings.Join(parts, "")
	return Key(field, bytes) + number(uint64(len(value))) + value
}

func number(v uint64) string { return string(binary.AppendUvarint(nil, v)) }
