package propagation

import (
	"net/http"
	"strings"

	"go.opencensus.io/trace"
)

// ParseB3 reads the single-header form of B3,
// traceid-spanid[-sampling[-parent]], or a sampling decision alone. Its ids have
// 32 or 16 digits and 16; those of the headers with one id each may lack leading
// zeros, which old senders leave out.
func ParseB3(s string) (sc trace.SpanContext, ok bool) {
	traceID, rest, found := strings.Cut(s, "-")
	if !found {
		ok = parseDecision(s, &sc)
		return sc, ok
	}
	spanID, rest, _ := strings.Cut(rest, "-")
	decision, parent, _ := strings.Cut(rest, "-")
	if len(traceID) != 16 && len(traceID) != 32 || len(spanID) != 16 || !parseIDs(traceID, spanID, &sc) || !validParent(parent) {
		return trace.SpanContext{}, false
	}
	if decision != "" && !parseDecision(decision, &sc) {
		return trace.SpanContext{}, false
	}
	return sc, true
}

// FormatB3 returns the single-header form of B3. It is for places other than
// HTTP headers: a message in a queue has room for one string.
func FormatB3(sc trace.SpanContext) string {
	decision := "0"
	switch {
	case sc.TraceOptions&Debug != 0:
		decision = "d"
	case sc.IsSampled():
		decision = "1"
	}
	parent := FormatTraceparent(sc)
	return shortTraceID(parent[3:35]) + parent[35:53] + decision
}

// parseB3Headers reads X-B3-*: found when they name a span or a decision, malformed
// when one cannot be read. Flags 1 means debug and outweighs Sampled; some clients
// send Flags 0, which means nothing.
func parseB3Headers(h http.Header) (sc trace.SpanContext, found, malformed bool) {
	traceID, spanID := first(h, headerTraceID), first(h, headerSpanID)
	if traceID != "" || spanID != "" {
		found = parseIDs(traceID, spanID, &sc)
		malformed = !found
	}
	switch sampled := first(h, headerSampled); {
	case first(h, headerFlags) == "1":
		return sc, parseDecision("d", &sc), malformed
	case sampled != "":
		valid := parseDecision(sampled, &sc)
		return sc, valid || found, malformed || !valid
	}
	return sc, found, malformed
}

func first(h http.Header, key string) string {
	if v := h[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func validParent(s string) bool {
	var id trace.SpanID
	return s == "" || len(s) == 16 && decodeHex(id[:], s)
}

// parseDecision reads B3's sampling state. "true" and "false" are what old
// clients send.
func parseDecision(s string, sc *trace.SpanContext) bool {
	switch s {
	case "1", "true", "True", "TRUE":
		sc.TraceOptions = Decided | Sampled
	case "0", "false", "False", "FALSE":
		sc.TraceOptions = Decided
	case "d", "D":
		sc.TraceOptions = Decided | Sampled | Debug
	default:
		return false
	}
	return true
}
