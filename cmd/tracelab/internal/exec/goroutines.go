package exec

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
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
	return c.print(std.Out, report.Goroutines(t), "goroutines", func(r report.Goroutine) (string, string) {
		return fmt.Sprint(r.Count), fit(std.Out, report.Named(r.Func))
	})
}

func (c *goroutinesCommand) ofFunc(out io.Writer, t *exectrace.Trace) error {
	var rows []report.Goroutine
	in := report.RangesBy(t, func(id exectrace.GoID) exectrace.GoID { return id })
	for g := range t.Goroutines() {
		if report.Named(g.Name) == c.Func {
			row := report.NewGoroutine(t, g)
			row.Ranges = in[g.ID]
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return cli.Status{Code: cli.Negative, Err: fmt.Errorf("no goroutine was started with %q: see tracelab exec goroutines %s", c.Func, c.Trace)}
	}
	return c.print(out, rows, "goroutine", func(r report.Goroutine) (string, string) { return marked(fmt.Sprint(r.ID), r.Doubtful), "" })
}

func (c *goroutinesCommand) print(out io.Writer, rows []report.Goroutine, first string, ends func(report.Goroutine) (string, string)) error {
	by := slices.Index(report.ColumnNames(), c.Sort)
	slices.SortStableFunc(rows, func(a, b report.Goroutine) int { return int(b.Columns()[by] - a.Columns()[by]) })
	rows, left := topOf(rows, c.Top)
	if c.JSON {
		return term.JSON(out, map[string]any{"goroutines": rows, "left_out": left})
	}
	if err := printTimes(out, rows, first, func(r report.Goroutine) []time.Duration { return r.Columns() }, ends); err != nil {
		return err
	}
	out = term.Text(out)
	if err := printDoubt(out, slices.ContainsFunc(rows, func(r report.Goroutine) bool { return r.Doubtful })); err != nil {
		return err
	}
	if err := printRanges(out, rows, ends); err != nil {
		return err
	}
	return printLeft(out, left)
}

// dash keeps a table readable in which most is zero.
func dash(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return display.Duration(d)
}
