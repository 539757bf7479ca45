package counters

import (
	"time"

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
	At    time.Duration `json:"at_ns"` // since the trace began
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
	At      time.Duration `json:"longest_at_ns"` // when the longest began, since the trace began
}

// Summarize returns a summary of the trace.
func Summarize(f *exectrace.File) (*Summary, []exectrace.Loss, error) {
	s := summarizingOf(f)
	lost, err := analysis.Each(f, s)
	if err != nil {
		return nil, lost, err
	}
	return s.summarized(), lost, nil
}

// NewSummarizer is Summarize for who reads the events: it returns the consumer, and what
// returns the summary once the consumer has all events.
func NewSummarizer(f *exectrace.File) (events.Consumer, func() *Summary) {
	s := summarizingOf(f)
	return s, s.summarized
}
