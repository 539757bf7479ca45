package exectrace

import (
	"iter"
	"sort"

	"example.com/tracelab/exectrace/internal/table"
)

// lookups are tables that a breakdown needs beside the index.
type lookups struct {
	stops   windows                  // in which everything was stopped
	assists map[int32]windows        // for the collector, by goroutine
	begun   *table.Groups[begunTask] // by the goroutine that began them
	places  []place                  // by stackID
	clients []bool                   // by names: functions of goroutines that net/http's client has work for it
	dials   []int32                  // goroutines in which net/http's client makes connections
	cpu     cpu
}

func (t *Trace) newLookups() *lookups {
	a := &lookups{begun: t.newBegun(), places: newPlaces(t.stacks), clients: newClients(t.text), dials: t.newDials(), cpu: t.newCPU()}
	a.stops, a.assists = t.overlays()
	return a
}

// intervals yields those of goroutine i that end after at.
func (t *Trace) intervals(i int32, at Time) iter.Seq[Interval] {
	return func(yield func(Interval) bool) {
		for iv := range t.from(t.seek(i, at)) {
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

// seekPoint is where a block of a goroutine's steps begins.
type seekPoint struct {
	at    Time // of its first step
	block blockID
}

// blocksAPoint is how many blocks there are from one seekPoint to the next: so many are read
// about as fast as points are searched.
const blocksAPoint = 4

// newSeeks are the points of goroutines with many steps, by index.
func (t *Trace) newSeeks() map[int32][]seekPoint {
	seeks := map[int32][]seekPoint{}
	var points []seekPoint
	for i, g := range t.goroutines.All() {
		if !t.steps.longerThan(g.first, blocksAPoint) {
			continue
		}
		points = points[:0]
		for n, id := 0, g.first; id != 0; n, id = n+1, t.steps.after(id) {
			if n%blocksAPoint == 0 {
				c := t.steps.read(id)
				c.step()
				points = append(points, seekPoint{c.at, id})
			}
		}
		seeks[int32(i)] = append([]seekPoint(nil), points...)
	}
	return seeks
}

// longerThan reports whether a chain has more than n blocks.
func (s *steps) longerThan(id blockID, n int) bool {
	for ; id != 0 && n >= 0; n-- {
		id = s.after(id)
	}
	return id != 0
}

// seek returns a cursor at the last block of goroutine i of which a step is not later than at,
// or at the first one.
func (t *Trace) seek(i int32, at Time) cursor {
	c := t.pointBefore(i, at, 1)
	c.skipTo(at)
	return c
}

// seekBefore returns a cursor from where it is known, or nearly always is, where goroutine i
// was before a moment: that may be in the blocks before.
func (t *Trace) seekBefore(i int32, at Time) cursor { return t.pointBefore(i, at, 2) }

// pointBefore returns a cursor at the nth of the points that are not after a moment, from the
// last one on, or at the first step.
func (t *Trace) pointBefore(i int32, at Time, nth int) cursor {
	points := t.seeks()[i]
	if p := sort.Search(len(points), func(p int) bool { return points[p].at > at }) - nth; p >= 0 {
		return t.steps.read(points[p].block)
	}
	return t.steps.read(t.goroutine(i).first)
}
