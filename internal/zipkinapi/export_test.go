package zipkinapi

import (
	"math"

	"example.com/tracelab/internal/store"
)

// DecodeProto3 is DecodeSpans for a ListOfSpans of zipkin.proto.
func DecodeProto3(s string) ([]store.Span, error) { return decodeAll(proto3, s) }

// DecodeV1 is DecodeSpans for JSON v1.
func DecodeV1(s string) ([]store.Span, error) { return decodeAll(jsonV1, s) }

func decodeAll(f *format, s string) ([]store.Span, error) {
	d := decoder{fromReporter: true}
	err := d.inBatches(f, s, math.MaxInt, nil)
	return d.spans, err
}
