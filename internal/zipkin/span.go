// Package zipkin is Zipkin's span model: ids, spans, the questions asked of them.
package zipkin

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// TraceID names a trace: 128 bits, of which a 64-bit client leaves High zero.
// The zero TraceID names nothing.
type TraceID struct{ High, Low uint64 }

// String is the form that Zipkin writes: 16 lower-case hex digits, or 32 when
// the high half is not zero.
func (t TraceID) String() string {
	if t.High == 0 {
		return fmt.Sprintf("%016x", t.Low)
	}
	return fmt.Sprintf("%016x%016x", t.High, t.Low)
}

// Bytes are the 128 bits, the highest first, as execution traces and W3C have them.
func (t TraceID) Bytes() (id [16]byte) {
	binary.BigEndian.PutUint64(id[:8], t.High)
	binary.BigEndian.PutUint64(id[8:], t.Low)
	return id
}

// ParseTraceID reads 1 to 32 lower-case hex digits, padded as Zipkin pads
// them; the errors are Zipkin's own sentences.
func ParseTraceID(s string) (TraceID, error) {
	switch {
	case s == "":
		return TraceID{}, errors.New("traceId is empty")
	case len(s) > 32:
		return TraceID{}, errors.New("traceId.length > 32")
	}
	var t TraceID
	var ok bool
	if len(s) > 16 {
		if t.High, ok = parseHex(s[:len(s)-16]); !ok {
			return TraceID{}, notHex(s)
		}
	}
	if t.Low, ok = parseHex(s[max(0, len(s)-16):]); !ok {
		return TraceID{}, notHex(s)
	}
	if t == (TraceID{}) {
		return TraceID{}, errors.New("traceId is all zeros")
	}
	return t, nil
}

// SpanID names a span within its trace. As a ParentID, zero means no parent.
type SpanID uint64

// String is 16 lower-case hex digits.
func (s SpanID) String() string { return fmt.Sprintf("%016x", uint64(s)) }

// TraceIDOf is the id of its 128 bits, the highest first.
func TraceIDOf(id [16]byte) TraceID {
	return TraceID{binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])}
}

// SpanIDOf is the id of its 64 bits, the highest first.
func SpanIDOf(id [8]byte) SpanID { return SpanID(binary.BigEndian.Uint64(id[:])) }

// ParseSpanID reads 1 to 16 lower-case hex digits of the field that is named in
// the errors, which are Zipkin's own sentences. Zeros are
// accepted: a parent may be zero.
func ParseSpanID(field, s string) (SpanID, error) {
	switch {
	case s == "":
		return 0, fmt.Errorf("%s is empty", field)
	case len(s) > 16:
		return 0, fmt.Errorf("%s.length > 16", field)
	}
	v, ok := parseHex(s)
	if !ok {
		return 0, notHex(s)
	}
	return SpanID(v), nil
}

// parseHex has no branch for each digit: it would be mispredicted.
func parseHex(s string) (v uint64, ok bool) {
	var seen byte
	for i := range len(s) {
		digit := hexDigit[s[i]]
		seen |= digit
		v = v<<4 | uint64(digit&0xf)
	}
	return v, seen != noHexDigit
}

// hexDigit is the value of a lower-case hex digit.
var hexDigit = func() (values [256]byte) {
	for c := range values {
		values[c] = noHexDigit
	}
	for v, c := range "0123456789abcdef" {
		values[c] = byte(v)
	}
	return values
}()

const noHexDigit = 0xff

func notHex(s string) error {
	return fmt.Errorf("%s should be lower-hex encoded with no prefix", s)
}

// Kind says which side of a call or a message a span timed. The empty Kind is
// work inside one process.
type Kind string

// The kinds of Zipkin's v2 model.
const (
	Client   Kind = "CLIENT"
	Server   Kind = "SERVER"
	Producer Kind = "PRODUCER"
	Consumer Kind = "CONSUMER"
)

// Endpoint is a node in the service graph. The zero Endpoint means unknown.
// IPv4 and IPv6 keep the text that was sent, once it is known to be an address.
type Endpoint struct {
	ServiceName string // lower-case
	IPv4, IPv6  string
	Port        uint16
}

// Annotation is something that happened at one moment of a span.
type Annotation struct {
	Timestamp int64 // µs since the epoch
	Value     string
}

// Tag is one key of a span with its value.
type Tag struct{ Key, Value string }

// Span is one row of Zipkin's v2 model (zipkin2.Span), as it was reported:
// nothing is merged and no clock is corrected. Names are lower-case,
// Annotations sorted by time and then value, Tags by key.
type Span struct {
	TraceID   TraceID
	ParentID  SpanID // zero: none
	ID        SpanID
	Kind      Kind
	Name      string
	Timestamp int64 // µs since the epoch; zero: unknown
	Duration  int64 // µs; zero: unknown
	Local     Endpoint
	Remote    Endpoint

	Annotations []Annotation
	Tags        []Tag
	Debug       bool
	Shared      bool
}

// End is when the span ended, in µs since the epoch. It saturates: a hostile duration must
// not wrap round to the past.
func (s *Span) End() int64 {
	if s.Duration > math.MaxInt64-s.Timestamp {
		return math.MaxInt64
	}
	return s.Timestamp + max(0, s.Duration)
}

// Tag returns the value of key, and whether the span has it.
func (s *Span) Tag(key string) (string, bool) {
	for _, t := range s.Tags {
		if t.Key == key {
			return t.Value, true
		}
	}
	return "", false
}

// Failed follows Zipkin: a span failed if it has the tag "error", whatever its value.
func (s *Span) Failed() bool {
	_, failed := s.Tag("error")
	return failed
}
