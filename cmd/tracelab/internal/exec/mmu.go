package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/mmu"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
)

// mmuCommand computes the minimum mutator utilization, which is the least part of
// the processors that garbage collection left in any window of a length.
type mmuCommand struct {
	source      `embed:""`
	term.Format `embed:""`
	period      `embed:""`
	Flags       []string `help:"Which work of the collector counts: stw, background, assist, sweep." enum:"stw,background,assist,sweep" default:"stw,background,assist"`
	PerProc     bool     `help:"Follow each processor by itself: what a single goroutine may meet."`
	Worst       int      `help:"How many of the worst windows to list for each of some sizes." default:"3" placeholder:"N"`
	SVG         string   `name:"svg" help:"Draw the curve instead, into this file; - is standard output." placeholder:"FILE"`
	AsGoTool    bool     `help:"Count as go tool trace of Go 1.26 does, which is wrong with background: once a worker has run twice its processor collects for ever."`
}

// Help is shown by tracelab exec mmu --help.
func (c *mmuCommand) Help() string {
	return `The minimum mutator utilization at 10ms is the smallest part of the processors that was left for the program in any 10 ms; p99 leaves out the worst hundredth of the windows.

` + aboutPeriods + ` A worker of the collector that has run since before these generations counts when it next begins to run.

Examples:
  tracelab exec mmu trace.out
  tracelab exec mmu trace.out --flags stw --worst 10
  tracelab exec mmu trace.out --svg mmu.svg`
}

// Run prints the curve and the worst windows, or draws the curve.
func (c *mmuCommand) Run(ctx context.Context, std cli.Streams) error {
	if c.Worst < 0 {
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("--worst is %d: want 0 or more", c.Worst)}
	}
	if len(c.Flags) == 0 {
		return cli.Status{Code: cli.Usage, Err: errors.New("--flags names no work: want some of stw, background, assist, sweep")}
	}
	o := mmu.Options{Work: report.GCWork(c.Flags), PerProc: c.PerProc, AsGoTool: c.AsGoTool}
	u, err := reading(ctx, c.source, std, c.period, c.AsGoTool, func(f *exectrace.File) (*mmu.Utilization, []exectrace.Loss, error) {
		return mmu.Of(f, o)
	})
	if err != nil {
		return err
	}
	if c.SVG != "" {
		return c.draw(std.Out, u)
	}
	answer := report.NewMMU(u, c.Worst)
	answer.Flags, answer.PerProc, answer.AsGoTool = c.Flags, c.PerProc, c.AsGoTool
	if c.JSON {
		return term.JSON(std.Out, answer)
	}
	return printMMU(std.Out, answer)
}

func printMMU(out io.Writer, a report.MMU) error {
	w := tabwriter.NewWriter(term.Text(out), 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "window\tmmu\tp99.9\tp99\tp95\t")
	for _, p := range a.Curve {
		fmt.Fprintf(w, "%s\t%.3f\t%.3f\t%.3f\t%.3f\t\n", display.RoundMicros(p.Window.Microseconds()), p.MMU, p.P999, p.P99, p.P95)
	}
	if len(a.Worst) > 0 {
		fmt.Fprintln(w, "\nworst\tat\tutilization\t")
	}
	for _, worst := range a.Worst {
		fmt.Fprintf(w, "%s\t%s\t%.3f\t\n", display.RoundMicros(worst.Window.Microseconds()), report.Since(worst.At), worst.Utilization)
	}
	return w.Flush()
}

// draw writes the curve as a picture.
func (c *mmuCommand) draw(out io.Writer, u *mmu.Utilization) error {
	return save(out, c.SVG, func(w io.Writer) error { return report.DrawMMU(w, u, c.Trace, c.Flags) })
}
