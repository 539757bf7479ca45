package store

import (
	"math/rand/v2"
	"slices"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

// TestFormsChangeNoLink adds traces of few forms, and of all sorts that have
// none, with and without the memory for forms. Some traces differ only by what
// a form must distinguish.
func TestFormsChangeNoLink(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	kinds := []zipkin.Kind{zipkin.Client, zipkin.Server, zipkin.Server, ""}
	known, unusual := 0, 0
	for round := range 3000 {
		s := New(Config{})
		var edges, plain zipkin.Edges
		with, without := linker{calls: &edges, timed: true}, linker{calls: &plain, timed: true}
		var all [][]zipkin.Span
		for n := range 8 {
			trace := traceLike(r, kinds, all)
			for i := range trace {
				trace[i].TraceID = traceID(0, uint64(n+1))
			}
			all = append(all, trace)
			s.Add(trace)
			recs := s.records(uint64(n + 1))
			if hash, ok := with.forms.describe(recs); !ok {
				unusual++
			} else if with.forms.find(hash) != nil {
				known++
			}
			with.addTrace(recs)
			without.addTree(recs)
			if !slices.Equal(edgeTexts(edges.List()), edgeTexts(plain.List())) {
				t.Fatalf("round %d, trace %d: %+v with forms, %+v without\n%+v", round, n, edges.List(), plain.List(), all)
			}
		}
	}
	t.Logf("of 24,000 traces %d had a form that was known, and %d had none", known, unusual)
	if known < 5000 || unusual < 2000 {
		t.Errorf("too few of either")
	}
}

// traceLike makes a trace that is one of those before it with a change, or
// without one, or is new.
func traceLike(r *rand.Rand, kinds []zipkin.Kind, before [][]zipkin.Span) (trace []zipkin.Span) {
	if len(before) > 0 && r.IntN(4) > 0 {
		trace = slices.Clone(before[r.IntN(len(before))])
	} else {
		for i := range 1 + r.IntN(6) {
			service := string(rune('a' + r.IntN(5)))
			trace = append(trace, zipkin.Span{ID: zipkin.SpanID(i + 1), ParentID: zipkin.SpanID(r.IntN(i + 1)), Kind: kinds[r.IntN(len(kinds))],
				Timestamp: t0 + int64(i), Duration: int64(r.IntN(3)), Local: zipkin.Endpoint{ServiceName: service}})
			if i > 0 && trace[i].ParentID == 0 {
				trace[i].ParentID = 1
			}
		}
	}
	sp, other := &trace[r.IntN(len(trace))], &trace[r.IntN(len(trace))]
	switch r.IntN(16) {
	case 0:
		sp.Timestamp, other.Timestamp = other.Timestamp, sp.Timestamp
	case 1:
		sp.ParentID = other.ID // maybe itself
	case 2:
		sp.ParentID = 99 // lost
	case 3:
		sp.ParentID = 0
	case 4:
		sp.ID = other.ID
	case 5:
		sp.Shared = !sp.Shared
	case 6:
		sp.Timestamp = other.Timestamp
	case 7:
		sp.Tags = []zipkin.Tag{tag("error", "")}
	case 8:
		sp.Remote.ServiceName = "remote"
	case 9:
		sp.ID = 0 // as Zipkin lets it
	case 10:
		for i := range trace { // other ids, and another order of them
			trace[i].ID, trace[i].ParentID = 100-trace[i].ID, (100-trace[i].ParentID)%100
		}
	}
	return trace
}
