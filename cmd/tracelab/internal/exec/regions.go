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
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
)

// regionsCommand sums regions by their type and by the function that begins them.
type regionsCommand struct {
	source      `embed:""`
	term.Format `embed:""`
	period      `embed:""`
	Name        string `help:"List each region of this type, the slowest first, with its time by state." placeholder:"TYPE"`
	Top         int    `help:"How many regions; 0: all." default:"30"`
	AsGoTool    bool   `help:"Group by the function that the goroutine was started with, as go tool trace does since Go 1.24, and take the times that it shows."`
}

// Help is shown by tracelab exec regions --help.
func (c *regionsCommand) Help() string {
	return `Regions are those of runtime/trace.StartRegion and WithRegion. One that began before the trace or ended after it counts with the part that lies in the trace. They are listed by type and by the function that begins them.

` + aboutPeriods + ` Regions count that begin or end in it.

Examples:
  tracelab exec regions trace.out
  tracelab exec regions trace.out --name parse
  tracelab exec profile sync trace.out --region parse`
}

// Run prints a row for each. A trace without regions is cli.Negative.
func (c *regionsCommand) Run(ctx context.Context, std cli.Streams) error {
	t, err := c.index(ctx, std, c.period, c.AsGoTool)
	if err != nil {
		return err
	}
	if c.Name != "" {
		return c.named(std.Out, t)
	}
	rows := report.Regions(t, c.grouped())
	if c.JSON {
		return term.JSON(std.Out, map[string]any{"regions": rows})
	}
	if len(rows) == 0 {
		return nothing("region", "trace.WithRegion", c.period)
	}
	return printLasted(std.Out, "region", rows, func(s report.Slow) string {
		return fmt.Sprintf("%s at %s on goroutine %d", display.Duration(s.Duration), report.Since(s.At), s.Goroutine)
	})
}

// named lists the regions of one type.
func (c *regionsCommand) named(out io.Writer, t *exectrace.Trace) error {
	var all []exectrace.Region
	for r := range t.Regions() {
		if r.Type == c.Name {
			all = append(all, r)
		}
	}
	if len(all) == 0 {
		return cli.Status{Code: cli.Negative, Err: fmt.Errorf("the trace has no region of the type %q: see tracelab exec regions %s", c.Name, c.Trace)}
	}
	slices.SortStableFunc(all, func(a, b exectrace.Region) int { return cmp.Compare(b.End.Sub(b.Start), a.End.Sub(a.Start)) })
	all, left := topOf(all, c.Top)
	rows := make([]report.Region, len(all))
	for i, r := range all {
		rows[i] = report.NewRegion(t, r, c.grouped())
	}
	if c.JSON {
		return term.JSON(out, map[string]any{"regions": rows, "left_out": left})
	}
	err := printTimes(out, rows, "goroutine", func(r report.Region) []time.Duration { return r.Columns() }, func(r report.Region) (string, string) {
		return marked(fmt.Sprint(r.Goroutine), r.Doubtful), fmt.Sprintf("at %s in %s", report.Since(r.At), fit(out, report.Named(r.Func)))
	})
	if err != nil {
		return err
	}
	if err := printDoubt(term.Text(out), slices.ContainsFunc(rows, func(r report.Region) bool { return r.Doubtful })); err != nil {
		return err
	}
	return printLeft(out, left)
}

// grouped says how regions are grouped.
func (c *regionsCommand) grouped() groups.RegionOptions {
	return groups.RegionOptions{AsGoTool: c.AsGoTool}
}
