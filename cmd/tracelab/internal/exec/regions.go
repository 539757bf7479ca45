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
	rows := []lastedRow{}
	for _, g := range groups.Regions(t, groups.RegionOptions{AsGoTool: c.AsGoTool}) {
		row := newLasted(g.Count, g.Lasted)
		row.Name, row.Func, row.Complete = g.Type, g.Name, g.Complete
		for _, r := range g.Slowest {
			row.Slowest = append(row.Slowest, slow{r.Task, r.Goroutine, r.Start.Sub(t.Began), r.End.Sub(r.Start), t.Doubtful(r.Start, r.End)})
		}
		rows = append(rows, row)
	}
	if c.JSON {
		return term.JSON(std.Out, map[string]any{"regions": rows})
	}
	if len(rows) == 0 {
		return nothing("region", "trace.WithRegion", c.period)
	}
	return printLasted(std.Out, "region", rows, func(s slow) string {
		return fmt.Sprintf("%s at %s on goroutine %d", display.Duration(s.Duration), since(s.At), s.Goroutine)
	})
}

// oneRegion is a region with what its goroutine did in it.
type oneRegion struct {
	Task      exectrace.TaskID `json:"task"`
	Goroutine exectrace.GoID   `json:"goroutine"`
	Func      string           `json:"func"`  // that begins it
	At        time.Duration    `json:"at_ns"` // since the trace began
	Complete  bool             `json:"complete"`
	Doubtful  bool             `json:"doubtful,omitempty"`
	goroutineTimes
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
	rows := make([]oneRegion, len(all))
	for i, r := range all {
		rows[i] = c.one(t, r)
	}
	if c.JSON {
		return term.JSON(out, map[string]any{"regions": rows, "left_out": left})
	}
	err := printTimes(out, rows, "goroutine", func(r oneRegion) []time.Duration { return r.columns() }, func(r oneRegion) (string, string) {
		return marked(fmt.Sprint(r.Goroutine), r.Doubtful), fmt.Sprintf("at %s in %s", since(r.At), fit(out, named(r.Func)))
	})
	if err != nil {
		return err
	}
	if err := printDoubt(term.Text(out), slices.ContainsFunc(rows, func(r oneRegion) bool { return r.Doubtful })); err != nil {
		return err
	}
	return printLeft(out, left)
}

func (c *regionsCommand) one(t *exectrace.Trace, r exectrace.Region) oneRegion {
	row := oneRegion{
		Task: r.Task, Goroutine: r.Goroutine, Func: groups.RegionFunc(t, r, groups.RegionOptions{AsGoTool: c.AsGoTool}),
		At: r.Start.Sub(t.Began), Complete: r.Begun && r.Ended, Doubtful: t.Doubtful(r.Start, r.End),
	}
	if g, ok := t.RegionGoroutine(r); ok {
		row.goroutineTimes = newTimes(stats.Between(t, g, r.Start, r.End))
	}
	return row
}
