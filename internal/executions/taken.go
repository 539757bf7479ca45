package executions

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Keeper keeps execution traces that people give, within bounds: the newest stay.
type Keeper interface {
	// Add reads an execution trace to its end, keeps it and returns its id in the Library.
	// The error is a TooLarge, an Unreadable if it is no execution trace, or says why it
	// could not be read or kept.
	Add(ctx context.Context, name string, r io.Reader) (id string, err error)
	Kept() Kept
}

// Kept is what a Keeper keeps, and what it let go of to make room.
type Kept struct {
	Files, LetGo           int
	Bytes, LetGoBytes      int64
	MostFiles              int
	MostBytes, LargestFile int64
}

// TooLarge is the error of an execution trace that has more than Most bytes.
type TooLarge struct{ Most int64 }

// Error says how large it may be.
func (e *TooLarge) Error() string {
	return fmt.Sprintf("it has more than %d MB, which is all that is kept of one here: tracelab exec view FILE opens larger ones", e.Most/1_000_000)
}

// Recorder has running processes record execution traces.
type Recorder interface {
	// Processes returns those that can be asked.
	Processes() []Process
	// Record has a process record for some seconds, from 1 to MostSeconds, and returns the
	// id of the Recording. The process is named by its service, or, where that has several,
	// by its instance.
	Record(process string, seconds int) (id string, err error)
	// Cancel ends a recording. What has come of it is thrown away. It reports whether it
	// was under way.
	Cancel(id string) bool
	// Recording returns the one with an id, if it is known still.
	Recording(id string) (Recording, bool)
	// Recordings returns those under way, and the last that have ended, the newest first.
	Recordings() []Recording
}

// MostSeconds is how long a recording takes at most.
const MostSeconds = 30

// Process is one that can be asked for an execution trace.
type Process struct {
	Service  string
	Instance string // names it, among all
}

// Recording is an execution trace that a process records, or has recorded.
type Recording struct {
	ID string
	Process
	Seconds int
	State   RecordingState
	// Began is when it was asked for; once something has come, when that did.
	Began time.Time
	Bytes int64 // that have come
	// Execution is the id in the Library of what was recorded. Empty: nothing is kept.
	Execution string
	// Note says why it is not all that was asked for, or why there is none.
	Note string
}

// RecordingState is how far a recording is.
type RecordingState int

// The states of a recording, in their order.
const (
	Asked      RecordingState = iota // the process was asked, and has sent nothing yet
	InProgress                       // it records
	Recorded                         // it has, and Execution is what came
	Failed                           // there is none
	Cancelled                        // likewise, because somebody cancelled it
)

// Ended reports whether it is over.
func (s RecordingState) Ended() bool { return s >= Recorded }
