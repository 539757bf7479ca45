package exec

import (
	"context"
	"fmt"
	"time"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/internal/cli"
)

// summaryCommand says what a trace has of everything, or the three counters of the
// viewer, at a time or as a series.
type summaryCommand struct {
	source      `embed:""`
	term.Format `embed:""`
	period      `embed:""`
	goToolTimes `embed:""`
	At          *time.Duration `help:"Say instead what the counters of goroutines, heap and threads were this long after the beginning." placeholder:"OFFSET" xor:"counters"`
	Series      int            `help:"List the counters over the whole time instead, in this many parts at most." placeholder:"N" xor:"counters"`
}

// Help is shown by tracelab exec summary --help.
func (c *summaryCommand) Help() string {
	return `The counters are those above the timeline of go tool trace. In a series 2..7 is the least and the most in that part of the time.

` + aboutPeriods + ` Its events are those of this time, and what says the states when it begins.

Examples:
  tracelab exec summary trace.out
  tracelab exec summary trace.out --at 1.5s
  tracelab exec summary trace.out --series 500 --json`
}

// Run reads the trace once.
func (c *summaryCommand) Run(ctx context.Context, std cli.Streams) error {
	switch {
	case c.At != nil && !c.whole():
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("--at %s is a moment: leave out --from and --to", *c.At)}
	case c.At != nil:
		return c.counters(ctx, std)
	case c.Series < 0 || c.Series == 1:
		return cli.Status{Code: cli.Usage, Err: fmt.Errorf("--series is %d: want 2 or more", c.Series)}
	case c.Series > 0:
		return c.series(ctx, std)
	}
	var lost []exectrace.Loss
	s, err := reading(ctx, c.source, std, c.period, c.AsGoTool, func(f *exectrace.File) (*counters.Summary, []exectrace.Loss, error) {
		s, l, err := counters.Summarize(f)
		lost = l
		return s, l, err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return term.JSON(std.Out, newSummary(s, lost))
	}
	return printSummary(std.Out, s)
}

// summary is what the command says to programs.
type summary struct {
	*counters.Summary
	Lost []lostPart `json:"lost"`
}

type lostPart struct {
	Offset int64  `json:"offset"`
	Size   int64  `json:"size"`  // from the first byte to the last that are lost
	Bytes  int64  `json:"bytes"` // that are lost of these
	Events int    `json:"events_lost"`
	From   int64  `json:"from_ns"` // the time in which answers are doubtful
	To     int64  `json:"to_ns"`
	Error  string `json:"error"`
}

func newSummary(s *counters.Summary, lost []exectrace.Loss) summary {
	a := summary{s, []lostPart{}}
	for _, l := range lost {
		a.Lost = append(a.Lost, lostPart{l.Offset, l.Size, l.Bytes, l.Events, int64(l.From), int64(l.To), l.Err.Error()})
	}
	return a
}
