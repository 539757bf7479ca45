package timeline

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/executions"
)

// markRange is the runtime's name of the time in which the collector marks beside the program.
const markRange = "GC concurrent mark phase"

const stopRange = "stop-the-world"

// timeWindow is a time in which the whole program was in a state.
type timeWindow struct {
	from, to exectrace.Time
	reason   string
}

// timeWindows are in the order of time, and do not overlap.
type timeWindows []timeWindow

// runtimeWindows are when the collector marked, and when the world was stopped.
type runtimeWindows struct{ marking, stopping timeWindows }

func windowsOf(x *executions.Execution) *runtimeWindows {
	w, _ := executions.Keep(x, "timeline windows", func() (*runtimeWindows, error) { return newWindows(x.Lanes.Trace), nil })
	return w
}

func newWindows(t *exectrace.Trace) *runtimeWindows {
	w := &runtimeWindows{}
	for r := range t.Ranges() {
		switch {
		case r.Name == markRange:
			w.marking = append(w.marking, timeWindow{r.Start, r.End, r.Name})
		case strings.HasPrefix(r.Name, stopRange):
			w.stopping = append(w.stopping, timeWindow{r.Start, r.End, strings.Trim(r.Name[len(stopRange):], " ()")})
		}
	}
	w.marking, w.stopping = apart(w.marking), apart(w.stopping)
	return w
}

// apart orders windows, and joins those that overlap.
func apart(w timeWindows) timeWindows {
	slices.SortStableFunc(w, func(a, b timeWindow) int { return cmp.Compare(a.from, b.from) })
	kept := w[:0]
	for _, one := range w {
		if n := len(kept); n > 0 && one.from < kept[n-1].to {
			kept[n-1].to = max(kept[n-1].to, one.to)
			continue
		}
		kept = append(kept, one)
	}
	return kept
}

// between are those that overlap a time.
func (w timeWindows) between(from, to exectrace.Time) timeWindows {
	first := sort.Search(len(w), func(i int) bool { return w[i].to > from })
	end := sort.Search(len(w), func(i int) bool { return w[i].from >= to })
	return w[first:max(first, end)]
}

// segments are those that overlap a time, as those of a lane.
func (w timeWindows) segments(from, to exectrace.Time, state lanes.State, most int) ([]lanes.Segment, bool) {
	found := w.between(from, to)
	if len(found) > most {
		return nil, false
	}
	list := make([]lanes.Segment, len(found))
	for i, one := range found {
		list[i] = lanes.Segment{From: one.from, To: one.to, State: state, Thread: -1, Proc: -1, Reason: one.reason}
	}
	return list, true
}

// sums are how long they are in each of n columns.
func (w timeWindows) sums(from exectrace.Time, width time.Duration, n int) []time.Duration {
	sums := make([]time.Duration, n)
	end := from.Add(time.Duration(n) * width)
	for _, one := range w.between(from, end) {
		lo, hi := max(one.from, from), min(one.to, end)
		for c := int(lo.Sub(from) / width); lo < hi; c++ {
			edge := min(hi, from.Add(time.Duration(c+1)*width))
			sums[c] += edge.Sub(lo)
			lo = edge
		}
	}
	return sums
}
