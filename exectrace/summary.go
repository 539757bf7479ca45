package exectrace

import (
	"fmt"
	"time"

	"example.com/tracelab/exectrace/internal/events"
	"golang.org/x/exp/trace"
)

// Summary says what a trace has.
type Summary struct {
	Format      string
	Size        int64 // in bytes
	Generations int   // 0 before Go 1.22
	Start, End  Time  // of the first and the last event
	// Wall is Start by the clock of the machine that made the trace; zero before
	// Go 1.25, whose traces do not say.
	Wall time.Time

	Goroutines GoroutineSummary
	Threads    ThreadSummary
	Procs      []ProcsChange // GOMAXPROCS, first as it was in the beginning
	Heap       HeapSummary
	GC         GCSummary
	// Stops are the stops of the world, those of the collector and others, by
	// their reason.
	Stops []RangeStats

	Events      []Count // by kind, in the order of their kinds
	Transitions []Count // state transitions, such as "goroutine: Running -> Waiting"
	Samples     int     // of a CPU profile
	Tasks       int     // begun
	Regions     int     // begun
	Logs        int
}

// Duration is the time from the first event to the last.
func (s *Summary) Duration() time.Duration { return s.End.Sub(s.Start) }

// GoroutineSummary counts goroutines.
type GoroutineSummary struct {
	Seen         int // that the trace tells of
	Created      int // of them, while it was made
	Ended        int
	Most         int // at once
	MostRunnable int // at once: ready, and waiting for a processor
}

// ThreadSummary counts threads of the operating system.
type ThreadSummary struct {
	Seen          int // that events happened on
	MostRunning   int // at once: having a processor
	MostInSyscall int // at once
}

// ProcsChange says how many processors there were from a time on.
type ProcsChange struct {
	Time  Time
	Procs int
}

// HeapSummary is the size of the heap over time, in bytes. All is zero if the
// trace does not tell, as one without a collection may not.
type HeapSummary struct {
	First, Last, Most uint64
	Goal              uint64 // the last one; 0: there is none
}

// GCSummary is what the collector did.
type GCSummary struct {
	Cycles int // begun, or going on in the beginning
	// Mark is the time in which cycles were marking, beside the program.
	Mark   RangeStats
	Stops  RangeStats // of the world, all in all
	Assist RangeStats // goroutines that marked before they could allocate, waits included
	Sweep  RangeStats // goroutines that swept before they could allocate
	// Swept and Reclaimed are in bytes, by those that swept so.
	Swept, Reclaimed uint64
}

// RangeStats are durations of one kind.
type RangeStats struct {
	Name    string
	Count   int
	Total   time.Duration
	Longest time.Duration
	At      Time // when the longest began
}

// Count is how many there are of something.
type Count struct {
	Name  string
	Count int
}

// Summary reads the whole trace. What could not be read is returned with it.
func (f *File) Summary() (*Summary, []Loss, error) {
	found, _ := f.Generations() // what cannot be read is among the losses
	s := newSummarizing()
	lost, err := f.Each(s.counts, s)
	if err != nil {
		return nil, lost, err
	}
	out := s.finish()
	out.Format, out.Size, out.Generations = f.Format(), f.Size(), len(found)
	out.Wall = f.c.Clocks().Wall(int64(out.Start))
	return out, lost, nil
}

// summarizing makes a Summary of events.
type summarizing struct {
	counts     *counting // comes before it
	summary    Summary
	goroutines map[trace.GoID]bool
	threads    map[trace.ThreadID]bool
	heapKnown  bool
	kinds      [trace.EventExperimental + 1]int
	moved      map[transition]int
	ranges     rangeTimes
}

// transition is from one state to another of what a processor or a goroutine
// can be in.
type transition struct {
	kind     trace.ResourceKind
	from, to uint8
}

func newSummarizing() *summarizing {
	return &summarizing{
		counts:     newCounting(),
		goroutines: map[trace.GoID]bool{},
		threads:    map[trace.ThreadID]bool{},
		moved:      map[transition]int{},
		ranges:     newRangeTimes(),
	}
}

