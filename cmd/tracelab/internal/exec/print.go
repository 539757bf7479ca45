package exec

import (
	"fmt"
	"io"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/display"
)

// warn prints to stderr which parts of the trace could not be read.
func warn[L error](stderr io.Writer, lost []L) {
	for _, l := range lost {
		fmt.Fprintf(term.Text(stderr), "tracelab: %v\n", l)
	}
}

// fit is a name or a message that comes from the trace, with each word cut to what a line
// of out has room for, beside an indentation and a little more. JSON has it whole.
func fit(out io.Writer, text string) string { return display.CutWords(text, display.Width(out)-10) }
