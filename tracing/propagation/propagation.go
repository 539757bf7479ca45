// Package propagation carries a trace from one process to the next, in the
// headers of HTTP or in a message: span contexts as B3 and as W3C traceparent and
// tracestate, and W3C baggage. Its functions keep no state.
//
// Package tracing uses it for HTTP. A program uses it for what travels
// otherwise, such as a message in a queue. One that has headers, or fields, takes
// what Policy.Inject writes, and gives it to Extract. One that has room for two
// strings takes FormatB3 and BaggageHeader, which ParseB3 and ContextWithBaggage
// read.
//
// The formats are https://github.com/openzipkin/b3-propagation,
// https://www.w3.org/TR/trace-context-2/ and https://www.w3.org/TR/baggage/.
package propagation

import (
	"context"
	"net/http"
	"slices"

	"go.opencensus.io/trace"
)

// Bits of trace.TraceOptions. OpenCensus uses the first and copies the others to
// children, so they carry what the headers can say and OpenCensus cannot.
const (
	Sampled trace.TraceOptions = 1
	Random  trace.TraceOptions = 1 << 1 // W3C's flag: who began the trace made its id at random. It is passed on
	Decided trace.TraceOptions = 1 << 8 // the caller decided whether to sample; without, it deferred
	Debug   trace.TraceOptions = 1 << 9 // B3's debug flag: sampled, whatever any sampler decides
)

// Headers, in the canonical form of net/http.
const (
	headerB3          = "B3"
	headerTraceID     = "X-B3-Traceid"
	headerSpanID      = "X-B3-Spanid"
	headerParentID    = "X-B3-Parentspanid"
	headerSampled     = "X-B3-Sampled"
	headerFlags       = "X-B3-Flags"
	headerTraceparent = "Traceparent"
	headerTracestate  = "Tracestate"
	headerBaggage     = "Baggage"
)

// Extract reads the caller's span context from headers: b3, X-B3-* and
// traceparent, in this order. The parent is that of the first with readable ids,
// and the decision that of the first with a readable decision. Tracestate and the
// flag Random come along where traceparent names the same trace; any other
// tracestate is not read.
//
// A zero SpanID means that the headers name no span to be the parent, and then
// the TraceID is zero, too. The options hold the caller's decision in each case.
//
// A header in several lines, or with commas, as proxies combine lines, says all of
// its values: of several decisions a no is taken, else the first; equal ids
// are one; of different ids B3's first are taken, and no traceparent.
//
// What cannot be read is as if it were absent, but that ok is false.
func Extract(h http.Header) (sc trace.SpanContext, ok bool) {
	b3, b3Read := readB3(h[headerB3])
	multi, multiRead := readB3Headers(h)
	w3c, w3cRead := readTraceparent(h[headerTraceparent])
	sc = complete(complete(b3, multi), w3c)
	ok = b3Read && multiRead && w3cRead
	lines := h[headerTracestate]
	if state, _ := single(lines); state == "" {
		return sc, ok
	}
	stateRead := w3c.SpanID != trace.SpanID{} && w3c.TraceID == sc.TraceID
	if stateRead {
		sc.Tracestate, stateRead = readTracestate(lines)
	}
	return sc, ok && stateRead
}

// complete adds to sc what it lacks and next has.
func complete(sc, next trace.SpanContext) trace.SpanContext {
	if sc.SpanID == (trace.SpanID{}) {
		sc.TraceID, sc.SpanID = next.TraceID, next.SpanID
	}
	if sc.TraceOptions&Decided == 0 {
		sc.TraceOptions |= next.TraceOptions &^ Random
	}
	if sc.TraceID == next.TraceID {
		sc.TraceOptions |= next.TraceOptions & Random
	}
	return sc
}

// A Policy says what a request to another process carries.
type Policy int

// Policies. The zero value is All.
const (
	All       Policy = iota // the span context and the baggage
	NoBaggage               // the span context only: baggage may name people and experiments
	None                    // nothing: for servers that must not learn of the trace, or refuse unknown headers
)

// Inject writes sc, as B3 and as traceparent with tracestate, and the baggage of
// ctx into the headers of a request, as far as the policy lets it. It replaces a
// span context in h, and keeps a baggage in h, in whichever spelling.
func (p Policy) Inject(ctx context.Context, sc trace.SpanContext, h http.Header) {
	respell(h)
	if p != All && p != NoBaggage {
		remove(h)
		return
	}
	injectSpanContext(sc, h)
	if all := BaggageHeader(ctx); all != "" && p == All && len(h[headerBaggage]) == 0 {
		h[headerBaggage] = []string{all}
	}
}

func injectSpanContext(sc trace.SpanContext, h http.Header) {
	delete(h, headerB3)
	delete(h, headerParentID)
	parent := FormatTraceparent(sc) // holds both ids
	values := []string{shortTraceID(parent[3:35]), parent[36:52], parent, "0"}
	h[headerTraceID], h[headerSpanID], h[headerTraceparent] = values[0:1:1], values[1:2:2], values[2:3:3]
	state, other := headerSampled, headerFlags
	switch {
	case sc.TraceOptions&Debug != 0:
		state, other = headerFlags, headerSampled // implies sampled, which B3 asks not to repeat
		values[3] = "1"
	case sc.IsSampled():
		values[3] = "1"
	}
	h[state] = values[3:]
	delete(h, other)
	if all := FormatTracestate(sc); all != "" {
		h[headerTracestate] = []string{all}
	} else {
		delete(h, headerTracestate)
	}
}

// ours are all headers of this package.
var ours = []string{headerB3, headerTraceID, headerSpanID, headerParentID, headerSampled, headerFlags,
	headerTraceparent, headerTracestate, headerBaggage}

func remove(h http.Header) {
	for _, name := range ours {
		delete(h, name)
	}
}

// respell gives the headers of this package net/http's form, which a program that sets
// the map itself need not use. Both forms would be sent, and name two spans.
func respell(h http.Header) {
	for name, lines := range h {
		if usual := http.CanonicalHeaderKey(name); usual != name && slices.Contains(ours, usual) {
			h[usual] = append(h[usual], lines...)
			delete(h, name)
		}
	}
}
