package zipkinapi

import (
	"math"

	"example.com/tracelab/internal/zipkin"
)

// DecodeProto3 is DecodeSpans for a ListOfSpans of zipkin.proto.
func DecodeProto3(s string) ([]zipkin.Span, error) {
	d := decoder{fromReporter: true}
	err := d.inBatches(proto3, s, math.MaxInt, nil)
	return d.spans, err
}
