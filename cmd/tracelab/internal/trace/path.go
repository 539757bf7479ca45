// Package trace is the commands tracelab trace and tracelab path: one request, as a
// waterfall and as its critical path.
package trace

import (
	"context"
	"io"
	"strings"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/analysis/text"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/redact"
)

// Path is tracelab path.
type Path struct {
	subject     `embed:""`
	term.Format `embed:""`
}

// Help is shown by tracelab path --help.
func (c *Path) Help() string {
	return `It says in which spans the time of a request was spent, so that the parts sum to the whole: where several ran at once, the one that ended last counts, for which the others were waited for. 'saves' is by how much the request would be shorter without a span, since others may have run beside it. Spans that nobody waited for are left off, with the reason, and differences of clocks are removed.

The exit status is 0 when there is a path, 1 when there is no such trace or it has not ended, 2 when a file is something else, 3 when no server answers.

--json prints sections: [{id, service, operation, start, end}], in µs since 1970, in order of time; they sum to rootUs.

Examples:
  tracelab path 463ac35c9f6413ad48485a3953bb6124
  tracelab path --slowest
  tracelab path friday.json.gz --slowest
  tracelab path 463ac35c9f6413ad --zipkin-url http://zipkin:9411
  curl -s http://zipkin:9411/api/v2/trace/463ac35c9f6413ad \
    | tracelab path - --json`
}

// Run prints the path.
func (c *Path) Run(ctx context.Context, std cli.Streams) error {
	d, err := c.path(ctx, std)
	if err != nil {
		return err
	}
	if c.JSON {
		return term.JSON(std.Out, d)
	}
	next := text.NextOfPath{Path: func(other *labapi.PathRequest) string { return c.command("path", d, other.SpanID) }}
	_, err = io.WriteString(term.Text(std.Out), text.Path(d, next, term.Styles()))
	return err
}

// command is the one that shows a request of the trace, from the same place.
func (s *subject) command(verb string, d *labapi.CriticalPath, span string) string {
	if _, isID := parseTrace(s.Of); s.Of != "" && !isID {
		return strings.Join([]string{"tracelab", verb, display.ShellWord(display.Line(s.Of)), span, "--trace", d.TraceID}, " ")
	}
	words := []string{"tracelab", verb, d.TraceID, span}
	switch {
	case s.ZipkinURL != "":
		words = append(words, "--zipkin-url", display.ShellWord(redact.Text(s.ZipkinURL)))
	case s.Server != "":
		words = append(words, "--server", display.ShellWord(redact.Text(s.Server)))
	}
	return strings.Join(words, " ")
}
