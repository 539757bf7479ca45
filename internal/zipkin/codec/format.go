package codec

import (
	"fmt"
	"math"
	"strings"

	"example.com/tracelab/internal/zipkin"
)

// Format is one of the encodings in which Zipkin takes lists of spans.
type Format struct {
	name     string // as Zipkin's SpanBytesDecoder calls it
	encoding string // as its errors call it
	read     func(d *Decoder, body string) error

	// The texts that occur only in a list of another format, and its name.
	foreign []string
	other   string
}

// The formats that Zipkin takes and that are still in use: Thrift is not among
// them.
var (
	JSONV1 = &Format{name: "JSON_V1", encoding: "json", read: (*Decoder).listV1,
		foreign: []string{`Endpoint"`, `"tags"`}, other: "JSON_V2"}
	JSONV2 = &Format{name: "JSON_V2", encoding: "json", read: (*Decoder).listV2,
		foreign: []string{`yAnnotations"`}, other: "JSON_V1"}
	Proto3 = &Format{name: "PROTO3", encoding: "proto3", read: (*Decoder).listProto3}
)

// String is the name of the format in Zipkin's errors.
func (f *Format) String() string { return f.name }

// Check looks at a list that is not empty, as much as Zipkin does before it
// decodes one. Its errors are Zipkin's own sentences.
func (f *Format) Check(list string) error {
	if !looksLikeList(list) {
		return fmt.Errorf("Expected a %s encoded list\n", f.name)
	}
	for _, mark := range f.foreign {
		if strings.Contains(list, mark) {
			return fmt.Errorf("Expected a %s encoded list, but received: %s\n", f.name, f.other)
		}
	}
	return nil
}

// Decode reads a list as a reporter sends it, all or none. Its errors are
// Zipkin's own sentences, and the strings of the spans are parts of list as far
// as possible.
func (f *Format) Decode(list string) ([]zipkin.Span, error) {
	d := NewDecoder()
	err := d.Batches(f, list, math.MaxInt, nil)
	return d.spans, err
}

// The types of the elements with which Thrift's TBinaryProtocol begins a list.
const (
	thriftString = 0x0b // of an empty list, from some reporters
	thriftStruct = 0x0c
)

// IsThrift reports whether a list that is not empty begins as one of Thrift.
func IsThrift(list string) bool { return list[0] == thriftString || list[0] == thriftStruct }

// looksLikeList reports whether a body begins as a list in any of Zipkin's encodings.
func looksLikeList(list string) bool {
	switch {
	case list[0] == '[', IsThrift(list):
		return true
	case list[0] == protoField1:
		return len(list) > 1 && list[1] != 0
	}
	return false
}
