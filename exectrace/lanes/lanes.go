// Package lanes lays a Go execution trace out in time: what each processor, thread,
// goroutine and task did, one below the other, as viewers of execution traces draw it. What a
// picture of any part of the time costs depends on its columns, not on the trace.
package lanes

import (
	"slices"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/events"
)

// Kind is what a lane is of.
type Kind uint8

// The kinds of lanes.
const (
	Processor Kind = iota // a P of the scheduler
	Thread                // a thread of the operating system
	Goroutine
	Task // a task of runtime/trace: what the goroutines did that Lanes.Parts names
)

// Lane names a lane: by the number of a processor, the id of a thread, that of a goroutine,
// or that of a task, converted to int64. Several goroutines with one number, of which one begins after another has
// ended, are in one lane.
type Lane struct {
	Kind Kind
	ID   int64
}

// Lanes has the lanes of a trace. It does not change, and is safe for concurrent use.
//
// Where events are missing, processors and threads do nothing and goroutines are in the
// state Unknown; Trace.Lost says where that is.
type Lanes struct {
	Trace *exectrace.Trace

	processors []track          // by number
	threads    map[int64]*track // by id
	order      []int64          // of threads, in the order of their first work
	sums       *exectrace.Sums
	series     series
}

// Read reads all of f. Beside the index, which exectrace.Read describes, it takes about
// eight bytes for each time that a goroutine runs or is in a system call. Others, such as
// that of counters.NewSummarizer, take the events in the same pass. The error is that of
// exectrace.Read.
func Read(f *exectrace.File, others ...events.Consumer) (*Lanes, error) {
	c := newCollector()
	counts := newSeries()
	t, err := analysis.Index(f, append(others, c, counts.follow(f))...)
	if err != nil {
		return nil, err
	}
	c.finish(t.End)
	counts.end(t.End.Sub(t.Began))
	l := &Lanes{Trace: t, threads: map[int64]*track{}, series: counts.series}
	l.sums = t.NewSums(int(NumStates), func(s exectrace.State, reason string) int { return int(StateOf(s, reason)) })
	for _, p := range c.procs {
		l.processors = append(l.processors, p.track)
	}
	for _, m := range c.threads {
		if m != nil && !m.empty() {
			l.threads[m.id] = &m.track
			l.order = append(l.order, m.id)
		}
	}
	slices.SortStableFunc(l.order, func(a, b int64) int { return int(min(1, max(-1, l.began(a)-l.began(b)))) })
	return l, nil
}

func (l *Lanes) began(thread int64) exectrace.Time { return l.threads[thread].marks[0].at }

// Processors returns the lanes of the processors that did something, by their numbers.
func (l *Lanes) Processors() []Lane {
	var list []Lane
	for n := range l.processors {
		if !l.processors[n].empty() {
			list = append(list, Lane{Processor, int64(n)})
		}
	}
	return list
}

// Threads returns the lanes of the threads that did something, in the order of their
// first work.
func (l *Lanes) Threads() []Lane {
	var list []Lane
	for _, id := range l.order {
		list = append(list, Lane{Thread, id})
	}
	return list
}

// Sums is how long a lane was in each state.
type Sums [NumStates]time.Duration

// Columns returns what a lane did in n windows of one width, one behind the other, the
// first of which begins at from. Of a lane that the trace does not have, and of windows
// outside of the trace, the sums are zero. A column costs a few microseconds.
func (l *Lanes) Columns(lane Lane, from exectrace.Time, width time.Duration, n int) []Sums {
	columns := make([]Sums, n)
	switch lane.Kind {
	case Goroutine:
		l.sums.Windows(exectrace.GoID(lane.ID), from, width, n, func(window, class int, spent time.Duration) {
			columns[window][class] += spent
		})
	case Task:
		l.columnsOfTask(exectrace.TaskID(lane.ID), from, width, columns)
	default:
		if t := l.track(lane); t != nil {
			l.columns(t, from, width, columns)
		}
	}
	return columns
}

// track is that of a processor or a thread, or nil.
func (l *Lanes) track(lane Lane) *track {
	switch lane.Kind {
	case Processor:
		if lane.ID >= 0 && lane.ID < int64(len(l.processors)) && !l.processors[lane.ID].empty() {
			return &l.processors[lane.ID]
		}
	case Thread:
		return l.threads[lane.ID]
	}
	return nil
}

func (l *Lanes) columns(t *track, from exectrace.Time, width time.Duration, columns []Sums) {
	r := reading{l: l, t: t}
	before := r.upTo(from)
	for i := range columns {
		after := r.upTo(from.Add(time.Duration(i+1) * width))
		for k := range after {
			columns[i][stateOfTurn[k]] = time.Duration(after[k] - before[k])
		}
		before = after
	}
}
