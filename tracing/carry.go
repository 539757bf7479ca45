package tracing

import (
	"encoding/hex"
	"net/http"
	"strings"

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
// they were absent: a caller's mistake costs the caller its parent, and nobody
// anything else.
func extract(h http.Header) incoming {
	if v := h[headerB3]; len(v) > 0 {
		if in, ok := ParseB3(v[0]); ok {
			return in
		}
	}
	if in, ok := parseMulti(h); ok {
		return in
	}
	if v := h[headerTraceparent]; len(v) > 0 {
		if in, ok := parseTraceparent(v[0]); ok {
			return in
		}
	}
	return incoming{}
}

// ParseB3 reads the single-header form of B3:
// traceid-spanid[-sampling[-parent]], or a sampling decision alone.
func ParseB3(s string) (trace.SpanContext, bool) {
	var in incoming
	traceID, rest, found := strings.Cut(s, "-")
	if !found {
		ok := parseDecision(s, &in)
		return in, ok
	}
	spanID, rest, _ := strings.Cut(rest, "-")
	decision, parent, _ := strings.Cut(rest, "-")
	if !parseIDs(traceID, spanID, &in) || !validParent(parent) {
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
	return b3TraceID(sc.TraceID) + "-" + sc.SpanID.String() + "-" + state
}

// parseMulti reads the X-B3-* headers. Flags 1 means debug and outweighs
// Sampled; some clients send Flags 0, which says nothing.
func parseMulti(h http.Header) (in incoming, ok bool) {
	traceID, spanID := first(h, headerTraceID), first(h, headerSpanID)
	if traceID != "" || spanID != "" {
		ok = parseIDs(traceID, spanID, &in)
	}
	switch state := first(h, headerSampled); {
	case first(h, headerFlags) == "1":
		return in, parseDecision("d", &in)
	case state != "":
		return in, parseDecision(state, &in) || ok
	}
	return in, ok
}

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

// inject writes sc for the next process, as B3 and as traceparent, and leaves
// nothing of what another process wrote.
func inject(sc trace.SpanContext, h http.Header) {
	delete(h, headerB3)
	delete(h, headerParentID)
	delete(h, headerFlags)
	delete(h, headerSampled)
	h[headerTraceID] = []string{b3TraceID(sc.TraceID)}
	h[headerSpanID] = []string{sc.SpanID.String()}
	h[headerTraceparent] = []string{traceparent(sc)}
	switch {
	case sc.TraceOptions&debug != 0:
		h[headerFlags] = []string{"1"} // implies sampled, which B3 asks not to repeat
	case sc.IsSampled():
		h[headerSampled] = []string{"1"}
	default:
		h[headerSampled] = []string{"0"}
	}
}

// traceparent is the W3C form, which traceresponse shares.
func traceparent(sc trace.SpanContext) string {
	flags := "-00"
	if sc.IsSampled() {
		flags = "-01"
	}
	return "00-" + sc.TraceID.String() + "-" + sc.SpanID.String() + flags
}

// b3TraceID keeps a 64-bit id at 16 digits, as the client that made it knows it.
func b3TraceID(id trace.TraceID) string {
	if s := id.String(); s[:16] != "0000000000000000" {
		return s
	}
	return hex.EncodeToString(id[8:])
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

func validParent(s string) bool {
	var id trace.SpanID
	return s == "" || decodeHex(id[:], s)
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
