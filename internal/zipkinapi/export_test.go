package zipkinapi

import (
	"math"

	"example.com/tracelab/internal/store"
)

// DecodeProto3 is DecodeSpans for a ListOfSpans of zipkin.proto.
func DecodeProto3(s string) ([]store.Span, error) {
	d := decoder{fromReporter: true}
	err := d.inBatches(proto3, s, math.MaxInt, nil)
	return d.spans, err
}
