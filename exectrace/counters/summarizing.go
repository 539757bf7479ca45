package counters

import (
	"fmt"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

// summarizing makes a Summary of events.
type summarizing struct {
	file       *exectrace.File
	counts     *counting
	summary    Summary
	threads    []bool // seen, by index
	start, end int64
	goroutines idSet
	heapKnown  bool
	kinds      [decode.ExperimentalKind + 1]int
	moved      [2][decode.Idle + 1][decode.Idle + 1]int // from one state to another, of goroutines and of processors
	ranges     rangeTimes
}

// idSet is a set of ids that the runtime counts up, each in a bit.
type idSet map[int64]uint64

// add reports whether id is new.
func (s idSet) add(id int64) bool {
	was, bit := s[id>>6], uint64(1)<<(id&63)
	s[id>>6] = was | bit
	return was&bit == 0
}

func newSummarizing() *summarizing {
	return &summarizing{
		counts:     newCounting(),
		goroutines: idSet{},
		ranges:     rangeTimes{stats: map[string]*RangeStats{}},
	}
}

func summarizingOf(f *exectrace.File) *summarizing {
	s := newSummarizing()
	s.file, s.counts, s.ranges.beginning = f, countingOf(f), beginningOf(f)
	return s
}

// Events is Event for several.
func (s *summarizing) Events(t *decode.Tables, list []decode.Event) {
	for i := range list {
		s.Event(t, &list[i])
	}
}

func (s *summarizing) Event(t *decode.Tables, ev *decode.Event) {
	s.counts.Event(t, ev)
	if s.end == 0 {
		s.start = ev.Time
		s.ranges.since(s.start)
	}
	s.end = max(s.end, ev.Time)
	kind := ev.Kind()
	s.kinds[kind]++
	s.thread(ev.M)
	switch kind {
	case decode.SyncKind, decode.RangeBeginKind, decode.RangeActiveKind, decode.RangeEndKind:
		s.ranges.event(t, ev)
		s.swept(ev)
	case decode.MetricKind:
		s.metric(ev)
	case decode.TransitionKind:
		s.transition(ev)
	}
}

func (s *summarizing) thread(index int32) {
	if uint(index) < uint(len(s.threads)) && s.threads[index] {
		return
	}
	for int(index) >= len(s.threads) {
		s.threads = append(s.threads, false)
	}
	if index >= 0 && !s.threads[index] {
		s.threads[index] = true
		s.summary.Threads.Seen++
	}
}

func (s *summarizing) Gap() {
	s.counts.Gap()
	s.ranges.gap(s.end)
}

func (s *summarizing) metric(ev *decode.Event) {
	heap, now := &s.summary.Heap, s.counts.now.Heap
	switch ev.Type {
	case decode.HeapAlloc:
		heap.Last = now.Allocated
		heap.Most = max(heap.Most, heap.Last)
		if !s.heapKnown {
			s.heapKnown = true
			heap.First = heap.Last
		}
	case decode.HeapGoal:
		heap.Goal = now.Goal
	default:
		procs := &s.summary.Procs
		if n, ok := events.ProcsOf(ev); ok && (len(*procs) == 0 || (*procs)[len(*procs)-1].Procs != n) {
			*procs = append(*procs, ProcsChange{s.ranges.since(ev.Time), n})
		}
	}
}

// swept adds what a sweep that ends has done.
func (s *summarizing) swept(ev *decode.Event) {
	if ev.Type == decode.GCSweepEnd {
		s.summary.GC.Swept += ev.Args[0]
		s.summary.GC.Reclaimed += ev.Args[1]
	}
}

func (s *summarizing) transition(ev *decode.Event) {
	if !ev.OfProc() {
		s.moved[0][ev.From][ev.To]++
		s.goroutine(ev)
		return
	}
	s.moved[1][ev.From][ev.To]++
	threads := &s.summary.Threads
	threads.MostRunning = max(threads.MostRunning, s.counts.now.Threads.Running)
}

func (s *summarizing) goroutine(ev *decode.Event) {
	all, threads := &s.summary.Goroutines, &s.summary.Threads
	if ev.From == decode.NotExist || ev.From == decode.Undetermined {
		id, _ := ev.OfGoroutine()
		created := ev.From == decode.NotExist // maybe with the number of an earlier one
		if s.goroutines.add(id) || created {
			all.Seen++
		}
		if created {
			all.Created++
		}
	}
	if ev.To == decode.NotExist {
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
	out.Duration = time.Duration(s.end - s.start)
	out.Samples = s.kinds[decode.StackSampleKind]
	out.Tasks = s.kinds[decode.TaskBeginKind]
	out.Regions = s.kinds[decode.RegionBeginKind]
	out.Logs = s.kinds[decode.LogKind]
	out.Events, out.Transitions = map[string]int{}, map[string]int{}
	for kind, n := range s.kinds {
		if n > 0 {
			out.Events[decode.Kind(kind).String()] = n
		}
	}
	for i, of := range [...]string{"goroutine", "processor"} {
		for from := range s.moved[i] {
			for to, n := range s.moved[i][from] {
				if n > 0 {
					out.Transitions[fmt.Sprintf("%s: %v -> %v", of, decode.State(from), decode.State(to))] = n
				}
			}
		}
	}
	return out
}

// summarized is finish with what the file says of itself.
func (s *summarizing) summarized() *Summary {
	out := s.finish()
	out.Format, out.Bytes = s.file.Format(), s.file.Size()
	found, _ := s.file.Generations() // what cannot be read is among the losses
	out.Generations = len(found)
	if began := analysis.Wall(s.file, exectrace.Time(s.start)); !began.IsZero() {
		out.Began = &began
	}
	return out
}
