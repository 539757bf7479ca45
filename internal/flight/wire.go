package flight

import "time"

// Path is where the server takes snapshots: a POST for each, with the execution
// trace as its body and a Snapshot as JSON in the header. A Snapshot that says
// why there is none has no body.
const (
	Path   = "/tracelab/v1/flights"
	Header = "Tracelab-Flight"
)

// Asked is the kind of the message by which the server asks, over the lines, for
// snapshots. Its body is an Ask.
const Asked = "flight"

// Ask asks a process for a snapshot with its part in a trace.
type Ask struct {
	Trace string `json:"trace"` // 32 hexadecimal digits
}

// Reasons for which a snapshot is taken.
const (
	ReasonSlow  = "slow"  // a request took unusually long
	ReasonDebug = "debug" // a request was flagged debug
	ReasonAsked = "asked" // the server asked
)

// Snapshot says what a process hands to the server.
type Snapshot struct {
	Service  string `json:"service"`
	Instance string `json:"instance"` // as in its registration
	Host     string `json:"host"`
	// Reason is why it was taken, of several the first of debug, slow and asked.
	Reason string `json:"reason"`
	// Traces are those for which it was taken, with what this process did for them.
	Traces  []Part    `json:"traces"`
	TakenAt time.Time `json:"taken_at"`
	TookUS  int64     `json:"took_us"` // to take it
	// Refused says in words why there is no execution trace.
	Refused string `json:"refused,omitempty"`
}

// Part is a process's part in a trace: from the beginning of its first span to
// the end of its last, or until now while one is open, on its own wall clock, µs
// since the epoch. Both zero: it knows of none.
type Part struct {
	Trace   string `json:"trace"`
	StartUS int64  `json:"start_us,omitempty"`
	EndUS   int64  `json:"end_us,omitempty"`
}
