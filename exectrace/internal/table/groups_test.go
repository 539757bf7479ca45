package table

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestGroups(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 7, 100} {
		of, want := []int32{}, make([][]int, n)
		for x := range 3 * n {
			i := int32(r.IntN(n))
			of, want[i] = append(of, i), append(want[i], x)
		}
		g := NewGroups(n, func(yield func(int32, int) bool) {
			for x, i := range of {
				if !yield(i, x) {
					return
				}
			}
		})
		i := 0
		for list := range g.Lists() {
			if !slices.Equal(list, want[i]) || !slices.Equal(g.Of(int32(i)), want[i]) {
				t.Errorf("list %d of %d is %v and %v, want %v", i, n, list, g.Of(int32(i)), want[i])
			}
			if grown := append(list, -1); len(list) > 0 && &grown[0] == &list[0] {
				t.Errorf("list %d of %d grows into the next one", i, n)
			}
			i++
		}
		if i != n || g.Of(-1) != nil {
			t.Errorf("%d lists and %v of none, want %d", i, g.Of(-1), n)
		}
	}
}
