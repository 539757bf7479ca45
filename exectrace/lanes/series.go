package lanes

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/exectrace/internal/events"
)

// series has the highest values of the counters in parts of equal duration.
type series struct {
	width  time.Duration
	points []point
}

// point is counters.Values in less room.
type point struct {
	heap, goal                                    uint64
	gcWaiting, runnable, running, inCall, threads uint32
}

// maxPoints bounds a series: 5 MB.
const maxPoints = 1 << 17

// counting makes a series.
type counting struct {
	series
	now   point
	until time.Duration // the last point is of the time before that
}

func newSeries() *counting { return &counting{series: series{width: time.Microsecond}} }

func (c *counting) follow(f *exectrace.File) events.Consumer {
	return counters.NewFollower(f, func(after time.Duration, now counters.Values) {
		c.end(after)
		c.now = pointOf(now)
		c.points[len(c.points)-1].most(&c.now)
	})
}

// end adds points, in which nothing changes, up to the one of a time.
func (c *counting) end(after time.Duration) {
	for after >= c.until {
		if len(c.points) == maxPoints {
			c.halve()
		}
		c.points = append(c.points, c.now)
		c.until = time.Duration(len(c.points)) * c.width
	}
}

// halve joins points in pairs.
func (c *counting) halve() {
	c.width *= 2
	for i := range len(c.points) / 2 {
		c.points[i] = c.points[2*i]
		c.points[i].most(&c.points[2*i+1])
	}
	c.points = c.points[:len(c.points)/2]
}

func pointOf(v counters.Values) point {
	return point{
		v.Heap.Allocated, v.Heap.Goal, uint32(v.Goroutines.GCWaiting), uint32(v.Goroutines.Runnable), uint32(v.Goroutines.Running),
		uint32(v.Threads.InSyscall), uint32(v.Threads.Running),
	}
}

func (p point) values() counters.Values {
	return counters.Values{
		Goroutines: counters.Goroutines{GCWaiting: int(p.gcWaiting), Runnable: int(p.runnable), Running: int(p.running)},
		Heap:       counters.Heap{Allocated: p.heap, Goal: p.goal},
		Threads:    counters.Threads{InSyscall: int(p.inCall), Running: int(p.threads)},
	}
}

// most raises the values of p to those of q. Counts that are drawn upon each other stay
// those of one moment: there were never as many goroutines as the most of each state.
func (p *point) most(q *point) {
	p.heap, p.goal = max(p.heap, q.heap), max(p.goal, q.goal)
	if q.gcWaiting+q.runnable+q.running > p.gcWaiting+p.runnable+p.running {
		p.gcWaiting, p.runnable, p.running = q.gcWaiting, q.runnable, q.running
	}
	if q.inCall+q.threads > p.inCall+p.threads {
		p.inCall, p.threads = q.inCall, q.threads
	}
}

// Resolution is the shortest time of which Counters tells the values of another: a
// hundred-thousandth of the trace or a microsecond, whichever is longer.
func (l *Lanes) Resolution() time.Duration { return l.series.width }

// Counters returns the highest values of the counters in n windows of one width, one
// behind the other, the first of which begins at from: of goroutines and of threads those
// of the moment at which they were the most together. A window shorter than Resolution
// has those of that time. The values of windows outside of the trace are zero.
// counters.At has the values of one moment.
func (l *Lanes) Counters(from exectrace.Time, width time.Duration, n int) []counters.Values {
	list := make([]counters.Values, n)
	s, began := &l.series, from.Sub(l.Trace.Began)
	for i := range list {
		first := began + time.Duration(i)*width
		if last := first + width; last > 0 {
			list[i] = s.most(int(max(first, 0)/s.width), int((last-1)/s.width)).values()
		}
	}
	return list
}

// most are the highest values from one point to another, as Counters has them.
func (s *series) most(first, last int) (p point) {
	for i := first; i <= min(last, len(s.points)-1); i++ {
		p.most(&s.points[i])
	}
	return p
}
