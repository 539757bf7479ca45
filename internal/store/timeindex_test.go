package store

import (
	"math/rand/v2"
	"slices"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

func TestMergeTail(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		front, tail := make([]int64, r.IntN(20)), make([]int64, r.IntN(20))
		for _, s := range [][]int64{front, tail} {
			for i := range s {
				s[i] = r.Int64N(30)
			}
			slices.Sort(s)
		}
		all := append(slices.Clone(front), tail...)
		want := slices.Sorted(slices.Values(all))
		if mergeTail(all, tail); !slices.Equal(all, want) {
			t.Fatalf("merge of %v and %v: %v", front, tail, all)
		}
	}
}

func TestASlotThatComesBackIsNamedOnce(t *testing.T) {
	s := New(Config{MaxSpans: 3})
	for i := range uint64(100) { // slots 0, 3 and 6 empty and fill in turn
		s.Add([]zipkin.Span{lone(i+1, int64(i%3)*3)})
	}
	if !slices.IsSorted(s.times.keys) || len(slices.Compact(slices.Clone(s.times.keys))) != len(s.times.keys) {
		t.Errorf("keys %v, want them sorted and unique", s.times.keys)
	}
	for key := range s.times.slots {
		if !slices.Contains(s.times.keys, key) {
			t.Errorf("slot %d is not among the keys %v", key, s.times.keys)
		}
	}
}
