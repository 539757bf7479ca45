package exec

import (
	"cmp"
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/executions/report"
)

// counters says what they were at a time.
func (c *summaryCommand) counters(ctx context.Context, std cli.Streams) error {
	now, err := reading(ctx, c.source, std, c.period, c.AsGoTool, func(f *exectrace.File) (counters.Values, []exectrace.Loss, error) {
		return counters.At(f, *c.At)
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return term.JSON(std.Out, countersAt{*c.At, now})
	}
	w := tabwriter.NewWriter(term.Text(std.Out), 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "goroutines\t%d running, %d runnable, %d waiting for the collector\n", now.Goroutines.Running, now.Goroutines.Runnable, now.Goroutines.GCWaiting)
	fmt.Fprintf(w, "heap\t%s allocated, goal %s\n", report.Sized(now.Heap.Allocated), report.Goal(now.Heap.Goal))
	fmt.Fprintf(w, "threads\t%d running, %d in system calls\n", now.Threads.Running, now.Threads.InSyscall)
	return w.Flush()
}

type countersAt struct {
	At time.Duration `json:"at_ns"` // since the trace began
	counters.Values
}

func (c *summaryCommand) series(ctx context.Context, std cli.Streams) error {
	s, err := reading(ctx, c.source, std, c.period, c.AsGoTool, func(f *exectrace.File) (counters.Series, []exectrace.Loss, error) {
		return counters.NewSeries(f, c.Series)
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return term.JSON(std.Out, s)
	}
	w := tabwriter.NewWriter(term.Text(std.Out), 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tgoroutines\t\t\theap\t\tthreads\t\t")
	fmt.Fprintln(w, "at\trunning\trunnable\tgc waiting\tallocated\tgoal\trunning\tin syscall\t")
	for _, p := range s.Points {
		low, high := p.Low, p.High
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", report.Since(p.At),
			span(low.Goroutines.Running, high.Goroutines.Running),
			span(low.Goroutines.Runnable, high.Goroutines.Runnable),
			span(low.Goroutines.GCWaiting, high.Goroutines.GCWaiting),
			spanned(report.Sized(low.Heap.Allocated), report.Sized(high.Heap.Allocated)),
			spanned(report.Goal(low.Heap.Goal), report.Goal(high.Heap.Goal)),
			span(low.Threads.Running, high.Threads.Running),
			span(low.Threads.InSyscall, high.Threads.InSyscall))
	}
	return w.Flush()
}

// span is from the least to the most, or the one that it always was.
func span[T cmp.Ordered](low, high T) string { return spanned(fmt.Sprint(low), fmt.Sprint(high)) }

func spanned(low, high string) string {
	if low == high {
		return low
	}
	return low + ".." + high
}
