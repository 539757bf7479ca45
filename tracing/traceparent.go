package tracing

import (
	"encoding/hex"

	"go.opencensus.io/trace"
)

// parseTraceparent reads version 00 exactly, and what later versions promise
// to keep. W3C has no way to defer: an unset flag is a no.
func parseTraceparent(s string) (in incoming, ok bool) {
	if len(s) < 55 || s[2] != '-' || s[35] != '-' || s[52] != '-' {
		return incoming{}, false
	}
	var version, flags [1]byte
	if !decodeHex(version[:], s[:2]) || version[0] == 0xff || !decodeHex(flags[:], s[53:55]) {
		return incoming{}, false
	}
	if len(s) > 55 && (version[0] == 0 || s[55] != '-') {
		return incoming{}, false
	}
	if !parseIDs(s[3:35], s[36:52], &in) {
		return incoming{}, false
	}
	in.TraceOptions = decided | trace.TraceOptions(flags[0])&sampled
	return in, true
}

// traceparent is the W3C form, which traceresponse shares. The ids' own String
// goes through fmt, at seven allocations.
func traceparent(sc trace.SpanContext) string {
	var b [55]byte
	copy(b[:], "00-")
	hex.Encode(b[3:35], sc.TraceID[:])
	b[35] = '-'
	hex.Encode(b[36:52], sc.SpanID[:])
	copy(b[52:], "-00")
	if sc.IsSampled() {
		b[54] = '1'
	}
	return string(b[:])
}
