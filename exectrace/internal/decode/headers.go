package decode

import (
	"fmt"
	"slices"
)

// far is by how many ticks the time of a batch is away from the others' of its generation
// when it is looked at: more than eight seconds. A generation takes about one.
const far = 1 << 27

// headers sets right times of batches that are far away, and would not be with one bit.
func (g *generation) headers() {
	if len(g.batches) < 3 || g.newest-g.first < far {
		return
	}
	times := make([]uint64, len(g.batches))
	for i := range g.batches {
		times[i] = g.batches[i].time
	}
	slices.Sort(times)
	middle := times[len(times)/2]
	for i := range g.batches {
		b := &g.batches[i]
		if apart(b.time, middle) < far {
			continue
		}
		best := b.time
		for bit := range 64 {
			if t := b.time ^ 1<<bit; apart(t, middle) < apart(best, middle) {
				best = t
			}
		}
		if apart(best, middle) < far {
			g.faults = append(g.faults, fault{b.offset, 0, 0, fmt.Errorf("generation %d, thread %d: a batch begins at tick %d, which is a bit away from %d", g.Number, b.thread, b.time, best)})
			b.time = best
		}
	}
	g.first, g.newest = g.batches[0].time, g.batches[0].time
	for _, b := range g.batches {
		g.first, g.newest = min(g.first, b.time), max(g.newest, b.time)
	}
}

func apart(a, b uint64) uint64 { return max(a, b) - min(a, b) }
