package zipkin

import "time"

// Query is a search for traces, as the parameters of GET /api/v2/traces. The zero
// value of a condition leaves it out; EndTs, Lookback and Limit are required.
type Query struct {
	ServiceName       string // lower-case; constrains every condition below to this service's spans
	SpanName          string // lower-case
	RemoteServiceName string // lower-case
	AnnotationQuery   string // Zipkin's grammar: "error and http.method=GET"
	MinDuration       time.Duration
	MaxDuration       time.Duration // only with MinDuration
	EndTs             time.Time     // inclusive, to the millisecond
	Lookback          time.Duration
	Limit             int // traces
}

// Link is an edge of the service graph.
type Link struct {
	Parent, Child string
	CallCount     int64
	ErrorCount    int64
}
