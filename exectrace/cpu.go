package exectrace

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// cpu is what is known of threads whose samples there are.
type cpu struct {
	samples map[ThreadID][]cpuSample
	busy    map[ThreadID][]busy // in order
}

// busy is a time in which Go had a goroutine run on a thread.
type busy struct {
	window
	before busyTime // all those before it
}

// busyTime is how long threads were busy.
type busyTime struct {
	all  time.Duration
	long time.Duration // what is beyond slice of each time
}

// until is what a time has of a busyTime, up to a moment.
func (b busy) until(at Time) busyTime {
	part := min(max(at, b.Start), b.End).Sub(b.Start)
	return busyTime{part, scale(part, max(b.Duration()-slice, 0), b.Duration())}
}

// scale is d·n/of.
func scale(d, n, of time.Duration) time.Duration {
	return time.Duration(float64(d) * (float64(n) / float64(max(of, 1))))
}

func (t *Trace) newCPU() cpu {
	c := cpu{t.cpuSamples(), map[ThreadID][]busy{}}
	if len(c.samples) == 0 {
		return c
	}
	for _, g := range t.goroutines.All() {
		for iv := range t.from(t.steps.read(g.first)) {
			if iv.State == StateRunning && c.samples[iv.Thread] != nil {
				c.busy[iv.Thread] = append(c.busy[iv.Thread], busy{window: window{Start: iv.Start, End: iv.End}})
			}
		}
	}
	for _, list := range c.busy {
		slices.SortFunc(list, func(a, b busy) int { return cmp.Compare(a.Start, b.Start) })
		for i := 1; i < len(list); i++ {
			last := list[i-1].until(list[i-1].End)
			list[i].before = busyTime{list[i-1].before.all + last.all, list[i-1].before.long + last.long}
		}
	}
	return c
}

// between is how long a thread was busy from one moment to another.
func between(list []busy, from, to Time) busyTime {
	a, b := until(list, from), until(list, to)
	return busyTime{b.all - a.all, b.long - a.long}
}

func until(list []busy, at Time) busyTime {
	i := sort.Search(len(list), func(i int) bool { return list[i].Start > at }) - 1
	if i < 0 {
		return busyTime{}
	}
	last := list[i].until(at)
	return busyTime{list[i].before.all + last.all, list[i].before.long + last.long}
}

const (
	// maxAside is how far a sample may be from what it is asked for. What the system
	// did long before or after says nothing.
	maxAside = 250 * time.Millisecond
	// tick is how late the system books what a running thread has used: Linux does
	// it 250 times a second.
	tick = 4 * time.Millisecond
	// slice is for about how long the system has something else run at least.
	slice = 500 * time.Microsecond
)

// wait estimates for how long of a time in which Go had a goroutine run on a
// thread the thread was not on a CPU.
//
// The system books a wait when it ends, so that the samples are those just
// outside. Of what was waited between them, Go's share is that of what was asked
// for; and since a CPU is taken away for a while at least, it is the long times
// that it was taken from. If Go saw the thread busy for longer than the system
// saw it run and wait, the whole machine was taken away, as happens to virtual
// ones.
func (c cpu) wait(thread ThreadID, from, to Time) time.Duration {
	first, last, ok := bracket(c.samples[thread], from, to)
	if !ok {
		return 0
	}
	asked := between(c.busy[thread], first.at, last.at)
	mine := between(c.busy[thread], max(from, first.at), min(to, last.at))
	waited, ran := last.waited-first.waited, last.ran-first.ran
	if taken := asked.all - waited - ran; taken > tick {
		waited += taken
	}
	waited = min(waited, scale(waited, asked.all, waited+ran))
	return min(mine.long, scale(waited, mine.long, asked.long))
}

// bracket returns the last sample before a time and the first one after it. Where
// there is none near enough, it is the next one within.
func bracket(samples []cpuSample, from, to Time) (first, last cpuSample, ok bool) {
	i := sort.Search(len(samples), func(i int) bool { return samples[i].at > from }) - 1
	if i < 0 || from.Sub(samples[i].at) > maxAside {
		i++
	}
	j := sort.Search(len(samples), func(j int) bool { return samples[j].at >= to })
	if j == len(samples) || samples[j].at.Sub(to) > maxAside {
		j--
	}
	if i >= j || samples[i].at >= to || samples[j].at <= from {
		return cpuSample{}, cpuSample{}, false
	}
	return samples[i], samples[j], true
}
