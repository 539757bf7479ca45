package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

// TestMergeAsTheLinkerDoes holds zipkin.Merge to what the store links, which is held to
// Zipkin: of reports that do not contradict one another, both make the same.
func TestMergeAsTheLinkerDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	merged := 0
	for range 3000 {
		spans := make([]zipkin.Span, 1+r.IntN(9))
		for i := range spans {
			sp := wildSpan(r)
			sp.TraceID, sp.Kind, sp.Name = traceID(0, 1), one(r, "", kindsOf[sp.Local.ServiceName]), one(r, "", "get")
			sp.Timestamp, sp.Duration = one(r, 0, t0), one[int64](r, 0, 10)
			spans[i] = sp
		}
		s := New(Config{})
		s.Add(spans)
		stored, _ := s.Trace(traceID(0, 1))
		before := fmt.Sprint(stored)
		var tree spanTree
		tree.build(s.records(1))
		var got, want []string
		for _, sp := range zipkin.Merge(stored) {
			_, hasError := sp.Tag("error")
			got = append(got, fmt.Sprint(sp.ID, zipkin.Half{Kind: sp.Kind, ParentID: sp.ParentID, Shared: sp.Shared}, sp.Timestamp, sp.Duration, sp.Local, sp.Remote.ServiceName, hasError))
		}
		for i, n := range tree.Nodes {
			e := tree.Ends[i]
			want = append(want, fmt.Sprint(n.ID, n.Half, n.Timestamp, n.Duration, *n.Local, e.Remote, e.HasError))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%v\n got %q\nwant %q", stored, got, want)
		}
		if fmt.Sprint(stored) != before {
			t.Fatalf("Merge changed what it was given:\n%v\n%s", stored, before)
		}
		merged += len(stored) - len(got)
	}
	if merged < 1000 {
		t.Errorf("of 3,000 traces, %d spans were merged: too few to learn from", merged)
	}
}

// kindsOf are those of the spans of each service.
var kindsOf = map[string]zipkin.Kind{"a": zipkin.Client, "b": zipkin.Server, "c": zipkin.Consumer}
