package exectrace

import "golang.org/x/exp/trace"

// CounterPoint is what the counters said over a part of the time, which lasts
// until the next point.
type CounterPoint struct {
	Time Time
	Last Counters // at its end
	Low  Counters // the least of each
	High Counters // the most of each
}

// CounterSeries are counters over the time from Start to End, in parts of equal
// duration.
type CounterSeries struct {
	Start, End Time
	Points     []CounterPoint
}

// CounterSeries follows the counters through the trace in as many as n parts, and
// at least half as many unless the trace has less than n microseconds. Memory is
// bounded by n.
func (f *File) CounterSeries(n int) (CounterSeries, []Loss, error) {
	c := newCounting()
	t := thinning{counts: c, n: max(n, 2), width: 1000}
	lost, err := f.Each(c, &t)
	if err != nil {
		return CounterSeries{}, lost, err
	}
	t.reach(t.end)
	return CounterSeries{t.start, t.end, t.points}, lost, nil
}

// thinning keeps a series short by joining its parts in pairs when there are too
// many.
type thinning struct {
	counts     *counting // comes before it
	n          int
	width      Time // of a part
	start, end Time
	points     []CounterPoint
}

func (t *thinning) Gap() {}

func (t *thinning) Event(ev *trace.Event) {
	at := Time(ev.Time())
	now := t.counts.now
	if t.points == nil {
		t.start, t.end = at, at
		t.points = []CounterPoint{{at, now, now, now}}
	}
	t.end = max(t.end, at)
	t.reach(at)
	p := &t.points[len(t.points)-1]
	if p.Last != now {
		p.Last, p.Low, p.High = now, now.least(p.Low), now.most(p.High)
	}
}

// reach adds parts, in which nothing changes, until there is one for the time.
func (t *thinning) reach(at Time) {
	for (at-t.start)/t.width >= Time(t.n) {
		t.halve()
	}
	for (at-t.start)/t.width >= Time(len(t.points)) {
		last := t.points[len(t.points)-1].Last
		t.points = append(t.points, CounterPoint{t.start + Time(len(t.points))*t.width, last, last, last})
	}
}

func (t *thinning) halve() {
	t.width *= 2
	kept := t.points[:0]
	for i := 0; i < len(t.points); i += 2 {
		p := t.points[i]
		if i+1 < len(t.points) {
			q := t.points[i+1]
			p.Last, p.Low, p.High = q.Last, p.Low.least(q.Low), p.High.most(q.High)
		}
		kept = append(kept, p)
	}
	t.points = kept
}

func (a Counters) least(b Counters) Counters {
	return Counters{
		GoroutineCounts{
			min(a.Goroutines.GCWaiting, b.Goroutines.GCWaiting),
			min(a.Goroutines.Runnable, b.Goroutines.Runnable),
			min(a.Goroutines.Running, b.Goroutines.Running),
		},
		HeapSize{min(a.Heap.Allocated, b.Heap.Allocated), min(a.Heap.Goal, b.Heap.Goal)},
		ThreadCounts{min(a.Threads.InSyscall, b.Threads.InSyscall), min(a.Threads.Running, b.Threads.Running)},
	}
}

func (a Counters) most(b Counters) Counters {
	return Counters{
		GoroutineCounts{
			max(a.Goroutines.GCWaiting, b.Goroutines.GCWaiting),
			max(a.Goroutines.Runnable, b.Goroutines.Runnable),
			max(a.Goroutines.Running, b.Goroutines.Running),
		},
		HeapSize{max(a.Heap.Allocated, b.Heap.Allocated), max(a.Heap.Goal, b.Heap.Goal)},
		ThreadCounts{max(a.Threads.InSyscall, b.Threads.InSyscall), max(a.Threads.Running, b.Threads.Running)},
	}
}
