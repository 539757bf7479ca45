package store

import (
	"iter"

	"example.com/tracelab/internal/zipkin"
)

// Found is a trace that was found, as it stood at one moment. It takes no copy of its
// spans, and keeps them alive also after the store has evicted them.
type Found struct {
	low  uint64
	recs []record // in the order of the answer
}

// Spans yields the spans. Each one is overwritten by the next; the bytes of strings are
// shared with the store, which never changes them.
func (f Found) Spans() iter.Seq[*zipkin.Span] {
	return func(yield func(*zipkin.Span) bool) {
		var sp zipkin.Span
		var tags []zipkin.Tag
		for i := range f.recs {
			sp, tags = f.recs[i].span(f.low, tags[:0], sp.Annotations[:0])
			if !yield(&sp) {
				return
			}
		}
	}
}

// unpack makes spans, which belong to the caller but for the bytes of strings.
func (f Found) unpack() []zipkin.Span { return unpack(f.low, f.recs) }

func unpackAll(found []Found) [][]zipkin.Span {
	var traces [][]zipkin.Span
	for _, f := range found {
		traces = append(traces, f.unpack())
	}
	return traces
}
