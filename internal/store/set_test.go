package store

import "testing"

func TestSmallSetAcrossItsSizes(t *testing.T) {
	var s smallSet[int]
	for i := range 3 * smallSetMax {
		if s.has(i) {
			t.Fatalf("has(%d) before it was added", i)
		}
		if !s.add(i) || s.add(i) {
			t.Fatalf("add(%d) twice: want true, then false", i)
		}
	}
	for i := range 3 * smallSetMax {
		if !s.has(i) || s.list[i] != i {
			t.Errorf("after all: has(%d) = %v, list[%d] = %d", i, s.has(i), i, s.list[i])
		}
	}
}
