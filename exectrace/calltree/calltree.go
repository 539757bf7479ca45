// Package calltree sums up in which calls the goroutines of a Go execution trace were, and
// for how long, in any part of its time: what a flame graph of that time shows.
//
// An execution trace has a stack where a goroutine stops, and none of what it does while it
// runs. So the times of waits, of system calls and of being runnable are exact, each at the
// stack where it began. Running time belongs to the calls that the goroutine was in before
// and after; more of it only CPU samples say, which are in the trace if a CPU profile was
// recorded at the same time.
package calltree

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
)

// Samples is what is measured in the place of a state: CPU samples.
const Samples = lanes.NumStates

// Selection says what is summed up.
type Selection struct {
	From, To exectrace.Time
	// Lane is what is summed up: the states of a goroutine, or of the goroutines on a
	// processor or thread while they are there. Nil: those of all goroutines.
	Lane *lanes.Lane
	// Func is the function that a goroutine was started with; empty: any.
	Func string
	// Parts is how many parts of equal duration the time has, for Tree.Parts; the last may
	// be shorter. Zero: one.
	Parts int
}

// width is the duration of a part.
func (s *Selection) width() time.Duration {
	n := time.Duration(max(s.Parts, 1))
	return max((s.To.Sub(s.From)+n-1)/n, 1)
}

// Measure is what a tree is of: a state, or Samples; and of the states that are waits, if
// Reason is not empty, those for this reason alone: see exectrace.Interval.
type Measure struct {
	State  lanes.State
	Reason string
}

// Profile is how long the goroutines of a selection were in which calls. It does not change.
type Profile struct {
	Selection
	Goroutines int // that were there; of a processor or thread: that were on it
	// Untimed is how many of the sums, by calls and state, are not in Tree.Parts, since there
	// are too many: see MaxTimed.
	Untimed int
	// Merged is how many times goroutines were in a state in calls that are not told, since
	// there are too many: see MaxSums.
	Merged int

	trace *exectrace.Trace
	lines []line
	at    map[key]int32 // the index of a line, while they are summed up
	sums  [Samples + 1]amount
}

// MaxSums bounds the sums, by calls and state, of a Profile. What comes after so many is in
// sums without calls.
const MaxSums = 200_000

// MaxTimed bounds of how many sums, by calls and state, a Profile has the parts. They take up
// to 8 bytes for each part.
const MaxTimed = 20_000

// key is what is summed up in one line.
type key struct {
	calls  exectrace.Calls
	state  lanes.State
	reason string
}

// line is a sum.
type line struct {
	key
	amount
	parts []int64
}

// amount is a sum: of nanoseconds, or of samples.
type amount struct{ sum, count int64 }

// Sum sums up a selection of lanes. It takes a microsecond or two for each goroutine that was
// there, and a tenth of one for each of its states in that time. Of a processor or thread it
// takes a microsecond or two for each of its segments.
func Sum(l *lanes.Lanes, s Selection) *Profile {
	p := &Profile{Selection: s, trace: l.Trace, at: map[key]int32{}}
	if s.To <= s.From {
		return p
	}
	sum := summing{p, l, nil}
	if s.Lane != nil || s.Func != "" {
		sum.wanted = map[exectrace.GoID]bool{}
	}
	switch {
	case s.Lane == nil:
		for g := range l.Trace.GoroutinesBetween(s.From, s.To) {
			sum.goroutine(g)
		}
		sum.samples()
	case s.Lane.Kind == lanes.Goroutine:
		for _, g := range l.Trace.GoroutinesOf(exectrace.GoID(s.Lane.ID)) {
			sum.goroutine(g)
		}
		sum.samples()
	default:
		sum.segments(*s.Lane)
	}
	p.at = nil
	return p
}

// Of is how much of a measure there is: nanoseconds or samples, and how many times that
// goroutines were in the state, for however long.
func (p *Profile) Of(m Measure) (sum, count int64) {
	if m.State > Samples {
		return 0, 0
	}
	if m.Reason == "" {
		return p.sums[m.State].sum, p.sums[m.State].count
	}
	for i := range p.lines {
		if l := &p.lines[i]; m.has(l.key) {
			sum, count = sum+l.sum, count+l.count
		}
	}
	return sum, count
}

// Reasons are those of the waits in a state, each with its sum.
func (p *Profile) Reasons(s lanes.State) map[string]time.Duration {
	all := map[string]time.Duration{}
	for i := range p.lines {
		if l := &p.lines[i]; l.state == s && l.reason != "" {
			all[l.reason] += time.Duration(l.sum)
		}
	}
	return all
}

// has reports whether a line is of a measure.
func (m Measure) has(k key) bool {
	return k.state == m.State && (m.Reason == "" || m.Reason == k.reason)
}

// calls are those of a line, the innermost first. Stacks of samples begin with the runtime's
// return address of all goroutines, others do not.
func (p *Profile) calls(l *line) []exectrace.Frame {
	all := p.trace.CallsOf(l.calls)
	if n := len(all) - 1; n > 0 && all[n].Func == "runtime.goexit" {
		return all[:n]
	}
	return all
}

// add adds a time from one moment to another, or samples at a moment.
func (p *Profile) add(k key, from, to exectrace.Time, sum, count int64) {
	i, known := p.at[k]
	if !known && len(p.lines) >= MaxSums {
		p.Merged += int(count)
		k.calls = exectrace.Calls{}
		i, known = p.at[k]
	}
	if !known {
		i = int32(len(p.lines))
		p.at[k] = i
		next := line{key: k}
		if i < MaxTimed {
			next.parts = make([]int64, max(p.Parts, 1))
		} else {
			p.Untimed++
		}
		p.lines = append(p.lines, next)
	}
	l := &p.lines[i]
	l.sum, l.count = l.sum+sum, l.count+count
	all := &p.sums[k.state]
	all.sum, all.count = all.sum+sum, all.count+count
	if l.parts != nil {
		p.spread(l.parts, from, to, sum)
	}
}

// spread adds a time to the parts in which it was.
func (p *Profile) spread(parts []int64, from, to exectrace.Time, sum int64) {
	width := p.width()
	at := int(from.Sub(p.From) / width)
	if to <= p.From.Add(time.Duration(at+1)*width) {
		parts[at] += sum
		return
	}
	for ; from < to; at++ {
		end := min(to, p.From.Add(time.Duration(at+1)*width))
		parts[at] += int64(end.Sub(from))
		from = end
	}
}
