package exec

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/cli"
)

type footprintCommand struct {
	source `embed:""`
	format `embed:""`
}

// Help is shown by tracelab exec footprint --help.
func (c *footprintCommand) Help() string {
	return `Bytes by type of event are those of 'go tool trace -d=footprint': without padding, in percent of the file. Structure is what the trace is built of: the headers of batches, the tables of strings and stacks, clocks, padding. Each generation has its own.

Examples:
  tracelab exec footprint trace.out`
}

// typeBytes, structure and generationBytes are the rows of the answer.
type typeBytes struct {
	Type         string  `json:"type"`
	Bytes        int64   `json:"bytes"`
	BytesPercent float64 `json:"bytes_percent"` // of the file
	Count        int64   `json:"count"`
	CountPercent float64 `json:"count_percent"`
}

type structure struct {
	Bytes   int64 `json:"bytes"` // with the other two
	Tables  int64 `json:"tables"`
	Padding int64 `json:"padding"`
}

type generationBytes struct {
	Number       uint64  `json:"generation"`
	Bytes        int64   `json:"bytes"`
	BytesPercent float64 `json:"bytes_percent"` // of the file
	Events       int64   `json:"events"`
	Structure    int64   `json:"structure"`
	Tables       int64   `json:"tables"`
}

type footprint struct {
	Size        int64             `json:"size"`
	Lost        int64             `json:"lost"`
	Events      int64             `json:"events"`
	Types       []typeBytes       `json:"types"`
	Structure   structure         `json:"structure"`
	Generations []generationBytes `json:"generations"`
}

func (c *footprintCommand) Run(ctx context.Context, stdin io.Reader, out io.Writer) error {
	file, err := c.open(ctx, stdin)
	if err != nil {
		return err
	}
	defer file.Close()
	f, err := file.Footprint()
	if err != nil {
		return cli.Status{Code: cli.Usage, Err: err}
	}
	warn(f.Lost)
	answer := newFootprint(f)
	if c.JSON {
		return term.JSON(out, answer)
	}
	return answer.print(out)
}

func newFootprint(f *exectrace.Footprint) footprint {
	a := footprint{Size: f.Size, Events: f.Events, Structure: structure{f.Structure, f.Tables, f.Padding}}
	for _, l := range f.Lost {
		a.Lost += l.Size
	}
	for _, t := range f.Types {
		a.Types = append(a.Types, typeBytes{t.Type.String(), t.Bytes, percent(t.Bytes, f.Size), t.Count, percent(t.Count, f.Events)})
	}
	for _, g := range f.Generations {
		a.Generations = append(a.Generations, generationBytes{g.Number, g.Bytes, percent(g.Bytes, f.Size), g.Events, g.Structure, g.Tables})
	}
	return a
}

func (a footprint) print(out io.Writer) error {
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
		a.Structure.Bytes, percent(a.Structure.Bytes, a.Size), a.Structure.Tables, a.Structure.Padding)
	return err
}

func percent(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}
