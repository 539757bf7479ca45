package loadgen

import (
	"strconv"
	"time"
)

// Micros is a time.Duration that JSON has as a whole number of microseconds.
type Micros time.Duration

// MarshalJSON writes µs.
func (m Micros) MarshalJSON() ([]byte, error) {
	return strconv.AppendInt(nil, time.Duration(m).Microseconds(), 10), nil
}

// Result is how requests were answered. An answer with a status of 500 or more
// is a failure, and so is none.
type Result struct {
	Began   int64   `json:"began_us"` // µs since the epoch: when the first request was due
	Took    Micros  `json:"took_us"`  // until the last one had ended
	Asked   float64 `json:"rate"`     // requests a second
	Reached float64 `json:"rate_reached"`

	Count int `json:"count"` // requests that were to be sent
	Ended int `json:"ended"` // that were answered, or failed
	// CutOff counts those that were due, and had not ended, when Run was stopped;
	// the oldest had waited as long as Waited. They are in no other figure:
	// percentiles are of what ended.
	CutOff int    `json:"cut_off"`
	Waited Micros `json:"cut_off_waited_us"`
	// Late counts requests that were sent more than 10 ms after their time, at most
	// Latest after it. The sender is too slow, or Full: as many requests were under
	// way as may be.
	Late   int    `json:"late"`
	Latest Micros `json:"latest_us"`
	Full   bool   `json:"full"`

	Block    int        `json:"block,omitempty"` // requests of one variant before the other follows
	Variants []*Outcome `json:"variants"`        // in the order of Config's
}

// Failed counts the failures of all variants.
func (r *Result) Failed() (n int) {
	for _, v := range r.Variants {
		n += v.Failed
	}
	return n
}

// Answered counts what was answered, however badly.
func (r *Result) Answered() (n int) {
	for _, v := range r.Variants {
		for _, count := range v.Statuses {
			n += count
		}
	}
	return n
}

// Stopped reports whether Run ended before its time.
func (r *Result) Stopped() bool { return r.Ended < r.Count }

// Outcome is how the requests of one variant were answered.
type Outcome struct {
	Name   string `json:"name,omitempty"`
	About  string `json:"about,omitempty"`
	Method string `json:"method"`
	URL    string `json:"url"`

	Ended  int `json:"ended"`
	Failed int `json:"failed"`
	// Latency is from the time at which a request was due until its answer was
	// there in whole; Service is from when it was sent. Failures count too.
	Latency Percentiles `json:"latency_us"`
	Service Percentiles `json:"service_us"`

	Statuses map[int]int    `json:"statuses"`
	Errors   map[string]int `json:"errors"` // why there was no answer

	Slowest []Request `json:"slowest"` // five, by latency
	Bad     []Request `json:"bad"`     // the first five with no answer, or one of 400 or more

	// TraceIDs are the traces that were recorded, in the order in which their
	// requests were due. More than 50,000 are only counted.
	TraceIDs   []string `json:"traceIds"`
	MoreTraces int      `json:"more_traces"`
	// DebugIDs are those of them that were flagged debug: their execution traces are kept.
	DebugIDs []string `json:"debug_traceIds,omitempty"`
}

// Percentiles of a latency, right to a thousandth of each.
type Percentiles struct {
	P50  Micros `json:"p50"`
	P90  Micros `json:"p90"`
	P99  Micros `json:"p99"`
	P999 Micros `json:"p999"`
	Max  Micros `json:"max"`
}

// Request is one that is worth a look.
type Request struct {
	Due     int64  `json:"due_us"` // µs since the epoch
	Latency Micros `json:"latency_us"`
	Service Micros `json:"service_us"`
	Status  int    `json:"status,omitempty"` // none: no answer
	Reason  string `json:"reason,omitempty"` // why there was none, or what a problem document says

	TraceID  string `json:"traceId,omitempty"`   // empty: not recorded
	TraceURL string `json:"trace_url,omitempty"` // empty: no answer said where traces are shown
}