func (s *summarizing) Event(ev *trace.Event) {
	at := Time(ev.Time())
	if s.summary.End == 0 {
		s.summary.Start = at
	}
	s.summary.End = max(s.summary.End, at)
	s.ranges.reach(at)
	if kind := ev.Kind(); int(kind) < len(s.kinds) {
		s.kinds[kind]++
	}
	if m := ev.Thread(); m != trace.NoThread {
		s.threads[m] = true
	}
	switch ev.Kind() {
	case trace.EventSync:
		s.ranges.syncs++
	case trace.EventMetric:
		s.metric(at, ev)
	case trace.EventRangeBegin, trace.EventRangeActive, trace.EventRangeEnd:
		s.rangeEvent(at, ev)
	case trace.EventStateTransition:
		s.transition(ev.StateTransition())
	}
}

func (s *summarizing) Gap() { s.ranges.gap() }

func (s *summarizing) metric(at Time, ev *trace.Event) {
	heap := &s.summary.Heap
	switch ev.Metric().Name {
	case "/memory/classes/heap/objects:bytes":
		heap.Last = s.counts.now.Heap.Allocated
		heap.Most = max(heap.Most, heap.Last)
		if !s.heapKnown {
			s.heapKnown = true
			heap.First = heap.Last
		}
	case "/gc/heap/goal:bytes":
		heap.Goal = s.counts.now.Heap.Goal
	default:
		procs := &s.summary.Procs
		if n, ok := events.ProcsOf(ev); ok && (len(*procs) == 0 || (*procs)[len(*procs)-1].Procs != n) {
			*procs = append(*procs, ProcsChange{at, n})
		}
	}
}

func (s *summarizing) rangeEvent(at Time, ev *trace.Event) {
	s.ranges.event(at, ev)
	if ev.Kind() != trace.EventRangeEnd {
		return
	}
	for _, a := range ev.RangeAttributes() {
		switch a.Name {
		case "bytes swept":
			s.summary.GC.Swept += a.Value.Uint64()
		case "bytes reclaimed":
			s.summary.GC.Reclaimed += a.Value.Uint64()
		}
	}
}

func (s *summarizing) transition(st trace.StateTransition) {
	switch st.Resource.Kind {
	case trace.ResourceProc:
		from, to := st.Proc()
		s.moved[transition{st.Resource.Kind, uint8(from), uint8(to)}]++
		threads := &s.summary.Threads
		threads.MostRunning = max(threads.MostRunning, s.counts.now.Threads.Running)
	case trace.ResourceGoroutine:
		from, to := st.Goroutine()
		s.moved[transition{st.Resource.Kind, uint8(from), uint8(to)}]++
		s.goroutine(st.Resource.Goroutine(), from, to)
	}
}

func (s *summarizing) goroutine(g trace.GoID, from, to trace.GoState) {
	all, threads := &s.summary.Goroutines, &s.summary.Threads
	if from == trace.GoNotExist || from == trace.GoUndetermined {
		s.goroutines[g] = true
	}
	if from == trace.GoNotExist && to != trace.GoNotExist {
		all.Created++
	}
	if to == trace.GoNotExist {
		all.Ended++
	}
	all.Most = max(all.Most, s.counts.alive())
	all.MostRunnable = max(all.MostRunnable, s.counts.now.Goroutines.Runnable)
	threads.MostInSyscall = max(threads.MostInSyscall, s.counts.now.Threads.InSyscall)
}

// finish puts together what was counted.
func (s *summarizing) finish() *Summary {
	out := &s.summary
	s.ranges.finish(out)
	out.Goroutines.Seen, out.Threads.Seen = len(s.goroutines), len(s.threads)
	out.Samples = s.kinds[trace.EventStackSample]
	out.Tasks = s.kinds[trace.EventTaskBegin]
	out.Regions = s.kinds[trace.EventRegionBegin]
	out.Logs = s.kinds[trace.EventLog]
	for kind, n := range s.kinds {
		if n > 0 {
			out.Events = append(out.Events, Count{trace.EventKind(kind).String(), n})
		}
	}
	for m, n := range s.moved {
		out.Transitions = append(out.Transitions, Count{m.String(), n})
	}
	sortCounts(out.Transitions)
	return out
}

func (t transition) String() string {
	if t.kind == trace.ResourceProc {
		return fmt.Sprintf("processor: %v -> %v", trace.ProcState(t.from), trace.ProcState(t.to))
	}
	return fmt.Sprintf("goroutine: %v -> %v", trace.GoState(t.from), trace.GoState(t.to))
}
