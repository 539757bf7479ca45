package exectrace

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"golang.org/x/exp/trace"
)

// window is a time from start to end.
type window struct{ start, end Time }

func (w window) intersect(v window) window {
	return window{max(w.start, v.start), min(w.end, v.end)}
}

func (w window) duration() time.Duration { return max(w.end.Sub(w.start), 0) }

// windows are in order and do not overlap.
type windows []window

// overlap is how much of w lies in them.
func (ws windows) overlap(w window) (sum time.Duration) {
	first := sort.Search(len(ws), func(i int) bool { return ws[i].end > w.start })
	for _, v := range ws[first:] {
		if v.start >= w.end {
			break
		}
		sum += v.intersect(w).duration()
	}
	return sum
}

func (ws windows) intersect(vs windows) (both windows) {
	for i, j := 0, 0; i < len(ws) && j < len(vs); {
		if x := ws[i].intersect(vs[j]); x.start < x.end {
			both = append(both, x)
		}
		if ws[i].end < vs[j].end {
			i++
		} else {
			j++
		}
	}
	return both
}

// union makes windows of any order.
func union(list []window) windows {
	slices.SortFunc(list, func(a, b window) int { return cmp.Compare(a.start, b.start) })
	merged := list[:0]
	for _, w := range list {
		if n := len(merged); n > 0 && w.start <= merged[n-1].end {
			merged[n-1].end = max(merged[n-1].end, w.end)
			continue
		}
		merged = append(merged, w)
	}
	return windows(merged)
}

// goroutineTimes are the times of goroutines that count.
type goroutineTimes map[trace.GoID]windows

// profileScope says of what goroutine which times count.
type profileScope struct {
	window
	goroutine trace.GoID     // zero: any
	only      goroutineTimes // nil: all
}

// restrict leaves what is in times too.
func (s *profileScope) restrict(times goroutineTimes) {
	if s.only == nil {
		s.only = times
		return
	}
	for id, ws := range s.only {
		s.only[id] = ws.intersect(times[id])
	}
}

// has is false for goroutines of which nothing counts.
func (s *profileScope) has(id trace.GoID) bool {
	if s.goroutine != 0 && s.goroutine != id {
		return false
	}
	return s.only == nil || len(s.only[id]) > 0
}

// overlap is how much of a goroutine's time w counts.
func (s *profileScope) overlap(id trace.GoID, w window) time.Duration {
	w = w.intersect(s.window)
	if s.only == nil {
		return w.duration()
	}
	return s.only[id].overlap(w)
}
