package question

import (
	"context"
	"iter"
	"slices"

	"example.com/tracelab/internal/analysis/collect"
	"example.com/tracelab/internal/analysis/compare"
	"example.com/tracelab/internal/analysis/states"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// set is a set that is being read. Of its traces those are kept that can be explained.
type set struct {
	*collect.Found
	explainer states.Explainer
	head      [][]zipkin.Span // the first two traces, or the only one, once they are read
	next      func() ([]zipkin.Span, error, bool)
	stop      func()
	fail      context.CancelCauseFunc

	kept [][]zipkin.Span
	took []int64 // how long the request of each trace took, in µs
}

// newSet begins to read a set. fail takes the error that ends it. The caller stops it.
func newSet(f *collect.Found, x states.Explainer, fail context.CancelCauseFunc) *set {
	s := &set{Found: f, explainer: x, fail: fail}
	s.next, s.stop = iter.Pull2(f.Traces)
	return s
}

// readHead reads the first traces. An error stops the set.
func (s *set) readHead() error {
	for range 2 {
		spans, err, more := s.next()
		if err != nil {
			s.stop()
			return err
		}
		if more {
			s.head = append(s.head, spans)
		}
	}
	return nil
}

// noSet is what is not asked for.
func noSet() *set { return &set{Found: &collect.Found{}, stop: func() {}} }

func (s *set) toCompare() compare.Set {
	return compare.Set{Label: s.Label, Traces: s.all} // whether it is cut is known at its end
}

// all yields all traces, once.
func (s *set) all(yield func([]zipkin.Span) bool) {
	for _, spans := range s.head {
		if s.keep(spans); !yield(spans) {
			return
		}
	}
	for {
		spans, err, more := s.next()
		if err != nil {
			s.fail(err)
		}
		if err != nil || !more {
			return
		}
		if s.keep(spans); !yield(spans) {
			return
		}
	}
}

// keep notes how long a trace took, and keeps it if it can be explained.
func (s *set) keep(spans []zipkin.Span) {
	if s.explainer == nil || len(spans) == 0 {
		return
	}
	took := int64(0)
	if root := zipkin.LongestRoot(spans); root != nil {
		took = root.Duration
	}
	s.took = append(s.took, took)
	switch s.explainer.Execution(spans[0].TraceID, spans).State {
	case labapi.ExecutionStored, labapi.ExecutionRecorded:
		s.kept = append(s.kept, spans)
	}
}

// without are the traces that were kept and count in this set: of what both sets have, the
// smaller one's.
func (s *set) without(other *set) [][]zipkin.Span {
	if len(s.took) <= len(other.took) {
		return s.kept
	}
	theirs := map[zipkin.TraceID]bool{}
	for _, spans := range other.kept {
		theirs[spans[0].TraceID] = true
	}
	return slices.DeleteFunc(s.kept, func(spans []zipkin.Span) bool { return theirs[spans[0].TraceID] })
}

// bySlowness divides the traces that were kept: slow are those of the n slowest of all.
func (s *set) bySlowness(n int) (fast, slow [][]zipkin.Span) {
	if n == 0 || n > len(s.took) {
		return s.kept, nil
	}
	sorted := slices.Sorted(slices.Values(s.took))
	least := sorted[len(sorted)-n]
	for _, spans := range s.kept {
		if root := zipkin.LongestRoot(spans); root != nil && root.Duration >= least {
			slow = append(slow, spans)
		} else {
			fast = append(fast, spans)
		}
	}
	return fast, slow
}
