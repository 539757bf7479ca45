package timeline

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/internal/executions"
)

// mostMarked is how many regions and messages are drawn, which takes some memory for each.
const mostMarked = 2_000_000

// userMarks are when goroutines were in regions, whichever, and when they logged messages.
type userMarks struct {
	regions, logs map[exectrace.GoID]timeWindows
	undrawn       int // that are too many
}

func marksOf(x *executions.Execution) *userMarks {
	m, _ := executions.Keep(x, "timeline marks", func() (*userMarks, error) { return newMarks(x.Lanes.Trace), nil })
	return m
}

func newMarks(t *exectrace.Trace) *userMarks {
	m, n := &userMarks{regions: map[exectrace.GoID]timeWindows{}, logs: map[exectrace.GoID]timeWindows{}}, 0
	add := func(to map[exectrace.GoID]timeWindows, g exectrace.GoID, from, until exectrace.Time) {
		if n++; n > mostMarked {
			m.undrawn++
			return
		}
		to[g] = append(to[g], timeWindow{from: from, to: until})
	}
	for r := range t.Regions() {
		add(m.regions, r.Goroutine, r.Start, r.End)
	}
	for l := range t.Logs() {
		if !userlog.Known(l.Category) {
			add(m.logs, l.Goroutine, l.At, l.At+1)
		}
	}
	for g, windows := range m.regions {
		m.regions[g] = apart(windows)
	}
	return m
}

// pairs are the beginnings, since the tile begins, and the lengths of windows. Those that a
// column cannot tell apart are one.
func (t *tile) pairs(w timeWindows) (all []int64) {
	var last exectrace.Time
	for _, one := range w.between(t.began, t.began.Add(time.Duration(t.Width)*columns)) {
		if n := len(all); n > 0 && int64(one.from-last) < t.Width {
			all[n-1] = int64(max(one.to, last)-t.began) - all[n-2]
		} else {
			all = append(all, int64(one.from-t.began), int64(one.to-one.from))
		}
		last = max(one.to, last)
	}
	return all
}
