package trace

import (
	"context"
	"fmt"
	"io"
	"strings"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/analysis/text"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// Trace is tracelab trace.
type Trace struct {
	subject     `embed:""`
	All         bool `help:"Show every span of a long trace."`
	term.Format `embed:""`
}

// Help is shown by tracelab trace --help.
func (c *Trace) Help() string {
	return `It draws the spans of a request below each other, each as a bar over time. The bar is thick where the critical path is in the span, and thin while that waits for a child; a * marks the spans on it. Of a long trace the spans that count most are shown, those on the path first.

The width is that of the terminal, or $COLUMNS. Colours are left out where they would not show, and with NO_COLOR. A terminal that is dumb, a locale without UTF-8 and a file get ASCII.

The exit status is 0 when there is one, 1 when there is no such trace or it has not ended, 2 when a file is something else, 3 when no server answers.

Examples:
  tracelab trace
  tracelab trace --slowest
  tracelab trace 463ac35c9f6413ad48485a3953bb6124
  tracelab trace friday.json.gz --slowest --all
  tracelab trace --slowest --zipkin-url http://zipkin:9411`
}

// What is drawn: so many spans of a long trace, and no wider than that.
const (
	mostRows    = 60
	mostColumns = 240
)

// Run prints the waterfall.
func (c *Trace) Run(ctx context.Context, std cli.Streams) error {
	d, err := c.path(ctx, std)
	if err != nil {
		return err
	}
	if c.JSON {
		return term.JSON(std.Out, d)
	}
	w := text.Waterfall{Width: min(display.Width(std.Out), mostColumns), ASCII: ascii(std.Out), Rows: mostRows, Style: term.Styles(), Colours: term.Services()}
	if c.All {
		w.Rows = 0
	}
	_, err = io.WriteString(term.Text(std.Out), c.head(d)+w.Draw(d)+c.tail(d))
	return err
}

// head says what it is, and where most of the time was spent.
func (c *Trace) head(d *labapi.CriticalPath) string {
	var b strings.Builder
	fmt.Fprintf(&b, "trace %s, %s\n", d.TraceID, when(d.StartUS))
	for i, sentence := range d.Sentences {
		sentence = display.CutWords(sentence, display.Columns)
		if i == 0 {
			sentence = term.Bold.Render(sentence)
		}
		fmt.Fprintln(&b, sentence)
	}
	for _, warning := range d.Warnings {
		fmt.Fprintln(&b, term.Warn.Render(warning))
	}
	return b.String() + "\n"
}

// tail says what to do next.
func (c *Trace) tail(d *labapi.CriticalPath) string {
	return "\nThe path in figures:\n  " + display.ShellLines(c.command("path", d, d.SpanID), 2, "    ") + "\n"
}
