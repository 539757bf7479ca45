package web

import (
	"cmp"
	"math"
	"slices"

	"example.com/tracelab/internal/zipkin"
)

// links says whose child each span of a trace is. Spans come from many
// processes, some of them wrong: parents may be absent, ids used twice, and
// chains closed to a ring. What comes out is always a forest.
type links struct {
	spans  []*zipkin.Span // by start, so that siblings come out in order
	parent []int          // index of the parent, or none
	notes  []note
}

const none = -1

// note says what is odd about a span's place in the tree.
type note uint8

const (
	orphan    note = 1 << iota // its parent is not among the spans
	selfChild                  // it names itself as its parent
	inCycle                    // its ancestors lead back to it; the ring is cut here
	repeated                   // another span has the same id and is not its other half
)

func link(spans []zipkin.Span) links {
	l := links{
		spans:  byStart(spans),
		parent: make([]int, len(spans)),
		notes:  make([]note, len(spans)),
	}
	idx := indexSpans(l.spans)
	for i, s := range l.spans {
		l.parent[i], l.notes[i] = idx.parentOf(i, s)
		if idx.isRepeated(i, s) {
			l.notes[i] |= repeated
		}
	}
	l.cutCycles()
	return l
}

// byStart orders spans whatever order they arrived in. Unknown starts go last.
func byStart(spans []zipkin.Span) []*zipkin.Span {
	sorted := make([]*zipkin.Span, len(spans))
	for i := range spans {
		sorted[i] = &spans[i]
	}
	slices.SortStableFunc(sorted, func(a, b *zipkin.Span) int {
		return cmp.Or(
			cmp.Compare(startOrLast(a), startOrLast(b)),
			cmp.Compare(callerFirst(a), callerFirst(b)),
			cmp.Compare(b.Duration, a.Duration),
			cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Local.ServiceName, b.Local.ServiceName),
			cmp.Compare(a.Name, b.Name),
		)
	})
	return sorted
}

func startOrLast(s *zipkin.Span) int64 {
	if s.Timestamp <= 0 {
		return math.MaxInt64
	}
	return s.Timestamp
}

func callerFirst(s *zipkin.Span) int {
	if isCallee(s) {
		return 1
	}
	return 0
}

// isCallee says whether s can be the far half of a call that shares its id.
func isCallee(s *zipkin.Span) bool { return s.Shared || s.Kind == zipkin.Server }

// spanIndex finds parents in constant time, however often an id is repeated.
type spanIndex struct {
	first   map[zipkin.SpanID]int
	callers map[zipkin.SpanID]int
	callees map[zipkin.SpanID]int
	inside  map[idAndService]int
}

type idAndService struct {
	id      zipkin.SpanID
	service string
}

func indexSpans(spans []*zipkin.Span) spanIndex {
	x := spanIndex{
		first:   make(map[zipkin.SpanID]int, len(spans)),
		callers: make(map[zipkin.SpanID]int, len(spans)),
		callees: map[zipkin.SpanID]int{},
		inside:  make(map[idAndService]int, len(spans)),
	}
	for i, s := range spans {
		setOnce(x.first, s.ID, i)
		setOnce(x.inside, idAndService{s.ID, s.Local.ServiceName}, i)
		setOnce(x.half(s), s.ID, i)
	}
	return x
}

// half is the index of the side of a call that s timed.
func (x spanIndex) half(s *zipkin.Span) map[zipkin.SpanID]int {
	if isCallee(s) {
		return x.callees
	}
	return x.callers
}

func (x spanIndex) isRepeated(i int, s *zipkin.Span) bool { return x.half(s)[s.ID] != i }

func setOnce[K comparable](m map[K]int, k K, v int) {
	if _, ok := m[k]; !ok {
		m[k] = v
	}
}

func (x spanIndex) parentOf(i int, s *zipkin.Span) (int, note) {
	if isCallee(s) {
		if c, ok := x.callers[s.ID]; ok {
			return c, 0
		}
	}
	if s.ParentID == 0 {
		return none, 0
	}
	if s.ParentID == s.ID {
		return none, selfChild
	}
	// Two halves of a call share an id; a child belongs to the one in its process.
	if p, ok := x.inside[idAndService{s.ParentID, s.Local.ServiceName}]; ok {
		return p, 0
	}
	if p, ok := x.first[s.ParentID]; ok {
		return p, 0
	}
	return none, orphan
}

// cutCycles makes the earliest span of each ring a root. Each span is walked
// over once, so a ring of any size costs no more than a chain.
func (l links) cutCycles() {
	walkOf := make([]int, len(l.spans)) // which walk met the span first; 0: none yet
	for start := range l.spans {
		walk := start + 1
		i := start
		for i != none && walkOf[i] == 0 {
			walkOf[i] = walk
			i = l.parent[i]
		}
		if i != none && walkOf[i] == walk {
			l.cut(i)
		}
	}
}

func (l links) cut(ring int) {
	earliest := ring
	for i := l.parent[ring]; i != ring; i = l.parent[i] {
		earliest = min(earliest, i)
	}
	l.parent[earliest] = none
	l.notes[earliest] |= inCycle
}
