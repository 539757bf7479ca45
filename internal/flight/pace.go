package flight

import "time"

// pace is when the next snapshot may be taken.
type pace struct {
	next      time.Time // on request
	automatic time.Time // because requests are slow
}

// Snapshots have a price, which grows with the number of goroutines: with these
// pauses, at most half of the time goes by taking those that are requested, and a
// fiftieth by automatic ones. Later than lateAfter, the window would be over.
const (
	pause          = time.Second / 5
	automaticPause = time.Second
	lateAfter      = window / 2
)

// paceAfter returns the pace after a snapshot.
func paceAfter(began time.Time, took time.Duration) pace {
	return pace{
		next:      began.Add(min(max(pause, 2*took), lateAfter)),
		automatic: began.Add(min(max(automaticPause, 50*took), lateAfter)),
	}
}
