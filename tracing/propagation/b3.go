package propagation

import (
	"net/http"
	"strings"

	"go.opencensus.io/trace"
)

// ParseB3 reads the single-header form of B3, traceid-spanid[-sampling][-parent],
// or a sampling decision alone. Its ids have 32 or 16 digits and 16; those of the
// headers with one id each may lack leading zeros, which old senders leave out.
// No field may be empty.
func ParseB3(s string) (sc trace.SpanContext, ok bool) {
	traceID, rest, found := strings.Cut(s, "-")
	if !found {
		sc.TraceOptions, ok = parseState(s)
		return sc, ok
	}
	spanID, rest, more := strings.Cut(rest, "-")
	if len(traceID) != 16 && len(traceID) != 32 || len(spanID) != 16 || !parseIDs(traceID, spanID, &sc) {
		return trace.SpanContext{}, false
	}
	if more {
		if sc.TraceOptions, ok = parseAfterIDs(rest); !ok {
			return trace.SpanContext{}, false
		}
	}
	return sc, true
}

// parseAfterIDs reads a sampling decision, the parent of the span, or both. The
// parent is of no use here: it is only checked.
func parseAfterIDs(s string) (trace.TraceOptions, bool) {
	state, parent, both := strings.Cut(s, "-")
	if !both && validParent(s) {
		return 0, true
	}
	said, ok := parseState(state)
	return said, ok && (!both || validParent(parent))
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

// readB3 reads the lines of the header b3. Of several values the first with ids
// names the parent; they are not read when a later one names another.
func readB3(lines []string) (sc trace.SpanContext, read bool) {
	read = true
	for v := range values(lines) {
		next, ok := ParseB3(v)
		if sc.SpanID == (trace.SpanID{}) {
			sc.TraceID, sc.SpanID = next.TraceID, next.SpanID
		} else if next.SpanID != (trace.SpanID{}) {
			ok = next.TraceID == sc.TraceID && next.SpanID == sc.SpanID
		}
		read = read && ok
		sc.TraceOptions = strictest(sc.TraceOptions, next.TraceOptions)
	}
	return sc, read
}

// readB3Headers reads X-B3-*. Flags 1 means debug and outweighs Sampled; some
// clients send Flags 0, which means nothing.
func readB3Headers(h http.Header) (sc trace.SpanContext, read bool) {
	traceID, oneTrace := single(h[headerTraceID])
	spanID, oneSpan := single(h[headerSpanID])
	read = oneTrace && oneSpan
	if traceID != "" || spanID != "" {
		read = parseIDs(traceID, spanID, &sc) && read
	}
	for v := range values(h[headerSampled]) {
		said, ok := parseSampled(v)
		read = read && ok
		sc.TraceOptions = strictest(sc.TraceOptions, said)
	}
	for v := range values(h[headerFlags]) {
		if v == "1" {
			sc.TraceOptions = Decided | Sampled | Debug
		}
	}
	return sc, read
}

// strictest is what two values of one header say together: a no stays a no, and
// else the first decision is taken.
func strictest(a, b trace.TraceOptions) trace.TraceOptions {
	if a&Decided == 0 || b == Decided {
		return b
	}
	return a
}

func validParent(s string) bool {
	var id trace.SpanID
	return len(s) == 16 && decodeHex(id[:], s)
}

// parseState reads the sampling state of the single header, which knows debug.
func parseState(s string) (trace.TraceOptions, bool) {
	if s == "d" || s == "D" {
		return Decided | Sampled | Debug, true
	}
	return parseSampled(s)
}

// parseSampled reads X-B3-Sampled. "true" and "false" are what old clients send.
func parseSampled(s string) (trace.TraceOptions, bool) {
	switch {
	case s == "1", strings.EqualFold(s, "true"):
		return Decided | Sampled, true
	case s == "0", strings.EqualFold(s, "false"):
		return Decided, true
	}
	return 0, false
}
