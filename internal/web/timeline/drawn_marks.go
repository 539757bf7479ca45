package timeline

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/internal/executions"
)

// mostMarked is how many regions and messages are drawn, which takes some memory for each.
const mostMarked = 2_000_000

// userMarks are when goroutines or tasks were in regions, whichever, and when they logged
// messages, by their numbers.
type userMarks struct {
	regions, logs map[int64]timeWindows
	undrawn       int // that are too many
}

func marksOf(x *executions.Execution) *userMarks {
	return keepMarks(x, "timeline marks", func(g exectrace.GoID, _ exectrace.TaskID) int64 { return int64(g) })
}

// taskMarksOf are those of tasks, whichever goroutines have them.
func taskMarksOf(x *executions.Execution) *userMarks {
	return keepMarks(x, "timeline marks of tasks", func(_ exectrace.GoID, k exectrace.TaskID) int64 { return int64(k) })
}

func keepMarks(x *executions.Execution, name string, of func(exectrace.GoID, exectrace.TaskID) int64) *userMarks {
	m, _ := executions.Keep(x, name, func() (*userMarks, error) { return newMarks(x.Lanes.Trace, of), nil })
	return m
}

func newMarks(t *exectrace.Trace, of func(exectrace.GoID, exectrace.TaskID) int64) *userMarks {
	m, n := &userMarks{regions: map[int64]timeWindows{}, logs: map[int64]timeWindows{}}, 0
	add := func(to map[int64]timeWindows, who int64, from, until exectrace.Time) {
		if who == 0 { // a region or a message of no task
			return
		}
		if n++; n > mostMarked {
			m.undrawn++
			return
		}
		to[who] = append(to[who], timeWindow{from: from, to: until})
	}
	for r := range t.Regions() {
		add(m.regions, of(r.Goroutine, r.Task), r.Start, r.End)
	}
	for l := range t.Logs() {
		if !userlog.Known(l.Category) {
			add(m.logs, of(l.Goroutine, l.Task), l.At, l.At+1)
		}
	}
	for g, windows := range m.regions {
		m.regions[g] = apart(windows)
	}
	return m
}

// mark adds the regions and messages of a goroutine or a task.
func (l *tileLane) mark(t *tile, marks *userMarks, who int64) {
	l.Regions, l.Logs = t.pairs(marks.regions[who]), t.pairs(marks.logs[who])
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
