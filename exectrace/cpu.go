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
	before time.Duration // in all those before it
}

func (t *Trace) newCPU() cpu {
	c := cpu{t.cpuSamples(), map[ThreadID][]busy{}}
	if len(c.samples) == 0 {
		return c
	}
	for _, g := range t.goroutines.all() {
		for iv := range t.from(t.steps.read(g.first)) {
			if iv.State == Running && c.samples[iv.Thread] != nil {
				c.busy[iv.Thread] = append(c.busy[iv.Thread], busy{window: window{iv.Start, iv.End}})
			}
		}
	}
	for _, list := range c.busy {
		slices.SortFunc(list, func(a, b busy) int { return cmp.Compare(a.start, b.start) })
		for i := 1; i < len(list); i++ {
			list[i].before = list[i-1].before + list[i-1].duration()
		}
	}
	return c
}

// until is for how long a thread was busy, up to a moment.
func until(list []busy, at Time) time.Duration {
	i := sort.Search(len(list), func(i int) bool { return list[i].start > at }) - 1
	if i < 0 {
		return 0
	}
	return list[i].before + min(at, list[i].end).Sub(list[i].start)
}

const (
	// maxAside is how far a sample may be from what it is asked for. What the system
	// did long before or after says nothing.
	maxAside = 250 * time.Millisecond
	// tick is how late the system books what a running thread has used: Linux does
	// it 250 times a second.
	tick = 4 * time.Millisecond
)

// wait estimates for how long of a time in which Go had a goroutine run on a
// thread the thread was not on a CPU.
//
// The system books a wait when it ends, so that the samples are those just
// outside of the time. What was waited between them is in proportion to what was
// asked for. If Go saw the thread busy for longer than the system saw it run and
// wait, the whole machine was taken away, as it happens to virtual ones.
func (c cpu) wait(thread ThreadID, from, to Time) time.Duration {
	first, last, ok := bracket(c.samples[thread], from, to)
	if !ok {
		return 0
	}
	waited, ran := time.Duration(last.waited-first.waited), time.Duration(last.ran-first.ran)
	if taken := until(c.busy[thread], last.at) - until(c.busy[thread], first.at) - waited - ran; taken > tick {
		waited += taken
	}
	asked := min(to, last.at).Sub(max(from, first.at))
	if waited+ran <= asked {
		return waited
	}
	return time.Duration(float64(asked) * float64(waited) / float64(waited+ran))
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
