package counters

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/decode"
)

// Point has the values of a part of the time, from At to that of the next Point.
type Point struct {
	At   time.Duration `json:"at_ns"` // since the trace began
	Last Values        `json:"last"`  // the values at the end of the part
	Low  Values        `json:"low"`   // the minimum of each value in the part
	High Values        `json:"high"`  // the maximum of each value in the part
}

// Series has the values of a whole trace, in parts of equal duration.
type Series struct {
	Duration time.Duration `json:"duration_ns"` // of the trace
	Points   []Point       `json:"series"`
}

// NewSeries returns the values over the whole trace in at most n parts, and at least
// n/2 unless the trace is shorter than n microseconds. For an n below 2 it is 2.
func NewSeries(f *exectrace.File, n int) (Series, []exectrace.Loss, error) {
	c := countingOf(f)
	t := thinning{counts: c, n: max(n, 2), width: time.Microsecond, beginning: beginningOf(f)}
	lost, err := analysis.Each(f, c, &t)
	if err != nil {
		return Series{}, lost, err
	}
	t.reach(t.lasted)
	for i := range t.points {
		t.points[i].At += t.first
	}
	return Series{t.lasted, t.points}, lost, nil
}

// thinning keeps a series short by joining its parts in pairs when there are too
// many.
type thinning struct {
	counts *counting // comes before it
	n      int
	width  time.Duration // of a part
	beginning
	first  time.Duration // since the beginning of the trace
	lasted time.Duration
	points []Point // their times count from the first
}

func (t *thinning) Gap() {}

func (t *thinning) Event(_ *decode.Tables, ev *decode.Event) {
	now := t.counts.now
	if t.points == nil {
		t.first = t.since(ev.Time)
		t.points = []Point{{0, now, now, now}}
	}
	at := t.since(ev.Time) - t.first
	t.lasted = max(t.lasted, at)
	t.reach(at)
	p := &t.points[len(t.points)-1]
	if p.Last != now {
		p.Last, p.Low, p.High = now, now.least(p.Low), now.most(p.High)
	}
}

// reach adds parts, in which nothing changes, until there is one for the time.
func (t *thinning) reach(at time.Duration) {
	for at >= time.Duration(len(t.points))*t.width {
		if len(t.points) == t.n {
			t.halve()
			continue
		}
		last := t.points[len(t.points)-1].Last
		t.points = append(t.points, Point{time.Duration(len(t.points)) * t.width, last, last, last})
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

func (a Values) least(b Values) Values {
	return Values{
		Goroutines{
			min(a.Goroutines.GCWaiting, b.Goroutines.GCWaiting),
			min(a.Goroutines.Runnable, b.Goroutines.Runnable),
			min(a.Goroutines.Running, b.Goroutines.Running),
		},
		Heap{min(a.Heap.Allocated, b.Heap.Allocated), min(a.Heap.Goal, b.Heap.Goal)},
		Threads{min(a.Threads.InSyscall, b.Threads.InSyscall), min(a.Threads.Running, b.Threads.Running)},
	}
}

func (a Values) most(b Values) Values {
	return Values{
		Goroutines{
			max(a.Goroutines.GCWaiting, b.Goroutines.GCWaiting),
			max(a.Goroutines.Runnable, b.Goroutines.Runnable),
			max(a.Goroutines.Running, b.Goroutines.Running),
		},
		Heap{max(a.Heap.Allocated, b.Heap.Allocated), max(a.Heap.Goal, b.Heap.Goal)},
		Threads{max(a.Threads.InSyscall, b.Threads.InSyscall), max(a.Threads.Running, b.Threads.Running)},
	}
}
