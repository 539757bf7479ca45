package explain

import (
	"slices"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

// TestWhoIsExplainedFirst has more traces wait than there is room for.
func TestWhoIsExplainedFirst(t *testing.T) {
	for name, test := range map[string]struct {
		offered []int // negative: flagged debug
		want    []int
		dropped int64
	}{
		"one after the other":       {[]int{1, 2, 3}, []int{1, 2, 3}, 0},
		"twice":                     {[]int{1, 2, 1}, []int{1, 2}, 0},
		"debug comes first":         {[]int{1, 2, -3, 4, -5}, []int{-3, -5, 1, 2, 4}, 0},
		"the oldest slow one goes":  {upTo(maxQueue + 2), upTo(maxQueue + 2)[2:], 2},
		"debug makes room for none": {append(upTo(maxQueue), -99), append([]int{-99}, upTo(maxQueue)[1:]...), 1},
		"all of them are debug":     {negative(upTo(maxQueue + 1)), negative(upTo(maxQueue)), 1},
		"none is left for slow":     {append(negative(upTo(maxQueue)), 99), negative(upTo(maxQueue)), 1},
	} {
		t.Run(name, func(t *testing.T) {
			q := NewQueue()
			for _, n := range test.offered {
				q.Triggered(zipkin.TraceID{Low: uint64(max(n, -n))}, n < 0)
			}
			var got []int
			for {
				w, ok, _ := q.take()
				if !ok {
					break
				}
				n := int(w.trace.Low)
				if w.debug {
					n = -n
				}
				got = append(got, n)
			}
			if !slices.Equal(got, test.want) || q.dropped.Load() != test.dropped {
				t.Errorf("they come as %v, and %d are dropped; want %v and %d", got, q.dropped.Load(), test.want, test.dropped)
			}
		})
	}
}

func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i+1)
	}
	return all
}

func negative(all []int) []int {
	for i := range all {
		all[i] = -all[i]
	}
	return all
}
