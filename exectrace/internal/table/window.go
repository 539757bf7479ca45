package table

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"time"
)

// Window is a time from Start to End, of moments of some type.
type Window[T ~int64] struct{ Start, End T }

// Intersect is what of it lies in another.
func (w Window[T]) Intersect(v Window[T]) Window[T] {
	return Window[T]{max(w.Start, v.Start), min(w.End, v.End)}
}

// Duration is zero if it ends before it starts.
func (w Window[T]) Duration() time.Duration { return time.Duration(max(w.End-w.Start, 0)) }

// Windows are in order and do not overlap.
type Windows[T ~int64] []Window[T]

// Overlap is how much of w lies in them.
func (ws Windows[T]) Overlap(w Window[T]) (sum time.Duration) {
	first := sort.Search(len(ws), func(i int) bool { return ws[i].End > w.Start })
	for _, v := range ws[first:] {
		if v.Start >= w.End {
			break
		}
		sum += v.Intersect(w).Duration()
	}
	return sum
}

// Intersect is what lies in both.
func (ws Windows[T]) Intersect(vs Windows[T]) (both Windows[T]) {
	for i, j := 0, 0; i < len(ws) && j < len(vs); {
		if x := ws[i].Intersect(vs[j]); x.Start < x.End {
			both = append(both, x)
		}
		if ws[i].End < vs[j].End {
			i++
		} else {
			j++
		}
	}
	return both
}

// Covers reports whether one of them covers a moment, and until when that is so.
func (ws Windows[T]) Covers(at T) (bool, T) {
	i := sort.Search(len(ws), func(i int) bool { return ws[i].End > at })
	switch {
	case i == len(ws):
		return false, math.MaxInt64
	case ws[i].Start <= at:
		return true, ws[i].End
	}
	return false, ws[i].Start
}

// Union makes windows of any order.
func Union[T ~int64](list []Window[T]) Windows[T] {
	slices.SortFunc(list, func(a, b Window[T]) int { return cmp.Compare(a.Start, b.Start) })
	merged := list[:0]
	for _, w := range list {
		if n := len(merged); n > 0 && w.Start <= merged[n-1].End {
			merged[n-1].End = max(merged[n-1].End, w.End)
			continue
		}
		merged = append(merged, w)
	}
	return Windows[T](merged)
}
