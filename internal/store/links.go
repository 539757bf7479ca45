package store

import (
	"math"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// Dependencies links the services of the traces that have any span in the
// window of lookback before endTs, both to the millisecond and inclusive. All
// spans of such a trace count, and ids that share the low 64 bits are one
// trace. Links come in order of their first appearance, in the newest trace
// first. The rules are those of Zipkin's DependencyLinker.
func (s *Store) Dependencies(endTs time.Time, lookback time.Duration) []zipkin.Link {
	return s.links.dependencies(windowOf(endTs, lookback))
}

// Edges are the links of Dependencies, with the durations of their calls.
func (s *Store) Edges(endTs time.Time, lookback time.Duration) []zipkin.Edge {
	var edges zipkin.Edges
	l := linker{calls: &edges, timed: true}
	w := s.walk(windowOf(endTs, lookback), "", math.MaxInt)
	for chunk := w.next(); chunk != nil; chunk = w.next() {
		for _, c := range chunk {
			l.addTrace(c.recs)
		}
	}
	return edges.List()
}

// calls is where the calls of traces are counted, as by zipkin.Edges.
type calls interface {
	At(parent, child string) int
	Count(at int, hasError bool, names zipkin.Names)
	Time(at int, us int64)
}

// linker finds the calls of many traces. It reuses its memory for each.
type linker struct {
	calls
	timed bool // durations, too
	tree  spanTree
	forms forms
	trail []formCall // of the current trace
}

// addTrace adds the calls of one trace.
func (l *linker) addTrace(recs []record) {
	hash, plain := l.forms.describe(recs)
	if plain {
		if known := l.forms.find(hash); known != nil {
			for _, k := range known.calls {
				l.count(k, recs)
			}
			return
		}
	}
	l.addTree(recs)
	if plain {
		l.forms.keep(hash, l.trail)
	}
}

// addTree adds the calls of one trace: the tree, breadth-first.
func (l *linker) addTree(recs []record) {
	l.trail = l.trail[:0]
	l.tree.build(recs)
	l.tree.Calls(l.add)
}

// add adds a call of the current tree.
func (l *linker) add(c zipkin.Call) {
	at := l.calls.At(c.Parent, c.Child)
	l.trail = append(l.trail, formCall{at, c.HasError, c.Names, l.tree.Report(c.Timer), l.tree.Report(c.OrElse)})
	l.calls.Count(at, c.HasError, c.Names)
	if l.timed {
		l.calls.Time(at, l.tree.Duration(c))
	}
}

// count adds the call of a trace that has a known form.
func (l *linker) count(k formCall, recs []record) {
	l.calls.Count(k.edge, k.hasError, k.names)
	if !l.timed {
		return
	}
	for _, i := range [...]int32{k.timer, k.orElse} {
		if i != zipkin.None && recs[i].duration > 0 {
			l.calls.Time(k.edge, recs[i].duration)
			return
		}
	}
}
