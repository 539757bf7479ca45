// Package states says what the goroutines did in the time that a comparison is about: it
// has requests of both sides explained, of which execution traces are kept, and splits the
// change of one call path by the states of goroutines.
package states

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// Explainer knows of which traces execution traces are kept, and explains requests by
// them.
type Explainer interface {
	// Execution says whether what processes did for a trace can be had. It asks nobody.
	Execution(trace zipkin.TraceID, spans []zipkin.Span) labapi.Execution
	// Explanation explains a span; with the zero id, the longest request of the trace.
	Explanation(ctx context.Context, trace zipkin.TraceID, span zipkin.SpanAt) (*labapi.Explanation, error)
}

// Bounds of explaining, which takes a processor for a while.
const (
	most   = 5                // requests of each side
	within = 20 * time.Second // all of them
)

// Add splits the change that c's verdict names by the states of goroutines, and says in c
// what is missing for it. a and b are the traces of both sides; a nil Explainer knows
// nothing. The error is that of ctx.
func Add(ctx context.Context, x Explainer, c *labapi.Comparison, a, b [][]zipkin.Span) error {
	of := culprit{c.Verdict.Path, c.Verdict.Below}
	if of.path == "" || strings.HasPrefix(of.path, "(") {
		return nil
	}
	if x == nil {
		c.StatesMissing = &labapi.StatesMissing{Reason: "Spans do not say what the goroutines did; the server that has the traces may."}
		return nil
	}
	soon, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	before, after := of.explain(soon, x, a), of.explain(soon, x, b)
	c.StatesMissing = missing(before, after)
	if c.States = changes(before, after); len(c.States) > 0 {
		if doubt := unlike(c); doubt != "" {
			c.Warnings = append(c.Warnings, doubt)
		} else {
			c.Sentences = append(c.Sentences, sentence(c))
		}
	}
	return ctx.Err()
}

// culprit is a call path, with what is below it or without.
type culprit struct {
	path  string
	below bool
}

func (c culprit) has(path string) bool {
	return path == c.path || c.below && strings.HasPrefix(path, c.path+labapi.PathSeparator)
}

// key is what goroutines were in, and where.
type key struct{ service, state string }

// explained are the requests of one side.
type explained struct {
	tried, n int
	us       map[key]int64
}

// explain has some of the requests explained.
func (c culprit) explain(ctx context.Context, x Explainer, traces [][]zipkin.Span) explained {
	e := explained{us: map[key]int64{}}
	for _, one := range c.candidates(x, traces) {
		if ctx.Err() != nil {
			break
		}
		e.tried++
		explanation, err := x.Explanation(ctx, one.id, zipkin.SpanAt{})
		if err != nil || explanation.Execution.Gone() || !explanation.Execution.Final() {
			continue // it is counted as tried
		}
		e.n++
		for _, t := range explanation.States {
			if one.spans[spanOf(t.SpanID, t.Service)] {
				e.us[key{t.Service, t.State}] += t.US
			}
		}
	}
	return e
}

func spanOf(id, service string) string { return id + " " + strings.ToLower(service) }

// changes are the differences of the means, the largest first.
func changes(a, b explained) (all []labapi.StateChange) {
	if a.n == 0 || b.n == 0 {
		return nil
	}
	both := map[key]bool{}
	for k := range a.us {
		both[k] = true
	}
	for k := range b.us {
		both[k] = true
	}
	for k := range both {
		before, after := a.us[k]/int64(a.n), b.us[k]/int64(b.n)
		all = append(all, labapi.StateChange{Service: k.service, State: k.state, AUS: before, BUS: after, DeltaUS: after - before})
	}
	slices.SortFunc(all, func(x, y labapi.StateChange) int {
		return cmp.Or(cmp.Compare(abs(y.DeltaUS), abs(x.DeltaUS)), cmp.Compare(x.Service, y.Service), cmp.Compare(x.State, y.State))
	})
	return all
}

func abs(n int64) int64 { return max(n, -n) }
