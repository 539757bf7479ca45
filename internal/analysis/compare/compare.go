// Package compare says by how much the requests of two sets of traces differ in their
// duration, which call paths that comes from, and how sure that is.
//
// The time of a request is all on its critical path, so that the change of the mean
// duration is the sum of the changes of call paths, exactly. Whether a change may be
// chance is tested by exchanging the labels of the two sets (package stat). What is
// concluded, and when nothing is, says docs/decisions/0030.
package compare

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// Set is a set of traces to compare.
type Set struct {
	Label string // what people call it
	// Traces are the spans of each trace, which may be partial. They are read once, and
	// not kept.
	Traces iter.Seq[[]zipkin.Span]
	Cut    bool // there are more traces than these
}

// Options say how sets are compared. The zero value is good.
type Options struct {
	// Strata are tags. Requests are compared with those of the other set that have the
	// same values of them, and of what else is known to be an input.
	Strata []string
	// Quantile of the durations whose change is described, too, such as 0.95; of Slow and
	// ByTag, the one that slow requests are not below. Zero: none, and 0.95.
	Quantile float64
	Seed     uint64
	// Recorded reports whether the execution of a trace is recorded. Such traces are
	// preferred as examples. It may be nil.
	Recorded func(zipkin.TraceID) bool
	// Progress is called now and then with how much is done. While traces are read, total
	// is zero and done how many have been. It may be nil, and need not be safe for
	// concurrent use.
	Progress func(done, total int)
}

// What makes a comparison impossible is in these errors' sentences.
var (
	ErrNothing  = errors.New("no request of a known duration")
	ErrNoCommon = errors.New("nothing to compare")
)

// How often labels are exchanged and traces drawn.
const (
	permutations = 1000
	resamplings  = 1000
	halfRounds   = 200
)

// Sets compares two sets of traces. A trace that both have counts in the smaller one alone.
func Sets(ctx context.Context, a, b Set, o Options) (*labapi.Comparison, error) {
	r := newReader(o)
	sideA, err := r.read(ctx, a)
	if err != nil {
		return nil, err
	}
	sideB, err := r.read(ctx, b)
	if err != nil {
		return nil, err
	}
	if err := bothNotEmpty(sideA, sideB); err != nil {
		return nil, err
	}
	shared := apart(sideA, sideB)
	flipped := sideB.before(sideA)
	x, y := sideA, sideB
	if flipped {
		x, y = y, x
	}
	s, err := newSample(r.paths, r.inputs, x, y)
	if err != nil {
		return nil, notCommon(sideA, sideB, r.inputs)
	}
	f, err := find(ctx, s, o)
	if err != nil {
		return nil, err
	}
	c := f.comparison(o)
	if flipped {
		flip(c)
	}
	if shared != "" {
		c.Warnings = append(c.Warnings, shared)
	}
	finish(c)
	return c, nil
}

func bothNotEmpty(a, b *side) error {
	for _, s := range []*side{a, b} {
		if len(s.observations) == 0 {
			return s.empty()
		}
	}
	return nil
}

// empty says why a set cannot be compared.
func (s *side) empty() error {
	if s.skipped > 0 {
		return fmt.Errorf("%w in %s: none of its %d traces has a first span with a duration", ErrNothing, s.label, s.skipped)
	}
	return fmt.Errorf("%w in %s: it has no traces", ErrNothing, s.label)
}

// notCommon says what each side has that the other has not.
func notCommon(a, b *side, of inputs) error {
	return fmt.Errorf("%w: no request of %s has the same input as one of %s: %q is not %q", ErrNoCommon, a.label, b.label, of.first(a), of.first(b))
}

// first is the input of the earliest request of a side.
func (in *inputs) first(s *side) string { return in.keys[s.observations[0].coarse] }
