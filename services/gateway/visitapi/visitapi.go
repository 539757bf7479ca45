// Package visitapi is what the gateway answers. A failure is answered with a
// problem document instead, which is the same for all services.
package visitapi

// Answer is the answer to a request that was done.
type Answer struct {
	TraceID string `json:"traceId"`
	// TraceURL shows the trace. A trace that is not sampled is shown nowhere, and
	// has none.
	TraceURL string  `json:"traceUrl,omitempty"`
	Sampled  bool    `json:"sampled"`
	Visits   []Visit `json:"visits,omitempty"`
}

// Visit is one URL fetched and its status stored.
type Visit struct {
	URL        string `json:"url"`
	Round      int    `json:"round,omitempty"` // from 1, where there are several
	Status     int    `json:"status"`
	StatusText string `json:"statusText"`
	Bytes      int64  `json:"bytes,omitempty"`
	Duration   int64  `json:"duration_us,omitempty"` // of the fetch
}
