package request

import (
	"math"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/why"
)

// clockOf says in a sentence how the clock of a process was placed on the axis, by those of
// its spans that were called from elsewhere. Empty: nothing called it.
func (d *drawing) clockOf(all []why.Clock) string {
	earlier, later, compared := int64(math.MaxInt64), int64(math.MaxInt64), false
	var moved why.Clock
	sure := true
	for _, c := range all {
		if !c.Compared {
			continue
		}
		compared = true
		earlier, later = min(earlier, c.Earlier), min(later, c.Later)
		if !c.Sure || c.Moved != 0 && sure {
			moved = c
		}
		sure = sure && c.Sure
	}
	play := func(ns int64) string { return display.Duration(time.Duration(ns)) }
	shift := sign(moved.Moved)
	switch {
	case len(all) == 0:
		return ""
	case !compared:
		return d.words.T("Its clock is taken as it is: no call says how it goes.")
	case !sure:
		return d.words.T("Its clock does not fit: %s were added, so that it is in the middle of its caller's span. It may be wrong by %s.", shift, play(max(earlier, later)))
	case moved.Moved != 0:
		return d.words.T("Its wall clock does not fit: %s were added, by the clock of the machine. Within its callers' spans it could be %s earlier or %s later.", shift, play(earlier), play(later))
	}
	return d.words.T("Its clock fits. Within its callers' spans it could be %s earlier or %s later.", play(earlier), play(later))
}

// sign writes what was added to a clock.
func sign(ns int64) string {
	if ns < 0 {
		return "−" + display.Duration(time.Duration(-ns))
	}
	return display.Duration(time.Duration(ns))
}
