package exectrace

import (
	"math"
	"sort"
	"time"
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

// clocks are in order of time.
type clocks []Clock

// wall translates by the last clock before t, or by the first: wall clocks are
// set and drift, and the nearest knows best.
func (c clocks) wall(t Time) time.Time {
	if len(c) == 0 {
		return time.Time{}
	}
	i := max(sort.Search(len(c), func(i int) bool { return c[i].Trace > t })-1, 0)
	return c[i].Wall.Add(t.Sub(c[i].Trace))
}

func (c clocks) trace(w time.Time) (Time, bool) {
	if len(c) == 0 {
		return 0, false
	}
	i := max(sort.Search(len(c), func(i int) bool { return c[i].Wall.After(w) })-1, 0)
	return c[i].Trace.Add(w.Sub(c[i].Wall)), true
}
