package exectrace

import (
	"math"
	"time"

	"example.com/tracelab/exectrace/internal/table"
)

// Time is a moment on the clock of a trace, in nanoseconds. On Linux that clock is
// CLOCK_MONOTONIC, which all processes of a machine share: Times of their traces can
// be compared. On other systems only Times of the same trace can be.
type Time int64

// never is later than all.
const never = Time(math.MaxInt64)

// Sub returns the duration t-u.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }

// Add returns the moment d after t.
func (t Time) Add(d time.Duration) Time { return t + Time(d) }

// Clock is one moment on two clocks.
type Clock struct {
	Trace Time      // on the clock of the trace
	Wall  time.Time // on the wall clock of the machine that recorded it
}

type (
	window  = table.Window[Time]
	windows = table.Windows[Time]
)
