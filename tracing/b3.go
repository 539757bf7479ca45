package tracing

import (
	"net/http"
	"strings"

	"go.opencensus.io/trace"
)

// ParseB3 reads the single-header form of B3:
// traceid-spanid[-sampling[-parent]], or a sampling decision alone. Unlike the
// headers with one id each, whose old senders leave out leading zeros, it has
// fixed widths.
func ParseB3(s string) (trace.SpanContext, bool) {
	var in incoming
	traceID, rest, found := strings.Cut(s, "-")
	if !found {
		ok := parseDecision(s, &in)
		return in, ok
	}
	spanID, rest, _ := strings.Cut(rest, "-")
	decision, parent, _ := strings.Cut(rest, "-")
	if len(traceID) != 16 && len(traceID) != 32 || len(spanID) != 16 || !parseIDs(traceID, spanID, &in) || !validParent(parent) {
		return incoming{}, false
	}
	if decision != "" && !parseDecision(decision, &in) {
		return incoming{}, false
	}
	return in, true
}

// FormatB3 is the single-header form of B3, for places other than HTTP
// headers: a message in a queue has room for one string.
func FormatB3(sc trace.SpanContext) string {
	state := "0"
	switch {
	case sc.TraceOptions&debug != 0:
		state = "d"
	case sc.IsSampled():
		state = "1"
	}
	parent := traceparent(sc)
	return b3TraceID(parent[3:35]) + parent[35:53] + state
}

// parseMulti reads the X-B3-* headers: ok when they say anything, wrong when
// they hold something that cannot be read. Flags 1 means debug and outweighs
// Sampled; some clients send Flags 0, which says nothing.
func parseMulti(h http.Header) (in incoming, ok, wrong bool) {
	traceID, spanID := first(h, headerTraceID), first(h, headerSpanID)
	if traceID != "" || spanID != "" {
		ok = parseIDs(traceID, spanID, &in)
		wrong = !ok
	}
	switch state := first(h, headerSampled); {
	case first(h, headerFlags) == "1":
		return in, parseDecision("d", &in), wrong
	case state != "":
		said := parseDecision(state, &in)
		return in, said || ok, wrong || !said
	}
	return in, ok, wrong
}

// b3TraceID keeps a 64-bit id at 16 digits, as the client that made it knows it.
func b3TraceID(hex32 string) string { return strings.TrimPrefix(hex32, "0000000000000000") }

func validParent(s string) bool {
	var id trace.SpanID
	return s == "" || len(s) == 16 && decodeHex(id[:], s)
}

// parseDecision reads B3's sampling state. "true" and "false" are what old
// clients send.
func parseDecision(s string, in *incoming) bool {
	switch s {
	case "1", "true", "True", "TRUE":
		in.TraceOptions = decided | sampled
	case "0", "false", "False", "FALSE":
		in.TraceOptions = decided
	case "d", "D":
		in.TraceOptions = decided | sampled | debug
	default:
		return false
	}
	return true
}
