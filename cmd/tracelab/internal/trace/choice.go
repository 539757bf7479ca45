package trace

import (
	"fmt"
	"strings"

	"example.com/tracelab/cmd/tracelab/internal/source"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/zipkin"
)

// choice is which of the traces of a file is shown: the one with the id, the slowest, the
// last, or else the only one.
type choice struct {
	named         string // the file
	id            zipkin.TraceID
	slowest, last bool

	n       int
	root    *zipkin.Span // of the chosen one
	spans   []zipkin.Span
	several []string // the first, for a message
}

// listed is how many traces a message names.
const listed = 5

func (c *choice) from(traces source.Traces) ([]zipkin.Span, error) {
	for spans, err := range traces {
		if err != nil {
			return nil, err
		}
		c.n++
		c.offer(spans)
	}
	switch {
	case c.n == 0:
		return nil, usage("%s has no spans", c.named)
	case c.id != zipkin.TraceID{} && c.spans == nil:
		return nil, cli.Status{Code: cli.Negative, Err: fmt.Errorf("%s has no trace %s, but %d others. The first: %s", c.named, c.id, c.n, c.list())}
	case c.n > 1 && c.id == zipkin.TraceID{} && !c.slowest && !c.last:
		return nil, usage("%s has %d traces: name one with --trace ID, or take --slowest or --last. The first: %s", c.named, c.n, c.list())
	}
	return c.spans, nil
}

// offer keeps a trace if it is the one.
func (c *choice) offer(spans []zipkin.Span) {
	root := zipkin.LongestRoot(spans)
	if len(c.several) < listed {
		c.several = append(c.several, fmt.Sprintf("%s (%s, %s)", spans[0].TraceID, display.Cut(display.Of(root.Name, root.Local.ServiceName), 48), display.Micros(root.Duration)))
	}
	var better bool
	switch {
	case c.id != zipkin.TraceID{}:
		better = spans[0].TraceID == c.id
	case c.slowest:
		better = c.root == nil || root.Duration > c.root.Duration
	case c.last:
		better = c.root == nil || root.Timestamp > c.root.Timestamp
	default:
		better = c.root == nil
	}
	if better {
		c.root, c.spans = root, spans
	}
}

// list names the first traces.
func (c *choice) list() string {
	text := strings.Join(c.several, ", ")
	if rest := c.n - len(c.several); rest > 0 {
		text += fmt.Sprintf(", and %d more", rest)
	}
	return text
}
