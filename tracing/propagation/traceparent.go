package propagation

import (
	"encoding/hex"
	"strings"

	"go.opencensus.io/trace"
)

// ParseTraceparent reads a W3C traceparent: version 00 exactly, and what later
// versions promise to keep. Its digits are of lower case. W3C has no way to defer a
// decision: an unset flag says not to sample.
func ParseTraceparent(s string) (sc trace.SpanContext, ok bool) {
	if len(s) < 55 || s[2] != '-' || s[35] != '-' || s[52] != '-' || strings.ContainsAny(s[:55], "ABCDEF") {
		return trace.SpanContext{}, false
	}
	var version, flags [1]byte
	if !decodeHex(version[:], s[:2]) || version[0] == 0xff || !decodeHex(flags[:], s[53:55]) {
		return trace.SpanContext{}, false
	}
	if len(s) > 55 && (version[0] == 0 || s[55] != '-') {
		return trace.SpanContext{}, false
	}
	if !parseIDs(s[3:35], s[36:52], &sc) {
		return trace.SpanContext{}, false
	}
	sc.TraceOptions = Decided | trace.TraceOptions(flags[0])&(Sampled|Random)
	return sc, true
}

// readTraceparent reads the lines of the header traceparent. Two different ones
// name no parent: nothing says which is the caller's.
func readTraceparent(lines []string) (sc trace.SpanContext, read bool) {
	s, one := single(lines)
	if s == "" {
		return sc, true
	}
	if one {
		sc, read = ParseTraceparent(s)
	}
	return sc, read
}

// FormatTraceparent returns sc as a W3C traceparent of version 00, whose form
// the header traceresponse shares.
func FormatTraceparent(sc trace.SpanContext) string {
	var b [55]byte
	copy(b[:], "00-")
	hex.Encode(b[3:35], sc.TraceID[:]) // the ids' own String goes through fmt, at seven allocations
	b[35] = '-'
	hex.Encode(b[36:52], sc.SpanID[:])
	copy(b[52:], "-0")
	b[54] = '0' + byte(sc.TraceOptions&(Sampled|Random))
	return string(b[:])
}
