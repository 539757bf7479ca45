package lanes

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"example.com/tracelab/exectrace"
)

// ranges are those of a trace that concern the whole program, in the order of their
// beginnings.
type ranges struct {
	list   []exectrace.Range
	latest []exectrace.Time // the latest end of those up to here
}

func newRanges(t *exectrace.Trace) (r ranges) {
	for x := range t.Ranges() {
		if x.Goroutine == 0 && x.Proc < 0 || strings.HasPrefix(x.Name, "stop-the-world") {
			r.list = append(r.list, x)
		}
	}
	slices.SortStableFunc(r.list, func(a, b exectrace.Range) int { return cmp.Compare(a.Start, b.Start) })
	var latest exectrace.Time
	for i, x := range r.list {
		if i == 0 || x.End > latest {
			latest = x.End
		}
		r.latest = append(r.latest, latest)
	}
	return r
}

// Ranges returns the phases of the garbage collector and the stops of the world that lie
// between two moments, in the order of their beginnings, max ranges at most; ok is false
// if there are more.
func (l *Lanes) Ranges(from, to exectrace.Time, max int) (list []exectrace.Range, ok bool) {
	r := &l.ranges
	for i := sort.Search(len(r.latest), func(i int) bool { return r.latest[i] > from }); i < len(r.list); i++ {
		switch x := r.list[i]; {
		case x.Start >= to:
			return list, true
		case x.End <= from:
		case len(list) == max:
			return list, false
		default:
			list = append(list, x)
		}
	}
	return list, true
}
