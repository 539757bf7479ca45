package labapi

import "time"

// RecorderWindow is how far back the flight recorder of a process looks. Under
// much load it is less, since what it keeps is bounded in bytes too.
const RecorderWindow = 10 * time.Second

// ExecutionPath below WhyPath/TRACE is where GET answers with an Execution, without
// asking any process: for a page that offers an explanation while there is one.
const ExecutionPath = "/execution"

// States of an Execution.
const (
	// ExecutionRecorded: no process has handed in its part yet. The recorders have
	// it for SecondsLeft.
	ExecutionRecorded = "recorded"
	// ExecutionStored: the server has the part of one process at least, and keeps it.
	// Of an Execution that was asked for without an explanation only.
	ExecutionStored = "stored"
	// ExecutionKnown: every process that took part has handed in all of its part.
	ExecutionKnown = "known"
	// ExecutionAwaited: something is missing that may come yet. Nothing is said of the
	// cause; who asks again may learn it.
	ExecutionAwaited = "awaited"
	// ExecutionPartial: something is missing for good, such as the part of a process
	// without a recorder.
	ExecutionPartial = "partial"
	// ExecutionGone: no part is there, and none will come.
	ExecutionGone = "gone"
)

// Execution says how much is known of what the processes of a request did
// meanwhile: of its execution traces.
type Execution struct {
	State string `json:"state"`
	// Reason says for people, in one sentence, what is missing and why. Empty: nothing
	// is.
	Reason string `json:"reason,omitempty"`
	// SecondsLeft is for how long, at most, the recorders still have what nobody has
	// handed in. Zero: they have forgotten it, or the server has all of it.
	SecondsLeft float64 `json:"seconds_left,omitempty"`
	// Awaited are the services whose part may come yet.
	Awaited []string `json:"awaited,omitempty"`
}

// Final reports whether to ask again is of no use.
func (e Execution) Final() bool { return e.State != ExecutionAwaited && e.State != ExecutionRecorded }

// Gone reports whether there is nothing to explain from.
func (e Execution) Gone() bool { return e.State == ExecutionGone }
