package counters

import (
	"fmt"
	"time"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/events"
)

// Summary is a summary of a trace.
type Summary struct {
	Format      string        `json:"format"`
	Bytes       int64         `json:"bytes"`           // of the File
	Generations int           `json:"generations"`     // 0 before Go 1.22
	Began       *time.Time    `json:"began,omitempty"` // the first event by the wall clock of the machine; nil before Go 1.25
	Duration    time.Duration `json:"duration_ns"`     // from the first event to the last

	Goroutines GoroutineSummary `json:"goroutines"`
	Threads    ThreadSummary    `json:"threads"`
	Procs      []ProcsChange    `json:"procs"` // GOMAXPROCS at the beginning, and its changes
	Heap       HeapSummary      `json:"heap"`
	GC         GCSummary        `json:"gc"`
	// Stops are the stops of the world for each reason, those of the garbage collector
	// and others.
	Stops []RangeStats `json:"stops"`

	Events      map[string]int `json:"events"`      // numbers of events by exectrace.Event.Kind
	Transitions map[string]int `json:"transitions"` // numbers of state transitions, by names such as "goroutine: Running -> Waiting"
	Samples     int            `json:"cpu_samples"`
	Tasks       int            `json:"tasks"`   // that began in the trace
	Regions     int            `json:"regions"` // that began in the trace
	Logs        int            `json:"logs"`
}

// GoroutineSummary counts goroutines.
type GoroutineSummary struct {
	Seen         int `json:"seen"`                  // all that have an event
	Created      int `json:"created"`               // those that were created in the trace
	Ended        int `json:"ended"`                 // those that ended in the trace
	Most         int `json:"most_at_once"`          // the largest number at one moment
	MostRunnable int `json:"most_runnable_at_once"` // the largest number of runnable ones at one moment
}

// ThreadSummary counts threads of the operating system.
type ThreadSummary struct {
	Seen          int `json:"seen"`                    // all that have an event
	MostRunning   int `json:"most_running_at_once"`    // the largest number with a processor at one moment
	MostInSyscall int `json:"most_in_syscall_at_once"` // the largest number in system calls at one moment
}

// ProcsChange is the value of GOMAXPROCS from a time on.
type ProcsChange struct {
	At    time.Duration `json:"at_ns"` // since the first event of the trace
	Procs int           `json:"procs"`
}

// HeapSummary is the size of the heap over time, in bytes. It is zero if the trace has
// no metric of it, which a trace without a collection may not have.
type HeapSummary struct {
	First uint64 `json:"first_bytes"` // the first size in the trace
	Last  uint64 `json:"last_bytes"`  // the last size
	Most  uint64 `json:"most_bytes"`  // the largest size
	Goal  uint64 `json:"goal_bytes"`  // the last goal; 0: there is none
}

// GCSummary is what the garbage collector did.
type GCSummary struct {
	Cycles int        `json:"cycles"` // cycles that began in the trace, or were active when it began
	Mark   RangeStats `json:"mark"`   // concurrent mark phases
	Stops  RangeStats `json:"stops"`  // stops of the world for the collector
	Assist RangeStats `json:"assist"` // marking by goroutines in order to allocate, waits included
	Sweep  RangeStats `json:"sweep"`  // sweeping by goroutines in order to allocate
	// Swept is the bytes that goroutines swept in order to allocate, and Reclaimed those
	// of them that sweeping freed.
	Swept     uint64 `json:"swept_bytes"`
	Reclaimed uint64 `json:"reclaimed_bytes"`
}

// RangeStats sums up the ranges of one name: see exectrace.Range.
type RangeStats struct {
	Name    string        `json:"name"`
	Count   int           `json:"count"`
	Total   time.Duration `json:"total_ns"`      // the sum of their durations
	Longest time.Duration `json:"longest_ns"`    // the longest duration
	At      time.Duration `json:"longest_at_ns"` // when the longest began, since the first event of the trace
}

// Summarize returns a summary of the trace.
func Summarize(f *exectrace.File) (*Summary, []exectrace.Loss, error) {
	s := newSummarizing()
	lost, err := analysis.Each(f, s.counts, s)
	if err != nil {
		return nil, lost, err
	}
	out := s.finish()
	out.Format, out.Bytes = f.Format(), f.Size()
	found, _ := f.Generations() // what cannot be read is among the losses
	out.Generations = len(found)
	if began := analysis.Wall(f, exectrace.Time(s.start)); !began.IsZero() {
		out.Began = &began
	}
	return out, lost, nil
}

// summarizing makes a Summary of events.
type summarizing struct {
	counts     *counting // comes before it
	summary    Summary
	start, end trace.Time
	goroutines map[trace.GoID]bool
	again      int // goroutines with the number of an earlier one
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
		ranges:     rangeTimes{stats: map[string]*RangeStats{}},
	}
}

func (s *summarizing) Event(ev *trace.Event) {
	if s.end == 0 {
		s.start, s.ranges.start = ev.Time(), ev.Time()
	}
	s.end = max(s.end, ev.Time())
	if kind := ev.Kind(); int(kind) < len(s.kinds) {
		s.kinds[kind]++
	}
	if m := ev.Thread(); m != trace.NoThread {
		s.threads[m] = true
	}
	switch ev.Kind() {
	case trace.EventSync, trace.EventRangeBegin, trace.EventRangeActive:
		s.ranges.event(ev)
	case trace.EventRangeEnd:
		s.ranges.event(ev)
		s.swept(ev)
	case trace.EventMetric:
		s.metric(ev)
	case trace.EventStateTransition:
		s.transition(ev.StateTransition())
	}
}

func (s *summarizing) Gap() { s.ranges.gap(s.end) }

func (s *summarizing) metric(ev *trace.Event) {
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
			*procs = append(*procs, ProcsChange{ev.Time().Sub(s.start), n})
		}
	}
}

// swept adds what a sweep that ends has done.
func (s *summarizing) swept(ev *trace.Event) {
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
	switch from {
	case trace.GoNotExist:
		if s.goroutines[g] {
			s.again++ // another with the number of an earlier one
		}
		s.goroutines[g] = true
		all.Created++
	case trace.GoUndetermined:
		s.goroutines[g] = true
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
	s.ranges.gap(s.end)
	s.ranges.summarize(out)
	out.Duration = s.end.Sub(s.start)
	out.Goroutines.Seen, out.Threads.Seen = len(s.goroutines)+s.again, len(s.threads)
	out.Samples = s.kinds[trace.EventStackSample]
	out.Tasks = s.kinds[trace.EventTaskBegin]
	out.Regions = s.kinds[trace.EventRegionBegin]
	out.Logs = s.kinds[trace.EventLog]
	out.Events, out.Transitions = map[string]int{}, map[string]int{}
	for kind, n := range s.kinds {
		if n > 0 {
			out.Events[trace.EventKind(kind).String()] = n
		}
	}
	for m, n := range s.moved {
		out.Transitions[m.String()] = n
	}
	return out
}

func (t transition) String() string {
	if t.kind == trace.ResourceProc {
		return fmt.Sprintf("processor: %v -> %v", trace.ProcState(t.from), trace.ProcState(t.to))
	}
	return fmt.Sprintf("goroutine: %v -> %v", trace.GoState(t.from), trace.GoState(t.to))
}
