package table

import "iter"

// Groups has a list for each of many, such as the tasks of each goroutine. The lists are one
// behind the other, so that those that are empty or short, as most are, take little.
type Groups[T any] struct {
	ends []uint32 // of the lists
	all  []T
}

// NewGroups makes the lists of what is of each of n, in its order. It goes through it twice.
func NewGroups[T any](n int, each iter.Seq2[int32, T]) *Groups[T] {
	ends := make([]uint32, n+1) // first how many there are, of the one before
	for of := range each {
		ends[of+1]++
	}
	for i := range n {
		ends[i+1] += ends[i]
	}
	all := make([]T, ends[n])
	for of, x := range each {
		all[ends[of]] = x
		ends[of]++
	}
	return &Groups[T]{ends[:n], all}
}

// Of is the list of one, or nil of a negative i, which is none. It may be changed, but not
// made longer.
func (g *Groups[T]) Of(i int32) []T {
	if i < 0 {
		return nil
	}
	first := uint32(0)
	if i > 0 {
		first = g.ends[i-1]
	}
	return g.all[first:g.ends[i]:g.ends[i]]
}

// Lists yields all of them.
func (g *Groups[T]) Lists() iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for i := range g.ends {
			if !yield(g.Of(int32(i))) {
				return
			}
		}
	}
}
