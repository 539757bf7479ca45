package labapi

import "time"

// Status is how the stack is at a moment: what its processes say of themselves, and
// what the server has. It is in the answer of GET StackPath with ?status=1.
type Status struct {
	At time.Time `json:"at"`
	// Processes has one entry for each of the Stack, in the same order.
	Processes []ProcessStatus `json:"processes"`
	// Store is the embedded store; nil: traces are in another Zipkin.
	Store     *StoreStatus    `json:"store,omitempty"`
	Snapshots SnapshotsStatus `json:"snapshots"`
	// Limits are those of the server, with how much of each is used.
	Limits []Limit `json:"limits"`
}

// ProcessStatus is what a process says of itself, by its /readyz and its /metrics.
type ProcessStatus struct {
	Instance string `json:"instance"`
	// Problem says in words why the process is not ready, or cannot be asked. Empty: it
	// is ready.
	Problem       string  `json:"problem,omitempty"`
	GOMAXPROCS    int     `json:"gomaxprocs,omitempty"`
	Goroutines    int     `json:"goroutines,omitempty"`
	ResidentBytes int64   `json:"resident_bytes,omitempty"`
	CPUSeconds    float64 `json:"cpu_seconds,omitempty"`

	Spans    SpanStatus      `json:"spans"`
	Recorder *RecorderStatus `json:"recorder,omitempty"` // nil: it does not record its execution
	Queue    *QueueStatus    `json:"queue,omitempty"`    // nil: it has none, or cannot see it
}

// SpanStatus says where the spans of a process are: those Sampled are Open, Queued,
// Delivered or Dropped.
type SpanStatus struct {
	Sampled    uint64            `json:"sampled"`
	NotSampled uint64            `json:"not_sampled"`
	Open       uint64            `json:"open"`
	Queued     uint64            `json:"queued"`
	Delivered  uint64            `json:"delivered"`
	Dropped    map[string]uint64 `json:"dropped,omitempty"` // by reason, where there are any
}

// RecorderStatus is the flight recorder of a process.
type RecorderStatus struct {
	WindowSeconds float64 `json:"window_seconds"` // that it keeps at least, if MaxBytes allow
	MaxBytes      int64   `json:"max_bytes"`
	// Snapshots that were taken are Delivered, Queued or Dropped; those that were read
	// at its debug port are not among them.
	Delivered uint64            `json:"delivered"`
	Queued    uint64            `json:"queued"`
	Dropped   map[string]uint64 `json:"dropped,omitempty"` // by reason, where there are any
	Bytes     uint64            `json:"bytes"`             // of all snapshots
	// Last is the last one that the server has of this process.
	Last *LastSnapshot `json:"last,omitempty"`
}

// LastSnapshot is the newest execution trace of a process.
type LastSnapshot struct {
	ID      string    `json:"id"`
	TakenAt time.Time `json:"taken_at"`
	HeldUS  int64     `json:"held_us"` // how far back the recorder could look
	Bytes   int64     `json:"bytes"`   // as it was uploaded
}

// QueueStatus is a queue of work.
type QueueStatus struct {
	Waiting int64 `json:"waiting"`
	Most    int64 `json:"most"` // that may wait; more are refused
}

// StoreStatus is the embedded store. Spans is Accepted without all that was evicted.
type StoreStatus struct {
	Spans         int              `json:"spans"`
	Traces        int              `json:"traces"`
	Bytes         int64            `json:"bytes"` // of memory, estimated
	Accepted      int64            `json:"accepted"`
	Duplicates    int64            `json:"duplicates"`        // spans equal to a stored one
	Evicted       map[string]int64 `json:"evicted,omitempty"` // spans, by the bound that they exceeded, where there are any
	EvictedTraces int64            `json:"evicted_traces"`
}

// SnapshotsStatus is the snapshots that the server has of all processes.
type SnapshotsStatus struct {
	Stored   int   `json:"stored"`
	Bytes    int64 `json:"bytes"`
	Received int64 `json:"received"`
	Evicted  int64 `json:"evicted"`
	Rejected int64 `json:"rejected"`
}

// Limit is a bound of the server.
type Limit struct {
	Name  string `json:"name"` // in words
	Used  int64  `json:"used"`
	Most  int64  `json:"most"`
	Bytes bool   `json:"bytes,omitempty"` // it is an amount of memory
}
