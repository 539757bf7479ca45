package mmu

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"example.com/tracelab/exectrace"
)

// utilStep is the utilization from a moment on.
type utilStep struct {
	t    exectrace.Time
	util float64
}

// utilSeries is the utilization over a time without gaps. The last point is its
// end.
type utilSeries []utilPoint

type utilPoint struct {
	utilStep
	sum float64 // ns of utilization up to here
}

// newUtilization sums up the series of steps; one of no duration is left out.
func newUtilization(series [][]utilStep) *Utilization {
	u := &Utilization{}
	for _, steps := range series {
		if len(steps) < 2 || steps[0].t >= steps[len(steps)-1].t {
			continue
		}
		s := make(utilSeries, len(steps))
		s[0].utilStep = steps[0]
		for i := 1; i < len(steps); i++ {
			s[i] = utilPoint{steps[i], s.until(i-1, steps[i].t)}
		}
		u.series = append(u.series, s)
	}
	return u
}

func (s utilSeries) start() exectrace.Time { return s[0].t }
func (s utilSeries) end() exectrace.Time   { return s[len(s)-1].t }

func (s utilSeries) clip(window time.Duration) exectrace.Time {
	return min(exectrace.Time(window), s.end()-s.start())
}

// until is the integral of the utilization up to t, where i is the last point
// that is not after t.
func (s utilSeries) until(i int, t exectrace.Time) float64 {
	return s[i].sum + s[i].util*float64(t-s[i].t)
}

// at returns the last point, of those from i on, that is not after t. It is
// mostly near.
func (s utilSeries) at(i int, t exectrace.Time) int {
	if i+1 >= len(s) || s[i+1].t > t {
		return i
	}
	step := 1
	for i+step < len(s) && s[i+step].t <= t {
		i, step = i+step, 2*step
	}
	rest := s[i+1 : min(i+step, len(s))]
	return i + sort.Search(len(rest), func(k int) bool { return rest[k].t > t })
}

// sliding is a window that moves over a series, from where one of its edges
// meets a point to the next such place. Between them the mean changes linearly.
type sliding struct {
	s           utilSeries
	window      exectrace.Time
	t           exectrace.Time // where it begins
	last        exectrace.Time // where it begins in the end
	left, right int            // the points before its edges
}

// slide puts a window at the beginning of the time between from and to.
func (s utilSeries) slide(from, to, window exectrace.Time) sliding {
	left := s.at(0, from)
	return sliding{s, window, from, to - window, left, s.at(left, from+window)}
}

func (w *sliding) mean() float64 {
	return (w.s.until(w.right, w.t+w.window) - w.s.until(w.left, w.t)) / float64(w.window)
}

// next moves on, by skip at least. It returns false at the end.
func (w *sliding) next(skip exectrace.Time) bool {
	if w.t >= w.last {
		return false
	}
	t := w.last
	if w.left+1 < len(w.s) {
		t = min(t, w.s[w.left+1].t)
	}
	if w.right+1 < len(w.s) {
		t = min(t, w.s[w.right+1].t-w.window)
	}
	w.t = min(max(t, w.t+skip), w.last)
	w.left, w.right = w.s.at(w.left, w.t), w.s.at(w.right, w.t+w.window)
	return true
}

// lowest is where, between from and to, the window of least mean utilization
// begins, the first of several. The mean falls by no more than 1/window in a
// nanosecond, so most places need no look once a low one is known.
func (s utilSeries) lowest(from, to, window exectrace.Time) (at exectrace.Time, util float64) {
	w := s.slide(from, to, window)
	at, util = w.t, w.mean()
	for mean := util; util > 0 && w.next(exectrace.Time((mean-util)*float64(window))); {
		if mean = w.mean(); mean < util {
			at, util = w.t, mean
		}
	}
	return at, util
}

// Window is a window of time in which the program had little of the
// processors.
type Window struct {
	Time        exectrace.Time // when it begins
	Window      time.Duration  // its length
	Utilization float64        // from 0 to 1
}

// Worst returns up to n windows of the given length that do not overlap, the worst
// first: each has the least utilization of all windows that do not overlap those before
// it. Windows with a utilization of 1 are left out. Windows that are longer than the
// trace are as long as the trace.
func (u *Utilization) Worst(window time.Duration, n int) []Window {
	var free []freeTime
	for i, s := range u.series {
		free = u.free(free, i, s.start(), s.end(), s.clip(window))
	}
	var worst []Window
	for len(worst) < n && len(free) > 0 {
		f := slices.MinFunc(free, func(a, b freeTime) int {
			return cmp.Or(cmp.Compare(a.util, b.util), cmp.Compare(a.at, b.at))
		})
		if f.util >= 1 {
			break
		}
		worst = append(worst, Window{f.at, time.Duration(f.window), max(f.util, 0)})
		free = slices.DeleteFunc(free, func(other freeTime) bool { return other == f })
		free = u.free(free, f.series, f.from, f.at, f.window)
		free = u.free(free, f.series, f.at+f.window, f.to, f.window)
	}
	return worst
}

// freeTime is a part of a series in which no window has been chosen yet, and
// the worst window that it has.
type freeTime struct {
	series           int
	from, to, window exectrace.Time
	at               exectrace.Time
	util             float64
}

func (u *Utilization) free(all []freeTime, series int, from, to, window exectrace.Time) []freeTime {
	if window <= 0 || to-from < window {
		return all
	}
	at, util := u.series[series].lowest(from, to, window)
	return append(all, freeTime{series, from, to, window, at, util})
}
