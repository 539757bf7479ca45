package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/mmu"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
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

// gcWork are the names of the flags, which are those of go tool trace.
var gcWork = map[string]mmu.GCWork{
	"stw":        mmu.GCStopTheWorld,
	"background": mmu.GCBackground,
	"assist":     mmu.GCAssist,
	"sweep":      mmu.GCSweep,
}

// Run prints the curve and the worst windows, or draws the curve.
func (c *mmuCommand) Run(ctx context.Context, std cli.Streams) error {
	if c.Worst < 0 {
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("--worst is %d: want 0 or more", c.Worst)}
	}
	if len(c.Flags) == 0 {
		return cli.Status{Code: cli.Usage, Err: errors.New("--flags names no work: want some of stw, background, assist, sweep")}
	}
	o := mmu.Options{PerProc: c.PerProc, AsGoTool: c.AsGoTool}
	for _, name := range c.Flags {
		o.Work |= gcWork[name]
	}
	u, err := reading(ctx, c.source, std, c.period, c.AsGoTool, func(f *exectrace.File) (*mmu.Utilization, []exectrace.Loss, error) {
		return mmu.Of(f, o)
	})
	if err != nil {
		return err
	}
	if c.SVG != "" {
		return c.draw(std.Out, u)
	}
	answer := c.answer(u)
	if c.JSON {
		return term.JSON(std.Out, answer)
	}
	return answer.print(std.Out)
}

// mmuAnswer is what the command says.
type mmuAnswer struct {
	Flags    []string      `json:"flags"`
	PerProc  bool          `json:"per_proc"`
	AsGoTool bool          `json:"as_go_tool"`
	Duration time.Duration `json:"duration_ns"`
	Curve    []mmuPoint    `json:"curve"`
	Worst    []mmuWindow   `json:"worst"`
}

type mmuPoint struct {
	Window time.Duration `json:"window_ns"`
	MMU    float64       `json:"mmu"`
	P999   float64       `json:"p99_9"`
	P99    float64       `json:"p99"`
	P95    float64       `json:"p95"`
}

type mmuWindow struct {
	Window      time.Duration `json:"window_ns"`
	At          time.Duration `json:"at_ns"` // since the trace began
	Utilization float64       `json:"utilization"`
}

func (c *mmuCommand) answer(u *mmu.Utilization) mmuAnswer {
	from, to := u.Span()
	a := mmuAnswer{Flags: c.Flags, PerProc: c.PerProc, AsGoTool: c.AsGoTool, Duration: to.Sub(from), Worst: []mmuWindow{}}
	for _, window := range windows(a.Duration) {
		q := u.Quantiles(window, 0, 0.001, 0.01, 0.05)
		a.Curve = append(a.Curve, mmuPoint{window, q[0], q[1], q[2], q[3]})
	}
	for _, window := range decades(time.Millisecond, a.Duration) {
		for _, w := range u.Worst(window, c.Worst) {
			a.Worst = append(a.Worst, mmuWindow{window, w.Time.Sub(u.Start), w.Utilization})
		}
	}
	return a
}

// windows are 1, 2, 5, 10 µs and so on, up to the whole.
func windows(whole time.Duration) (all []time.Duration) {
	for _, decade := range decades(time.Microsecond, whole) {
		for _, n := range []time.Duration{1, 2, 5} {
			if n*decade < whole {
				all = append(all, n*decade)
			}
		}
	}
	return append(all, whole)
}

// decades are first, ten times that and so on, while they are less than whole.
func decades(first, whole time.Duration) (all []time.Duration) {
	for d := first; d < whole; d *= 10 {
		all = append(all, d)
		if d > whole/10 {
			break // rather than overflow
		}
	}
	return all
}

func (a mmuAnswer) print(out io.Writer) error {
	w := tabwriter.NewWriter(term.Text(out), 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "window\tmmu\tp99.9\tp99\tp95\t")
	for _, p := range a.Curve {
		fmt.Fprintf(w, "%s\t%.3f\t%.3f\t%.3f\t%.3f\t\n", display.RoundMicros(p.Window.Microseconds()), p.MMU, p.P999, p.P99, p.P95)
	}
	if len(a.Worst) > 0 {
		fmt.Fprintln(w, "\nworst\tat\tutilization\t")
	}
	for _, worst := range a.Worst {
		fmt.Fprintf(w, "%s\t%s\t%.3f\t\n", display.RoundMicros(worst.Window.Microseconds()), since(worst.At), worst.Utilization)
	}
	return w.Flush()
}

// draw writes the curve as a picture.
func (c *mmuCommand) draw(out io.Writer, u *mmu.Utilization) error {
	return save(out, c.SVG, func(w io.Writer) error { return drawMMU(w, u, c.Trace, c.Flags) })
}
