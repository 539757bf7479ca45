// Package visitapi is what the gateway answers. A failure is answered with a
// problem document instead, which is the same for all services.
//
// Names in JSON are in camel case, as Zipkin's traceId is, and those of durations
// end in _us: whole microseconds.
package visitapi

// Answer is the answer of GET /visit, of GET /visits, which has what is stored for
// one URL, and of POST /visits, which has no visits yet: they are queued.
type Answer struct {
	TraceID string `json:"traceId"`
	// TraceURL shows the trace. A trace that is not sampled is shown nowhere, and
	// has none.
	TraceURL string  `json:"traceUrl,omitempty"`
	Sampled  bool    `json:"sampled"`
	Visits   []Visit `json:"visits,omitempty"`
}

// Visit is one URL fetched and its status stored. That of GET /visits has the URL and
// the status alone.
type Visit struct {
	URL        string `json:"url"`
	Round      int    `json:"round,omitempty"` // from 1, where there are several
	Status     int    `json:"status"`
	StatusText string `json:"statusText"`
	Bytes      int64  `json:"bytes,omitempty"`
	Duration   int64  `json:"duration_us,omitempty"` // of the fetch
}
