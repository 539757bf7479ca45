package exec

import (
	"context"
	"fmt"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace/groups"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
)

// regionsCommand sums regions by their type and by the function that begins them.
type regionsCommand struct {
	source      `embed:""`
	term.Format `embed:""`
	AsGoTool    bool `help:"Group by the function that the goroutine was started with, as go tool trace does since Go 1.24."`
}

// Help is shown by tracelab exec regions --help.
func (c *regionsCommand) Help() string {
	return `Regions are those of runtime/trace.StartRegion and WithRegion. One that began before the trace or ended after it counts with the part that lies in the trace. They are listed by type and by the function that begins them.

Examples:
  tracelab exec regions trace.out
  tracelab exec profile sync trace.out --region parse`
}

// Run prints a row for each. A trace without regions is cli.Negative.
func (c *regionsCommand) Run(ctx context.Context, std cli.Streams) error {
	t, err := c.index(ctx, std)
	if err != nil {
		return err
	}
	var rows []lastedRow
	for _, g := range groups.Regions(t, groups.RegionOptions{AsGoTool: c.AsGoTool}) {
		row := newLasted(g.Count, g.Lasted)
		row.Name, row.Func, row.Complete = g.Type, g.Name, g.Complete
		for _, r := range g.Slowest {
			row.Slowest = append(row.Slowest, slow{r.Task, r.Goroutine, r.Start.Sub(t.Start), r.End.Sub(r.Start)})
		}
		rows = append(rows, row)
	}
	if c.JSON {
		return term.JSON(std.Out, map[string]any{"regions": rows})
	}
	if len(rows) == 0 {
		return nothing("region", "trace.WithRegion")
	}
	return printLasted(std.Out, "region", rows, func(s slow) string {
		return fmt.Sprintf("%s at %s on goroutine %d", display.Duration(s.Duration), since(s.At), s.Goroutine)
	})
}
