package exectrace

import (
	"iter"
	"sort"
)

// lookups are tables that a breakdown needs beside the index.
type lookups struct {
	seeks   [][]seekPoint        // of long goroutines, by index
	stops   windows              // in which everything was stopped
	assists map[int32]windows    // for the collector, by goroutine
	tasks   map[int32][]taskTime // by the goroutine that began them
	places  []place              // by stackID
	clients []bool               // by names: functions of goroutines that net/http's client has work for it
	dials   []int32              // goroutines in which net/http's client makes connections
	cpu     cpu
}

func (t *Trace) newLookups() *lookups {
	a := &lookups{seeks: t.newSeeks(), tasks: t.newTaskTimes(), places: newPlaces(t.stacks), clients: newClients(t.text), dials: t.newDials(), cpu: t.newCPU()}
	a.stops, a.assists = t.overlays()
	return a
}

// seekPoint is where a block of a goroutine's steps begins.
type seekPoint struct {
	at    Time // of its first step
	block blockID
}

// longChain is how many blocks are read faster than a table of them is made.
const longChain = 8

func (t *Trace) newSeeks() [][]seekPoint {
	seeks := make([][]seekPoint, t.goroutines.Len())
	var points []seekPoint
	for i, g := range t.goroutines.All() {
		points = points[:0]
		for id := g.first; id != 0; {
			c := t.steps.read(id)
			x, ok := c.step()
			if ok {
				points = append(points, seekPoint{x.at, id})
			}
			id = t.steps.after(id)
		}
		if len(points) > longChain {
			seeks[i] = append([]seekPoint(nil), points...)
		}
	}
	return seeks
}

// intervals yields those of goroutine i that end after at.
func (t *Trace) intervals(a *lookups, i int32, at Time) iter.Seq[Interval] {
	c := t.steps.read(t.goroutine(i).first)
	if points := a.seeks[i]; points != nil {
		p := sort.Search(len(points), func(p int) bool { return points[p].at > at }) - 1
		c = t.steps.read(points[max(p, 0)].block)
	} else {
		c.skipTo(at)
	}
	return func(yield func(Interval) bool) {
		for iv := range t.from(c) {
			if iv.End > at && !yield(iv) {
				return
			}
		}
	}
}

// birth returns when goroutine i was created, and by which goroutine: none if by
// the runtime. It reports false if the goroutine is older than the trace.
func (t *Trace) birth(i int32) (at Time, by int32, known bool) {
	c := t.steps.read(t.goroutine(i).first)
	first, ok := c.step()
	if !ok || first.cause != CauseCreated {
		return 0, none, false
	}
	return first.at, first.who, true
}
