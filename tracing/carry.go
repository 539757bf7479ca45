package tracing

import (
	"encoding/hex"
	"net/http"

	"go.opencensus.io/trace"
)

// The headers that carry a trace from one process to the next.
// B3: https://github.com/openzipkin/b3-propagation. traceparent and
// traceresponse: https://www.w3.org/TR/trace-context-2/.
const (
	headerB3          = "B3"
	headerTraceID     = "X-B3-Traceid"
	headerSpanID      = "X-B3-Spanid"
	headerParentID    = "X-B3-Parentspanid"
	headerSampled     = "X-B3-Sampled"
	headerFlags       = "X-B3-Flags"
	headerTraceparent = "Traceparent"
	headerResponse    = "Traceresponse"
)

// OpenCensus uses one bit of the 32 in TraceOptions and copies the rest to
// children, so what B3 can say and OpenCensus cannot rides in two others.
const (
	sampled trace.TraceOptions = 1
	decided trace.TraceOptions = 1 << 8 // the caller said yes or no
	debug   trace.TraceOptions = 1 << 9 // the caller wants this trace, whatever any sampler says
)

// incoming is what a request's headers say of its trace. A zero SpanID means
// that they name no span to be the parent; a zero TraceID, no trace either. The
// options hold the caller's decision in each case.
type incoming = trace.SpanContext

// extract reads, in this order, b3, X-B3-* and traceparent, and takes the
// first that names a span or a decision. Headers that cannot be read are as if
// they were absent, but that bad says so: a caller's mistake costs the caller
// its parent, and nobody anything else.
func extract(h http.Header) (in incoming, bad bool) {
	if v := h[headerB3]; len(v) > 0 {
		if in, ok := ParseB3(v[0]); ok {
			return in, false
		}
		bad = true
	}
	if in, ok, wrong := parseMulti(h); ok || wrong {
		bad = bad || wrong
		if ok {
			return in, bad
		}
	}
	if v := h[headerTraceparent]; len(v) > 0 {
		if in, ok := parseTraceparent(v[0]); ok {
			return in, bad
		}
		bad = true
	}
	return incoming{}, bad
}

// inject writes sc for the next process, as B3 and as traceparent, and leaves
// nothing of what another process wrote.
func inject(sc trace.SpanContext, h http.Header) {
	delete(h, headerB3)
	delete(h, headerParentID)
	parent := traceparent(sc) // holds both ids
	values := []string{b3TraceID(parent[3:35]), parent[36:52], parent, "0"}
	h[headerTraceID], h[headerSpanID], h[headerTraceparent] = values[0:1:1], values[1:2:2], values[2:3:3]
	state, other := headerSampled, headerFlags
	switch {
	case sc.TraceOptions&debug != 0:
		state, other = headerFlags, headerSampled // implies sampled, which B3 asks not to repeat
		values[3] = "1"
	case sc.IsSampled():
		values[3] = "1"
	}
	h[state] = values[3:]
	delete(h, other)
}

// strip takes away all that says something of a trace.
func strip(h http.Header) {
	for _, name := range []string{headerB3, headerTraceID, headerSpanID, headerParentID, headerSampled, headerFlags,
		headerTraceparent, "Tracestate", headerBaggage} {
		delete(h, name)
	}
}

func parseIDs(traceID, spanID string, in *incoming) bool {
	var sc trace.SpanContext
	if !decodeHex(sc.TraceID[:], traceID) || !decodeHex(sc.SpanID[:], spanID) {
		return false
	}
	if sc.TraceID == (trace.TraceID{}) || sc.SpanID == (trace.SpanID{}) {
		return false // Zipkin refuses the whole batch that such a span is in
	}
	*in = sc
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

func first(h http.Header, key string) string {
	if v := h[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}
