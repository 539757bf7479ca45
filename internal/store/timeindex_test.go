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

func TestABlockThatComesBackIsNamedOnce(t *testing.T) {
	s := New(Config{MaxSpans: 3})
	for i := range uint64(100) { // blocks empty and fill in turn
		s.Add([]zipkin.Span{lone(i+1, int64(i%3)*300)})
	}
	if !slices.IsSorted(s.times.keys) || len(slices.Compact(slices.Clone(s.times.keys))) != len(s.times.keys) {
		t.Errorf("keys %v, want them sorted and unique", s.times.keys)
	}
	for key := range s.times.blocks {
		if !slices.Contains(s.times.keys, key) {
			t.Errorf("block %d is not among the keys %v", key, s.times.keys)
		}
	}
}
