// Package table holds what analyses of a trace keep in large numbers: lists,
// numbers of ids, stacks, times.
package table

import "iter"

// List is a long slice in pieces, so that nothing is copied while it grows, and
// what At returns stays where it is.
type List[T any] struct {
	pieces [][]T
	size   int
}

const piece = 1 << 12

// Add appends x, and returns where.
func (l *List[T]) Add(x T) (int, *T) {
	if l.size%piece == 0 {
		n := piece
		if l.size == 0 {
			n = 16 // many lists stay short
		}
		l.pieces = append(l.pieces, make([]T, 0, n))
	}
	last := &l.pieces[len(l.pieces)-1]
	*last = append(*last, x)
	l.size++
	return l.size - 1, &(*last)[len(*last)-1]
}

// At returns the element at an index.
func (l *List[T]) At(i int) *T { return &l.pieces[uint(i)/piece][uint(i)%piece] }

// All yields all elements with their indices.
func (l *List[T]) All() iter.Seq2[int, *T] {
	return func(yield func(int, *T) bool) {
		for i := range l.size {
			if !yield(i, l.At(i)) {
				return
			}
		}
	}
}

// Len is how many elements there are.
func (l *List[T]) Len() int { return l.size }
