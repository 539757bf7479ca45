package counters

import (
	"slices"

	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

// lookBack finds out how large the heap was before what is read of the trace, from the
// generations before it, the last one first. A generation begins with the states of
// goroutines, and not with this.
func (c *counting) lookBack() {
	for _, generation := range slices.Backward(c.earlier) {
		if c.knowsAllocated && c.knowsGoal {
			break
		}
		before := newCounting()
		// What is lost there is not of the time that is asked for.
		_, err := events.Each(generation, heapOnly{before})
		if err != nil {
			continue
		}
		if before.knowsAllocated && !c.knowsAllocated {
			c.now.Heap.Allocated, c.knowsAllocated = before.now.Heap.Allocated, true
		}
		if before.knowsGoal && !c.knowsGoal {
			c.now.Heap.Goal, c.knowsGoal = before.now.Heap.Goal, true
		}
	}
	c.earlier = nil
}

// heapOnly passes on what is of the heap.
type heapOnly struct{ to *counting }

func (h heapOnly) Event(t *decode.Tables, ev *decode.Event) {
	if ev.Type == decode.HeapAlloc || ev.Type == decode.HeapGoal {
		h.to.Event(t, ev)
	}
}

func (heapOnly) Gap() {}
