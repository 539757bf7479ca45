package exec

import (
	"context"
	"fmt"
	"io"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/cli"
)

type summaryCommand struct {
	source      `embed:""`
	term.Format `embed:""`
	At          *time.Duration `help:"Say instead what the counters of goroutines, heap and threads were this long after the beginning." placeholder:"OFFSET" xor:"counters"`
	Series      int            `help:"List the counters over the whole time instead, in this many parts at most." placeholder:"N" xor:"counters"`
}

// Help is shown by tracelab exec summary --help.
func (c *summaryCommand) Help() string {
	return `The counters are those above the timeline of go tool trace. In a series 2..7 is the least and the most in that part of the time.

Examples:
  tracelab exec summary trace.out
  tracelab exec summary trace.out --at 1.5s
  tracelab exec summary trace.out --series 500 --json`
}

func (c *summaryCommand) Run(ctx context.Context, stdin io.Reader, out io.Writer) error {
	switch {
	case c.At != nil:
		return c.counters(ctx, stdin, out)
	case c.Series < 0 || c.Series == 1:
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("--series is %d: want 2 or more", c.Series)}
	case c.Series > 0:
		return c.series(ctx, stdin, out)
	}
	var lost []exectrace.Loss
	s, err := reading(ctx, c.source, stdin, func(f *exectrace.File) (*exectrace.Summary, []exectrace.Loss, error) {
		s, l, err := f.Summary()
		lost = l
		return s, l, err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return term.JSON(out, newSummary(s, lost))
	}
	return printSummary(out, s)
}

// summary is what the command says to programs.
type summary struct {
	Format      string        `json:"format"`
	Bytes       int64         `json:"bytes"`
	Generations int           `json:"generations"`
	Began       *time.Time    `json:"began,omitempty"` // unless the trace does not say
	Duration    time.Duration `json:"duration_ns"`

	Goroutines  goroutineSummary `json:"goroutines"`
	Threads     threadSummary    `json:"threads"`
	Procs       []procsChange    `json:"procs"`
	Heap        heapSummary      `json:"heap"`
	GC          gcSummary        `json:"gc"`
	Stops       []lastedRange    `json:"stops"`
	Events      map[string]int   `json:"events"`
	Transitions map[string]int   `json:"transitions"`
	Samples     int              `json:"cpu_samples"`
	Tasks       int              `json:"tasks"`
	Regions     int              `json:"regions"`
	Logs        int              `json:"logs"`
	Lost        []lostPart       `json:"lost"`
}

type goroutineSummary struct {
	Seen         int `json:"seen"`
	Created      int `json:"created"`
	Ended        int `json:"ended"`
	Most         int `json:"most_at_once"`
	MostRunnable int `json:"most_runnable_at_once"`
}

type threadSummary struct {
	Seen          int `json:"seen"`
	MostRunning   int `json:"most_running_at_once"`
	MostInSyscall int `json:"most_in_syscall_at_once"`
}

type procsChange struct {
	At    time.Duration `json:"at_ns"`
	Procs int           `json:"procs"`
}

type heapSummary struct {
	First uint64 `json:"first_bytes"`
	Last  uint64 `json:"last_bytes"`
	Most  uint64 `json:"most_bytes"`
	Goal  uint64 `json:"goal_bytes"`
}

type gcSummary struct {
	Cycles    int         `json:"cycles"`
	Mark      lastedRange `json:"mark"`
	Stops     lastedRange `json:"stops"`
	Assist    lastedRange `json:"assist"`
	Sweep     lastedRange `json:"sweep"`
	Swept     uint64      `json:"swept_bytes"`
	Reclaimed uint64      `json:"reclaimed_bytes"`
}

// lastedRange is what the runtime did several times; its name is that of the
// longest.
type lastedRange struct {
	Name    string        `json:"name"`
	Count   int           `json:"count"`
	Total   time.Duration `json:"total_ns"`
	Longest time.Duration `json:"longest_ns"`
	At      time.Duration `json:"longest_at_ns"` // since the trace began
}

type lostPart struct {
	Offset int64  `json:"offset"`
	Bytes  int64  `json:"bytes"`
	Events int    `json:"events_kept"`
	Error  string `json:"error"`
}

func newSummary(s *exectrace.Summary, lost []exectrace.Loss) summary {
	lasted := func(r exectrace.RangeStats) lastedRange {
		if r.Count == 0 {
			return lastedRange{Name: r.Name}
		}
		return lastedRange{r.Name, r.Count, r.Total, r.Longest, r.At.Sub(s.Start)}
	}
	a := summary{
		Format: s.Format, Bytes: s.Size, Generations: s.Generations, Duration: s.Duration(),
		Goroutines: goroutineSummary(s.Goroutines), Threads: threadSummary(s.Threads), Heap: heapSummary(s.Heap),
		GC: gcSummary{
			s.GC.Cycles, lasted(s.GC.Mark), lasted(s.GC.Stops), lasted(s.GC.Assist), lasted(s.GC.Sweep),
			s.GC.Swept, s.GC.Reclaimed,
		},
		Stops: []lastedRange{}, Events: counts(s.Events), Transitions: counts(s.Transitions),
		Samples: s.Samples, Tasks: s.Tasks, Regions: s.Regions, Logs: s.Logs, Lost: []lostPart{},
	}
	if !s.Wall.IsZero() {
		a.Began = &s.Wall
	}
	for _, p := range s.Procs {
		a.Procs = append(a.Procs, procsChange{p.Time.Sub(s.Start), p.Procs})
	}
	for _, r := range s.Stops {
		a.Stops = append(a.Stops, lasted(r))
	}
	for _, l := range lost {
		a.Lost = append(a.Lost, lostPart{l.Offset, l.Size, l.Events, l.Err.Error()})
	}
	return a
}

func counts(all []exectrace.Count) map[string]int {
	m := map[string]int{}
	for _, c := range all {
		m[c.Name] = c.Count
	}
	return m
}
