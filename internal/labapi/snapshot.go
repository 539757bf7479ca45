package labapi

import "time"

// UploadHeader is the header of a POST to SnapshotsPath that has an Upload as JSON.
// The body is the execution trace. An Upload that says why there is none has no
// body.
const UploadHeader = "Tracelab-Flight"

// MaxSnapshot bounds the execution trace of a snapshot, in bytes.
const MaxSnapshot = 64 << 20

// SnapshotRequested is the kind of the message by which the server requests a
// snapshot over the control stream. Its body is a SnapshotRequest.
const SnapshotRequested = "flight"

// SnapshotRequest asks a process for a snapshot with its part in a trace.
type SnapshotRequest struct {
	TraceID string `json:"traceId"` // 32 hexadecimal digits
	// KnownUS is when the process took what the server has of it already, on the
	// clock of the process, µs since the epoch. Who did nothing for the trace since then
	// answers without an execution trace. Zero: the server has nothing.
	KnownUS int64 `json:"known_us,omitempty"`
}

// Reasons for which a snapshot is taken.
const (
	ReasonSlow  = "slow"  // a request took unusually long
	ReasonDebug = "debug" // a request was flagged debug
	ReasonAsked = "asked" // the server requested it
	ReasonEarly = "early" // too few requests of its kind were made to know what is unusual
)

// Upload says what a process uploads.
type Upload struct {
	Service  string `json:"service"`
	Instance string `json:"instance"` // as in its registration
	Host     string `json:"host"`
	// Reason is why it was taken, of several the first of debug, slow, asked and early.
	Reason string `json:"reason"`
	// Traces are those for which it was taken, with what this process did for them.
	Traces  []Part    `json:"traces"`
	TakenAt time.Time `json:"taken_at"`
	TookUS  int64     `json:"took_us"` // to take it
	// Refused says in words why there is no execution trace.
	Refused string `json:"refused,omitempty"`
	// Absent is set with Refused where none of what the process did in the last
	// RecorderWindow was for the trace.
	Absent bool `json:"absent,omitempty"`
}

// Part is a process's part in a trace: from the beginning of its first span to
// the end of its last, or until TakenAt while one is open, on its own wall clock, µs
// since the epoch. Both zero: it knows of none.
type Part struct {
	TraceID string `json:"traceId"`
	StartUS int64  `json:"start_us,omitempty"`
	EndUS   int64  `json:"end_us,omitempty"`
	// Open says that a request was still under way: this is not all of the part.
	Open bool `json:"open,omitempty"`
	// Asked says that this answers a SnapshotRequest.
	Asked bool `json:"asked,omitempty"`
	// Plain says that the request was neither slow nor flagged debug. It can be explained,
	// and is not by itself.
	Plain bool `json:"plain,omitempty"`
}

// Snapshot is an upload that the server keeps. GET SnapshotsPath answers with a
// list of them; with ?trace=, of those for one trace. Below SnapshotsPath, its ID
// is the execution trace itself.
type Snapshot struct {
	ID string `json:"id"`
	Upload
	ArrivedAt time.Time `json:"arrived_at"`
	// Bytes are those of the execution trace as it is stored: cut to what it was
	// taken for. HandedBytes are those that were uploaded.
	Bytes       int64 `json:"bytes"`
	HandedBytes int64 `json:"handed_bytes"`
	// HeldUS is how far back the process could look, as its execution trace says
	// itself: the window of its recorder.
	HeldUS int64 `json:"held_us,omitempty"`
	// StartUS and EndUS are the time that is stored, µs since the epoch.
	StartUS int64 `json:"start_us,omitempty"`
	EndUS   int64 `json:"end_us,omitempty"`
	// Lost says what of it is damaged, or why it could not be cut.
	Lost string `json:"lost,omitempty"`
	// Best is set in the list for one trace on the snapshot of each process that
	// the trace is explained by.
	Best bool `json:"best,omitempty"`
}
