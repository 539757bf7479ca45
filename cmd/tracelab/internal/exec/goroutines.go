package exec

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/groups"
	"example.com/tracelab/exectrace/stats"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
)

// goroutinesCommand sums the time of goroutines by the function that they were
// started with, lists those of one function, or shows all that one goroutine did.
type goroutinesCommand struct {
	source      `embed:""`
	term.Format `embed:""`
	period      `embed:""`
	goToolTimes `embed:""`
	Func        string `help:"List each goroutine that was started with this function." placeholder:"NAME" xor:"which"`
	Goroutine   int64  `help:"List what this one did." placeholder:"ID" xor:"which"`
	Sort        string `help:"By which column: total, execution, network, sync, syscall, scheduler, sleep, gc or other." enum:"total,execution,network,sync,syscall,scheduler,sleep,gc,other" default:"execution"`
	Top         int    `help:"How many rows; 0: all." default:"30"`
}

// Help is shown by tracelab exec goroutines --help.
func (c *goroutinesCommand) Help() string {
	return `A goroutine's time is the sum of: execution, which it ran (the system may have run something else meanwhile); network, sync (mutexes, channels, select), sleep and gc, for which it waited; syscall; scheduler, which it was ready and waited for a processor; and other. Below are times in which goroutines marked or swept for the collector, which are a part of these.

` + aboutPeriods + `

The trace does not say where in it a goroutine is: for --goroutine all of it is decoded, in little memory. With --from and --to that takes a moment.

Examples:
  tracelab exec goroutines trace.out
  tracelab exec goroutines trace.out --func 'net/http.(*conn).serve'
  tracelab exec goroutines trace.out --sort scheduler
  tracelab exec goroutines trace.out --goroutine 42`
}

// Run prints one of the three. No such goroutine, or function, is cli.Negative.
func (c *goroutinesCommand) Run(ctx context.Context, std cli.Streams) error {
	if c.Goroutine != 0 {
		return c.one(ctx, std)
	}
	t, err := c.index(ctx, std, c.period, c.AsGoTool)
	if err != nil {
		return err
	}
	if c.Func != "" {
		return c.ofFunc(std.Out, t)
	}
	in := rangesBy(t, func(id exectrace.GoID) string { g, _ := t.Goroutine(id); return g.Name })
	rows := []goroutineRow{}
	for _, g := range groups.Goroutines(t) {
		row := newRow(g.Stats)
		row.Func, row.Count, row.Ranges = g.Name, g.Count, in[g.Name]
		rows = append(rows, row)
	}
	return c.print(std.Out, rows, "goroutines", func(r goroutineRow) (string, string) { return fmt.Sprint(r.Count), fit(std.Out, named(r.Func)) })
}

func (c *goroutinesCommand) ofFunc(out io.Writer, t *exectrace.Trace) error {
	var rows []goroutineRow
	in := rangesBy(t, func(id exectrace.GoID) exectrace.GoID { return id })
	for g := range t.Goroutines() {
		if named(g.Name) == c.Func {
			row := newRow(stats.Of(t, g))
			row.ID, row.Ranges, row.Doubtful = g.ID, in[g.ID], t.Doubtful(g.Created, cmp.Or(g.Ended, t.End))
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return cli.Status{Code: cli.Negative, Err: fmt.Errorf("no goroutine was started with %q: see tracelab exec goroutines %s", c.Func, c.Trace)}
	}
	return c.print(out, rows, "goroutine", func(r goroutineRow) (string, string) { return marked(fmt.Sprint(r.ID), r.Doubtful), "" })
}

// goroutineRow is where the time of a goroutine, or of those of one function,
// went.
type goroutineRow struct {
	Func  string         `json:"func,omitempty"`
	Count int            `json:"count,omitempty"`
	ID    exectrace.GoID `json:"goroutine,omitempty"`
	goroutineTimes
	// Ranges are times in which the goroutines worked for the collector, or waited to,
	// by the runtime's names. They are a part of the other times.
	Ranges   ranges `json:"ranges_ns,omitempty"`
	Doubtful bool   `json:"doubtful,omitempty"` // of one: states may be wrong in its time
}

// goroutineTimes are times by state.
type goroutineTimes struct {
	Total     time.Duration `json:"total_ns"`
	Execution time.Duration `json:"execution_ns"`
	Network   time.Duration `json:"network_ns"`
	Sync      time.Duration `json:"sync_ns"`
	Syscall   time.Duration `json:"syscall_ns"`
	Scheduler time.Duration `json:"scheduler_ns"`
	Sleep     time.Duration `json:"sleep_ns"`
	GC        time.Duration `json:"gc_ns"`
	Other     time.Duration `json:"other_ns"`

	Waiting map[string]time.Duration `json:"waiting_ns"` // by the runtime's reasons
}

func newRow(s stats.Stats) goroutineRow { return goroutineRow{goroutineTimes: newTimes(s)} }

func newTimes(s stats.Stats) goroutineTimes {
	return goroutineTimes{
		Total: s.Total, Execution: s.Running, Scheduler: s.Runnable, Syscall: s.Syscall + s.SyscallBlocked,
		Network: s.Waited(stats.WaitNetwork), Sync: s.Waited(stats.WaitSync), Sleep: s.Waited(stats.WaitSleep),
		GC: s.Waited(stats.WaitGC), Other: s.Waited(stats.WaitOther) + s.Unknown, Waiting: s.Waiting,
	}
}

// columns are the times of a row, in the order in which they are shown.
func (r goroutineTimes) columns() []time.Duration {
	return []time.Duration{r.Total, r.Execution, r.Network, r.Sync, r.Syscall, r.Scheduler, r.Sleep, r.GC, r.Other}
}

var columnNames = []string{"total", "execution", "network", "sync", "syscall", "scheduler", "sleep", "gc", "other"}

func (c *goroutinesCommand) print(out io.Writer, rows []goroutineRow, first string, ends func(goroutineRow) (string, string)) error {
	by := slices.Index(columnNames, c.Sort)
	slices.SortStableFunc(rows, func(a, b goroutineRow) int { return int(b.columns()[by] - a.columns()[by]) })
	rows, left := topOf(rows, c.Top)
	if c.JSON {
		return term.JSON(out, map[string]any{"goroutines": rows, "left_out": left})
	}
	if err := printTimes(out, rows, first, func(r goroutineRow) []time.Duration { return r.columns() }, ends); err != nil {
		return err
	}
	out = term.Text(out)
	if err := printDoubt(out, slices.ContainsFunc(rows, func(r goroutineRow) bool { return r.Doubtful })); err != nil {
		return err
	}
	if err := printRanges(out, rows, ends); err != nil {
		return err
	}
	return printLeft(out, left)
}

func named(name string) string {
	if name == "" {
		return "(unknown)"
	}
	return name
}

// dash keeps a table readable in which most is zero.
func dash(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return display.Duration(d)
}
