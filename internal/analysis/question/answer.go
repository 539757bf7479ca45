package question

import (
	"context"
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
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	a, b, err := w.open(ctx, cancel, q)
	if err == nil && a.Growing+b.Growing > 0 && w.settle(ctx) {
		a.stop()
		b.stop()
		a, b, err = w.open(ctx, cancel, q)
	}
	if err != nil {
		return nil, err
	}
	defer a.stop()
	defer b.stop()
	if q.Kind == labapi.CompareSets && len(a.head) == 1 && len(b.head) == 1 {
		q.Kind = labapi.CompareTraces
	}
	answer, err := w.compare(ctx, q, a, b)
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause // which may be that a set could not be read to its end
	}
	if err != nil {
		return nil, &Incomparable{err}
	}
	answer.A.Cut, answer.B.Cut = a.Cut != "", b.Cut != "" || q.B == "" && a.Cut != ""
	answer.Warnings = append(answer.Warnings, a.Warnings(nameOf(q, "A"))...)
	answer.Warnings = append(answer.Warnings, b.Warnings("B")...)
	return answer, w.addStates(ctx, answer, a, b)
}

// open finds A and, if there is one, B, and reads their first traces.
func (w World) open(ctx context.Context, cancel context.CancelCauseFunc, q Question) (a, b *set, err error) {
	w.say("finding traces", 0, 0)
	if a, err = w.openOne(ctx, cancel, q.A, true); err != nil {
		return nil, nil, err
	}
	if q.B == "" {
		return a, noSet(), nil
	}
	if b, err = w.openOne(ctx, cancel, q.B, len(a.head) < 2); err != nil {
		a.stop()
	}
	return a, b, err
}

// openOne finds a set. Its first traces are read where they decide something: reading a
// file takes memory, which two would take at once.
func (w World) openOne(ctx context.Context, cancel context.CancelCauseFunc, text string, decides bool) (*set, error) {
	found, err := w.Find(ctx, text)
	if err != nil {
		return nil, err
	}
	s := newSet(found, w.Explainer, cancel)
	if decides || found.Live {
		err = s.readHead()
	}
	return s, err
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

// Incomparable is the error of sets that were found, and cannot be compared.
type Incomparable struct{ Err error }

func (e *Incomparable) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *Incomparable) Unwrap() error { return e.Err }

func (w World) compare(ctx context.Context, q Question, a, b *set) (*labapi.Comparison, error) {
	o := compare.Options{Strata: q.Strata, Quantile: q.Quantile, Recorded: w.recorded(), Progress: func(done, total int) { w.say("comparing", done, total) }}
	if q.Kind == labapi.CompareSlow || q.Kind == labapi.CompareTag {
		o.Quantile = q.Slow
	}
	switch q.Kind {
	case labapi.CompareTraces:
		a.keep(a.head[0])
		b.keep(b.head[0])
		return compare.Traces(a.head[0], b.head[0])
	case labapi.CompareSlow:
		return compare.Slow(ctx, a.toCompare(), o)
	case labapi.CompareTag:
		return compare.ByTag(ctx, a.toCompare(), q.Tag, o)
	}
	return compare.Sets(ctx, a.toCompare(), b.toCompare(), o)
}

// recorded reports of which traces execution traces are kept.
func (w World) recorded() func(zipkin.TraceID) bool {
	if w.Explainer == nil {
		return nil
	}
	return func(id zipkin.TraceID) bool { return w.Explainer.Execution(id, nil).State == labapi.ExecutionStored }
}

// addStates explains requests of both sides.
func (w World) addStates(ctx context.Context, answer *labapi.Comparison, a, b *set) error {
	w.say("explaining", 0, 0)
	switch answer.Kind {
	case labapi.CompareTag:
		return nil
	case labapi.CompareSlow:
		fast, slow := a.bySlowness(answer.B.N)
		return states.Add(ctx, w.Explainer, answer, fast, slow)
	}
	return states.Add(ctx, w.Explainer, answer, a.without(b), b.without(a))
}

func (w World) say(doing string, done, total int) {
	if w.Progress != nil {
		w.Progress(doing, done, total)
	}
}
