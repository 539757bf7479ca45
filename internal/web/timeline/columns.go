package timeline

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/web/states"
)

// meanOf is what all processors did together.
func meanOf(x *executions.Execution, from exectrace.Time, width time.Duration) map[int][]byte {
	processors := x.Lanes.Processors()
	sums := make([]lanes.Sums, columns)
	for _, p := range processors {
		for c, one := range x.Lanes.Columns(p, from, width, columns) {
			for state := range one {
				sums[c][state] += one[state]
			}
		}
	}
	return states.Shares(sums, width*time.Duration(max(len(processors), 1)))
}

// counts are the counters of a tile.
type counts []counters.Values

// partsOf are the values that each counter has, in the order in which they are drawn.
var partsOf = map[string][]func(counters.Values) int64{
	goroutineCounts: {
		func(v counters.Values) int64 { return int64(v.Goroutines.Running) },
		func(v counters.Values) int64 { return int64(v.Goroutines.Runnable) },
		func(v counters.Values) int64 { return int64(v.Goroutines.GCWaiting) },
	},
	heapSizes: {
		func(v counters.Values) int64 { return int64(v.Heap.Allocated) },
		func(v counters.Values) int64 { return int64(v.Heap.Goal) },
	},
	threadCounts: {
		func(v counters.Values) int64 { return int64(v.Threads.Running) },
		func(v counters.Values) int64 { return int64(v.Threads.InSyscall) },
	},
}

// values are those of a counter in each column.
func (t *tile) values(x *executions.Execution, counter string) [][]int64 {
	if t.counts == nil {
		read := counts(x.Lanes.Counters(t.began, time.Duration(t.Width), columns))
		t.counts = &read
	}
	return t.counts.of(counter)
}

func (c counts) of(counter string) (all [][]int64) {
	for _, part := range partsOf[counter] {
		list := make([]int64, len(c))
		for i, v := range c {
			list[i] = part(v)
		}
		all = append(all, list)
	}
	return all
}

// highest is the largest value of each counter: what is stacked is added, and the heap and
// its goal are lines.
func (c counts) highest() map[string]int64 {
	most := map[string]int64{}
	for name := range partsOf {
		lists := c.of(name)
		for i := range c {
			sum, top := int64(0), int64(0)
			for _, list := range lists {
				sum, top = sum+list[i], max(top, list[i])
			}
			if name == heapSizes {
				sum = top
			}
			most[name] = max(most[name], sum)
		}
	}
	return most
}
