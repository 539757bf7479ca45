package exectrace

import (
	"math"
	"time"

	"example.com/tracelab/exectrace/internal/table"
)

// Time is a moment on the clock of a trace, in nanoseconds. Those of different
// traces compare only where their clocks do: on Linux it is CLOCK_MONOTONIC, of
// which all processes of a machine have the same.
type Time int64

// never is later than all.
const never = Time(math.MaxInt64)

// Sub returns the duration t-u.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }

// Add returns the moment d after t.
func (t Time) Add(d time.Duration) Time { return t + Time(d) }

// Clock says what time it was on two clocks at one moment.
type Clock struct {
	Trace Time
	Wall  time.Time
}

type (
	window  = table.Window[Time]
	windows = table.Windows[Time]
)
