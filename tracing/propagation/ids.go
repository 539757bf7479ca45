package propagation

import (
	"encoding/hex"
	"strings"

	"go.opencensus.io/trace"
)

// parseIDs reads the ids of a span context. Zero is none: Zipkin refuses the
// whole batch that a span with such an id is in.
func parseIDs(traceID, spanID string, sc *trace.SpanContext) bool {
	var ids trace.SpanContext
	if !decodeHex(ids.TraceID[:], traceID) || !decodeHex(ids.SpanID[:], spanID) {
		return false
	}
	if ids.TraceID == (trace.TraceID{}) || ids.SpanID == (trace.SpanID{}) {
		return false
	}
	*sc = ids
	return true
}

// decodeHex fills dst from the right with 1 to 2*len(dst) digits of either case.
func decodeHex(dst []byte, s string) bool {
	if s == "" || len(s) > 2*len(dst) {
		return false
	}
	if len(s)%2 == 1 {
		s = "0" + s
	}
	_, err := hex.Decode(dst[len(dst)-len(s)/2:], []byte(s))
	return err == nil
}

// shortTraceID keeps a 64-bit id at 16 digits, as the client that made it knows
// it.
func shortTraceID(hex32 string) string { return strings.TrimPrefix(hex32, "0000000000000000") }
