// Package proof says how a fault that happened to a request shows in its trace: by what
// it moved, which is a number of calls, their order, a span that is missing, a status,
// or a wait. It grades people; nothing that explains traces may import it.
package proof

import (
	"strings"

	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// Of returns the span of a trace that shows a fault, and what it shows. The trace is that
// of a request that the fault happened to, as it was reported; it may lack spans that
// are still to come, and then it shows nothing.
func Of(i faults.Injection, reported []zipkin.Span) (e labapi.Evidence, ok bool) {
	show, known := shapes[i.Name]
	if !known {
		return e, false
	}
	span, words := show(newSpans(reported), i.Args)
	if span == nil {
		return e, false
	}
	return labapi.Evidence{TraceID: span.TraceID.String(), Service: span.Local.ServiceName, Span: span.Name, Duration: span.Duration, Shows: words}, true
}

// shape finds the span that shows a fault, or nil, and says what it shows.
type shape func(spans, faults.Args) (*zipkin.Span, string)

var shapes = map[string]shape{
	"slow-third-party":   longCall("fetcher", "GET", "the third party"),
	"narrow-channel":     gap("fetcher", "httpRequest"),
	"gc-pressure":        gap("fetcher", "httpRequest"),
	"quadratic":          gap("gateway", "main"),
	"goroutine-flood":    gap("gateway", "main"),
	"lock-contention":    gap("writer", "redisWrite"),
	"slow-disk":          gap("writer", "redisWrite"),
	"pool-exhaustion":    longCall("writer", "SET", "Redis"),
	"slow-queue":         queued,
	"n-plus-one":         manyCommands,
	"retry-storm":        failedCalls,
	"cold-connections":   manyDials,
	"serial-fanout":      inTurn,
	"lost-deadline":      goesOn,
	"lost-context":       noWriter("its spans are in a trace of their own"),
	"dropped-spans":      noWriter("it dropped them"),
	"failing-dependency": refused,
	"clock-skew":         beforeItsCaller,
}

// spans are those of a trace, partial ones merged, by start.
type spans struct {
	all  []*zipkin.Span
	tree *zipkin.Tree
}

func newSpans(reported []zipkin.Span) spans {
	all := zipkin.ByStart(zipkin.Merge(reported))
	return spans{all, zipkin.NewTree(all)}
}

// named are the spans of a service with a name, of any kind if that is empty.
func (s spans) named(service string, kind zipkin.Kind, name string) (found []int) {
	for i, sp := range s.all {
		of := sp.Local.ServiceName == service && (kind == "" || sp.Kind == kind)
		if of && (name == "" || strings.EqualFold(sp.Name, name)) {
			found = append(found, i)
		}
	}
	return found
}

// children are the spans below one, by start.
func (s spans) children(parent int) (found []int) {
	for c := s.tree.Nodes[parent].FirstChild; c != zipkin.None; c = s.tree.Nodes[c].NextSibling {
		found = append(found, int(c))
	}
	return found
}
