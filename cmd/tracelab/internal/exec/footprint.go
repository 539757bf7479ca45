package exec

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace/wire"
	"example.com/tracelab/internal/cli"
)

// footprintCommand says how many bytes each type of event takes, and how many are
// no event. It decodes no event, so that it reads traces that are damaged too.
type footprintCommand struct {
	source      `embed:""`
	term.Format `embed:""`
}

// Help is shown by tracelab exec footprint --help.
func (c *footprintCommand) Help() string {
	return `Bytes by type of event are those of 'go tool trace -d=footprint': without padding, in percent of the file. Structure is what the trace is built of: the headers of batches, the tables of strings and stacks, clocks, padding. Each generation has its own.

Examples:
  tracelab exec footprint trace.out`
}

// Run prints the table of types, and that of generations.
func (c *footprintCommand) Run(ctx context.Context, std cli.Streams) error {
	file, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer file.Close()
	written, err := wire.NewFile(file, file.Size())
	if err != nil {
		return err
	}
	answer, err := wire.Measure(written)
	if err != nil {
		return cli.Status{Code: cli.Usage, Err: err}
	}
	warn(std.Err, answer.Losses)
	if c.JSON {
		return term.JSON(std.Out, answer)
	}
	return printFootprint(std.Out, answer)
}

func printFootprint(out io.Writer, a *wire.Footprint) error {
	out = term.Text(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "event\tbytes\t%\tcount\t%")
	for _, t := range a.Types {
		fmt.Fprintf(w, "%s\t%d\t%.2f\t%d\t%.2f\n", t.Type, t.Bytes, t.BytesPercent, t.Count, t.CountPercent)
	}
	fmt.Fprintf(w, "all\t%d\t100.00\t%d\t100.00\n\n", a.Size, a.Events)
	fmt.Fprintln(w, "generation\tbytes\t%\tevents\tstructure\ttables")
	for _, g := range a.Generations {
		fmt.Fprintf(w, "%d\t%d\t%.2f\t%d\t%d\t%d\n", g.Number, g.Bytes, g.BytesPercent, g.Events, g.Structure, g.Tables)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nstructure: %d bytes, %.1f %%: tables of strings and stacks %d, padding %d\n",
		a.Structure.Bytes, 100*float64(a.Structure.Bytes)/float64(a.Size), a.Structure.Tables, a.Structure.Padding)
	return err
}
