package exec

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace/groups"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
)

// tasksCommand sums tasks by their name, or lists those of one name.
type tasksCommand struct {
	source      `embed:""`
	term.Format `embed:""`
	period      `embed:""`
	goToolTimes `embed:""`
	Name        string `help:"List each task of this name, the slowest first." placeholder:"NAME"`
	Top         int    `help:"How many tasks; 0: all." default:"30"`
}

// Help is shown by tracelab exec tasks --help.
func (c *tasksCommand) Help() string {
	return `Tasks are those of runtime/trace.NewTask. OpenCensus makes one of each span.

` + aboutPeriods + ` Tasks count that begin or end in it. One that began before the generations that are read has no name.

Examples:
  tracelab exec tasks trace.out
  tracelab exec tasks trace.out --name 'GET /visit'
  tracelab exec task trace.out 42`
}

// Run prints a row for each. A trace without tasks is cli.Negative.
func (c *tasksCommand) Run(ctx context.Context, std cli.Streams) error {
	t, err := c.index(ctx, std, c.period, c.AsGoTool)
	if err != nil {
		return err
	}
	if c.Name != "" {
		return c.named(std.Out, t)
	}
	rows := report.Tasks(t)
	if c.JSON {
		return term.JSON(std.Out, map[string]any{"tasks": rows})
	}
	if len(rows) == 0 {
		return nothing("task", "trace.NewTask", c.period)
	}
	return printLasted(std.Out, "task", rows, func(s report.Slow) string { return fmt.Sprintf("%s, task %d", display.Duration(s.Duration), s.Task) })
}

func nothing(what, with string, p period) error {
	if !p.whole() {
		return cli.Status{Code: cli.Negative, Err: fmt.Errorf("the trace has no %s that begins or ends in this time", what)}
	}
	return cli.Status{Code: cli.Negative, Err: fmt.Errorf("the trace has no %s: the program that it is of made none with %s", what, with)}
}

// called is the name of the tasks, or of the regions of a function's goroutines, for out.
func called(out io.Writer, r report.Lasted) string {
	name := strconv.Quote(fit(out, r.Name))
	if r.Func == "" {
		return name
	}
	return name + " in " + fit(out, r.Func)
}

func printLasted(out io.Writer, what string, rows []report.Lasted, id func(report.Slow) string) error {
	out = term.Text(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "count\tcomplete\tp50\tp90\tp99\tmax\t  %s\n", what)
	for _, r := range rows {
		fmt.Fprintf(w, "%d\t%d\t%s\t%s\t%s\t%s\t  %s\n", r.Count, r.Complete, dash(r.P50), dash(r.P90), dash(r.P99), dash(r.Max), called(out, r))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	doubtful := false
	for _, r := range rows {
		if r.Complete == 0 {
			continue
		}
		fmt.Fprintf(out, "\n%s  %s\n", called(out, r), bars(r.Buckets))
		for i, s := range r.Slowest {
			label := "slowest"
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(out, "  %-8s  %s\n", label, marked(id(s), s.Doubtful))
			doubtful = doubtful || s.Doubtful
		}
	}
	return printDoubt(out, doubtful)
}

// bars draws how many there are of each order of magnitude.
func bars(buckets []groups.Bucket) string {
	if len(buckets) == 0 {
		return "-"
	}
	most := 0
	for _, b := range buckets {
		most = max(most, b.Count)
	}
	heights := []rune("▁▂▃▄▅▆▇█")
	drawn := make([]rune, len(buckets))
	for i, b := range buckets {
		drawn[i] = ' '
		if b.Count > 0 {
			drawn[i] = heights[b.Count*(len(heights)-1)/most]
		}
	}
	return fmt.Sprintf("%s %s %s", display.Duration(buckets[0].From), string(drawn), display.Duration(buckets[len(buckets)-1].To()))
}
