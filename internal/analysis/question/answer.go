package question

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"example.com/tracelab/internal/analysis/collect"
	"example.com/tracelab/internal/analysis/compare"
	"example.com/tracelab/internal/analysis/states"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// Finder finds a set of traces by a text.
type Finder interface {
	Find(ctx context.Context, text string) (*collect.Found, error)
}

// World is where answers come from.
type World struct {
	Finder
	// Explainer knows what goroutines did. Nil: nobody does.
	Explainer states.Explainer
	// Progress says what is being done. Nil: nobody is told.
	Progress func(doing string, done, total int)
}

// Answer finds the sets, and compares them.
func (w World) Answer(ctx context.Context, q Question) (*labapi.Comparison, error) {
	a, b, err := w.findBoth(ctx, q)
	if err == nil && a.Growing+b.Growing > 0 && w.settle(ctx) {
		a, b, err = w.findBoth(ctx, q)
	}
	if err != nil {
		return nil, err
	}
	if q.Kind == labapi.CompareSets && len(a.Traces) == 1 && len(b.Traces) == 1 {
		q.Kind = labapi.CompareTraces
	}
	answer, err := w.compare(ctx, q, a, b)
	if err != nil && ctx.Err() == nil {
		err = &Incomparable{err}
	}
	if err != nil {
		return nil, err
	}
	answer.Warnings = append(answer.Warnings, a.Warnings(nameOf(q, "A"))...)
	answer.Warnings = append(answer.Warnings, b.Warnings("B")...)
	return answer, w.addStates(ctx, answer, a, b)
}

// findBoth finds A and, if there is one, B.
func (w World) findBoth(ctx context.Context, q Question) (a, b *collect.Found, err error) {
	if a, err = w.find(ctx, q.A); err != nil || q.B == "" {
		return a, &collect.Found{}, err
	}
	b, err = w.find(ctx, q.B)
	return a, b, err
}

// settle waits until the spans have come of what had ended by now.
func (w World) settle(ctx context.Context) bool {
	w.say("waiting for the last spans", 0, 0)
	select {
	case <-ctx.Done():
		return false
	case <-time.After(collect.Settled):
		return true
	}
}

// nameOf is what a side is called in a warning.
func nameOf(q Question, side string) string {
	if q.B == "" {
		return "The set"
	}
	return side
}

func (w World) find(ctx context.Context, text string) (*collect.Found, error) {
	w.say("finding traces", 0, 0)
	found, err := w.Find(ctx, text)
	if err != nil {
		return nil, err
	}
	if len(found.Traces) == 0 {
		return nil, fmt.Errorf("%s: %w", text, collect.ErrNothing)
	}
	return found, nil
}

// Incomparable is the error of sets that were found, and cannot be compared.
type Incomparable struct{ Err error }

func (e *Incomparable) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *Incomparable) Unwrap() error { return e.Err }

func (w World) compare(ctx context.Context, q Question, a, b *collect.Found) (*labapi.Comparison, error) {
	o := compare.Options{Strata: q.Strata, Quantile: q.Quantile, Recorded: w.recorded(), Progress: func(done, total int) { w.say("comparing", done, total) }}
	if q.Kind == labapi.CompareSlow || q.Kind == labapi.CompareTag {
		o.Quantile = q.Slow
	}
	switch q.Kind {
	case labapi.CompareTraces:
		return compare.Traces(a.Traces[0], b.Traces[0])
	case labapi.CompareSlow:
		return compare.Slow(ctx, setOf(a), o)
	case labapi.CompareTag:
		return compare.ByTag(ctx, setOf(a), q.Tag, o)
	}
	return compare.Sets(ctx, setOf(a), setOf(b), o)
}

// recorded reports of which traces execution traces are kept.
func (w World) recorded() func(zipkin.TraceID) bool {
	if w.Explainer == nil {
		return nil
	}
	return func(id zipkin.TraceID) bool { return w.Explainer.Execution(id, nil).State == labapi.ExecutionStored }
}

func setOf(f *collect.Found) compare.Set {
	return compare.Set{Label: f.Label, Traces: slices.Values(f.Traces), Cut: f.Cut != ""}
}

// addStates explains requests of both sides.
func (w World) addStates(ctx context.Context, answer *labapi.Comparison, a, b *collect.Found) error {
	w.say("explaining", 0, 0)
	switch answer.Kind {
	case labapi.CompareTag:
		return nil
	case labapi.CompareSlow:
		fast, slow := bySlowness(a.Traces, answer.B.N)
		return states.Add(ctx, w.Explainer, answer, fast, slow)
	}
	return states.Add(ctx, w.Explainer, answer, a.Traces, b.Traces)
}

func (w World) say(doing string, done, total int) {
	if w.Progress != nil {
		w.Progress(doing, done, total)
	}
}

// bySlowness splits off the n slowest traces.
func bySlowness(all [][]zipkin.Span, n int) (fast, slow [][]zipkin.Span) {
	took := make(map[*zipkin.Span]int64, len(all)) // by the first span
	for _, spans := range all {
		if root := zipkin.LongestRoot(spans); root != nil {
			took[&spans[0]] = root.Duration
		}
	}
	sorted := slices.SortedFunc(slices.Values(all), func(a, b []zipkin.Span) int { return cmp.Compare(took[&a[0]], took[&b[0]]) })
	at := max(0, len(sorted)-n)
	return sorted[:at], sorted[at:]
}
