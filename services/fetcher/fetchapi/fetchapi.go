// Package fetchapi is what the fetcher answers. A failure is answered with a
// problem document instead, which is the same for all services.
//
// Names in JSON are in camel case, as Zipkin's traceId is, and those of durations
// end in _us: whole microseconds.
package fetchapi

// Result is the answer of GET /fetch: the outcome of a fetch, whatever the target's status: its 404 is a
// result as good as its 200.
type Result struct {
	URL        string  `json:"url"`
	Status     int     `json:"status"`
	StatusText string  `json:"statusText"` // "200 OK"
	Bytes      int64   `json:"bytes"`      // read of the body
	Truncated  bool    `json:"truncated,omitempty"`
	Redirects  int     `json:"redirects,omitempty"`
	Timings    Timings `json:"timings"`
}

// Timings are the parts of a fetch, in microseconds. With redirects each is
// the sum over all hops; a connection that was there already costs nothing.
type Timings struct {
	DNS       int64 `json:"dns_us"`
	Connect   int64 `json:"connect_us"`
	TLS       int64 `json:"tls_us"`
	FirstByte int64 `json:"first_byte_us"` // from the request's start to the last hop's first byte
	Total     int64 `json:"total_us"`      // to the last byte read
}
