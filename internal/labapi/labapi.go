// Package labapi is the workshop's own HTTP API, /tracelab/v1, as both of its ends
// must know it: paths, the JSON of requests and answers, the words that go into
// tags, and a client. It knows nothing of what stands behind the API.
//
// JSON spells ids as Zipkin does, traceId and spanId. Durations end in _us, and in Us in
// what is said of many traces, whose names are spelt like Zipkin's.
package labapi

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/tracelab/internal/zipkin"
)

// Paths of the API. That of the control stream is with its package.
const (
	StackPath     = "/tracelab/v1/stack"
	DoctorPath    = "/tracelab/v1/doctor"
	FaultsPath    = "/tracelab/v1/faults"
	HappenedPath  = "/tracelab/v1/faults/happened" // where processes answer the server's questions
	SamplingPath  = "/tracelab/v1/sampling"
	VisitsPath    = "/tracelab/v1/visits"
	MysteryPath   = "/tracelab/v1/mystery"
	SpansPath     = "/tracelab/v1/spans"
	SnapshotsPath = "/tracelab/v1/flights"
	WhyPath       = "/tracelab/v1/why"
	ComparePath   = "/tracelab/v1/compare"
	PprofPath     = "/tracelab/v1/pprof"
	PathPath      = "/tracelab/v1/path"
)

// AttendeeTag is the member of the baggage that says who sends a request, where thirty
// people share a stack, and the tag of the gateway's span of it.
const AttendeeTag = "attendee"

// Services are the names of the services of the workshop, in the order in which
// a visit reaches them.
func Services() []string { return []string{"gateway", "fetcher", "writer"} }

// defaultServers are the base URLs of the servers that 'tracelab up' and 'tracelab
// web' start, in the order in which they are tried.
func defaultServers() []string { return []string{"http://127.0.0.1:9411", "http://127.0.0.1:9412"} }

// TracePath is where any Zipkin's UI shows a trace; ours leads from there to its
// own page.
func TracePath(traceID string) string { return "/zipkin/traces/" + traceID }

// TraceURL is the page of a trace in the UI at base.
func TraceURL(base, traceID string) string {
	return strings.TrimSuffix(base, "/") + TracePath(traceID)
}

// ParseTraceID reads the id of a trace as people and programs give it to the API:
// 16 or 32 hexadecimal digits, in lower case.
func ParseTraceID(text string) (zipkin.TraceID, error) {
	id, err := zipkin.ParseTraceID(text)
	if err != nil || len(text) != 16 && len(text) != 32 {
		// Not err, which repeats the text as it is.
		return zipkin.TraceID{}, fmt.Errorf("the trace id %.40q: want 16 or 32 hexadecimal digits in lower case, not all 0", text)
	}
	return id, nil
}

// ParseSpanID reads the id of a span: 16 hexadecimal digits, in lower case.
func ParseSpanID(text string) (zipkin.SpanID, error) {
	id, err := zipkin.ParseSpanID("span", text)
	if err != nil || len(text) != 16 || id == 0 {
		return 0, fmt.Errorf("the span id %.40q: want 16 hexadecimal digits", text)
	}
	return id, nil
}

// ParseStartUS reads when a span began, µs since the epoch.
func ParseStartUS(text string) (int64, error) {
	us, err := strconv.ParseInt(text, 10, 64)
	if err != nil || us <= 0 {
		return 0, fmt.Errorf("%.40q is no time: want µs since 1970, as start_us has them in the list of a trace's requests", text)
	}
	return us, nil
}
