package source

import (
	"fmt"
	"io"

	"example.com/tracelab/internal/archive"
	"example.com/tracelab/internal/cli"
	"example.com/tracelab/internal/zipkin"
)

// Bounds of what is read of a file.
const (
	keptSpans  = 100_000 // at a time, so that a file of any size can be read
	traceSpans = 500_000 // of one trace
)

// File yields the traces of a file of Zipkin's JSON, gzipped or not: a list of spans, as
// 'tracelab save' writes it, or of traces, as a Zipkin answers. The spans of a trace need
// not stand together in files of up to 100,000 spans. An error is one of wrong use: the
// file is not what was meant.
func File(path string) Traces { return group(archive.ReadFile(path, io.Discard)) }

// Read is File of what comes from a reader, which errors call by a name.
func Read(r io.Reader, named string) Traces {
	return group(func(yield func([]zipkin.Span, error) bool) {
		for spans, err := range archive.Read(r) {
			if err != nil {
				err = fmt.Errorf("%s: %w", named, err)
			}
			if !yield(spans, err) {
				return
			}
		}
	})
}

// group collects the spans of each trace.
func group(spans archive.Spans) Traces {
	return func(yield func([]zipkin.Span, error) bool) {
		g := &grouper{open: map[zipkin.TraceID][]zipkin.Span{}, ended: map[zipkin.TraceID]bool{}}
		for some, err := range spans {
			if err == nil {
				err = g.add(some)
			}
			if err != nil {
				yield(nil, cli.Status{Code: cli.Usage, Err: err})
				return
			}
			for g.kept > keptSpans && len(g.order) > 1 {
				if !yield(g.end(), nil) {
					return
				}
			}
		}
		for len(g.order) > 0 {
			if !yield(g.end(), nil) {
				return
			}
		}
	}
}

// grouper keeps the traces that may go on.
type grouper struct {
	open  map[zipkin.TraceID][]zipkin.Span
	order []zipkin.TraceID // of open, the first to begin first
	ended map[zipkin.TraceID]bool
	kept  int // spans
}

func (g *grouper) add(spans []zipkin.Span) error {
	for _, sp := range spans {
		trace, known := g.open[sp.TraceID]
		switch {
		case g.ended[sp.TraceID]:
			return fmt.Errorf("trace %s goes on after more than %d spans of others: put its spans together", sp.TraceID, keptSpans)
		case len(trace) == traceSpans:
			return fmt.Errorf("trace %s has more than %d spans", sp.TraceID, traceSpans)
		case !known:
			g.order = append(g.order, sp.TraceID)
		}
		g.open[sp.TraceID] = append(trace, sp)
	}
	g.kept += len(spans)
	return nil
}

// end takes out the trace that began first.
func (g *grouper) end() []zipkin.Span {
	id := g.order[0]
	spans := g.open[id]
	g.order, g.ended[id] = g.order[1:], true
	g.kept -= len(spans)
	delete(g.open, id)
	return spans
}
