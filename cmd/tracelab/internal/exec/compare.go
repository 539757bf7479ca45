package exec

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
)

// compareCommand puts the goroutines of two execution traces side by side.
type compareCommand struct {
	source      `embed:""`
	With        string `arg:"" name:"with" help:"The trace to compare with, as the first."`
	term.Format `embed:""`
	period      `embed:""`
	Per         report.Per `help:"What times are divided by: second (the time of each trace), goroutine (their number) or trace (nothing)." enum:"second,goroutine,trace" default:"second"`
	Sort        string     `help:"By the difference of which column: largest (of any but total), total, execution, network, sync, syscall, scheduler, sleep, gc or other." enum:"largest,total,execution,network,sync,syscall,scheduler,sleep,gc,other" default:"largest"`
	Func        string     `help:"Only functions whose names have this in them." placeholder:"TEXT"`
	Top         int        `help:"How many rows; 0: all." default:"20"`
}

// Help is shown by tracelab exec compare --help.
func (c *compareCommand) Help() string {
	return `Goroutines are put together by the function that they were started with. The times of the states are those of tracelab exec goroutines. Each trace is one run: what differs may differ between two runs of the same program, too.

` + aboutPeriods + ` They are of both traces.

Examples:
  tracelab exec compare before.out after.out --from 1s
  tracelab exec compare before.out after.out --per goroutine --sort scheduler
  tracelab exec compare before.out after.out --func net/http --json`
}

// compared is one of the two traces.
type compared struct {
	Name     string        `json:"trace"`
	Duration time.Duration `json:"duration_ns"`
	Doubtful bool          `json:"doubtful,omitempty"` // a part of it is lost
	groups   []report.Goroutine
}

// Run prints the rows whose difference is the largest. No such function is cli.Negative.
func (c *compareCommand) Run(ctx context.Context, std cli.Streams) error {
	if c.Trace == "-" && c.With == "-" {
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("standard input is one trace: give a file for the other")}
	}
	a, err := c.read(ctx, std, c.source)
	if err != nil {
		return err
	}
	b, err := c.read(ctx, std, source{Trace: c.With})
	if err != nil {
		return err
	}
	rows := slices.DeleteFunc(report.Besides(a.groups, b.groups), func(r report.Beside) bool {
		return !strings.Contains(strings.ToLower(report.Named(r.Func)), strings.ToLower(c.Func))
	})
	if len(rows) == 0 {
		return cli.Status{Code: cli.Negative, Err: fmt.Errorf("no goroutine was started with a function that has %q in its name: see tracelab exec goroutines", c.Func)}
	}
	pair := report.Pair{A: a.Duration, B: b.Duration, Per: c.Per}
	slices.SortStableFunc(rows, func(x, y report.Beside) int { return cmp.Compare(pair.Size(y, c.Sort), pair.Size(x, c.Sort)) })
	rows, left := topOf(rows, c.Top)
	if c.JSON {
		return term.JSON(std.Out, map[string]any{"a": a, "b": b, "goroutines": rows, "left_out": left})
	}
	return c.print(std.Out, a, b, pair, rows, left)
}

func (c *compareCommand) read(ctx context.Context, std cli.Streams, s source) (compared, error) {
	t, err := s.index(ctx, std, c.period, false)
	if err != nil {
		return compared{}, err
	}
	return compared{s.called(), t.Duration(), len(t.Lost) > 0, report.Goroutines(t)}, nil
}

func (c *compareCommand) print(out io.Writer, a, b compared, pair report.Pair, rows []report.Beside, left int) error {
	text := term.Text(out)
	for i, t := range []compared{a, b} {
		lost := ""
		if t.Doubtful {
			lost = "; a part of it is lost, and its states may be wrong"
		}
		fmt.Fprintf(text, "%c  %s, %s%s\n", 'A'+i, t.Name, display.Duration(t.Duration), lost)
	}
	fmt.Fprintf(text, "times per %s, and what B has more or less\n", c.Per)
	for _, r := range rows {
		before, after, more := pair.Columns(r)
		fmt.Fprintf(text, "\n%s  %s\n", howMany(r), fit(out, report.Named(r.Func)))
		for i, d := range more {
			if before[i] != 0 || after[i] != 0 {
				fmt.Fprintf(text, "    %-9s  %10s > %-10s %s\n", report.ColumnNames()[i], dash(before[i]), dash(after[i]), display.Change(d))
			}
		}
	}
	return printLeft(text, left)
}

// howMany says how many goroutines there are on both sides.
func howMany(r report.Beside) string {
	switch {
	case r.A.Count == 0:
		return fmt.Sprintf("only in B: %d", r.B.Count)
	case r.B.Count == 0:
		return fmt.Sprintf("only in A: %d", r.A.Count)
	case r.A.Count == r.B.Count:
		return fmt.Sprint(r.A.Count)
	}
	return fmt.Sprintf("%d > %d", r.A.Count, r.B.Count)
}
