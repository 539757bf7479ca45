package exectrace

import "iter"

// list is a long slice in pieces, so that nothing is copied while it grows, and
// what at returns stays where it is.
type list[T any] struct {
	pieces [][]T
	size   int
}

const piece = 1 << 12

func (l *list[T]) add(x T) (int, *T) {
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

func (l *list[T]) at(i int) *T { return &l.pieces[i/piece][i%piece] }

func (l *list[T]) all() iter.Seq2[int, *T] {
	return func(yield func(int, *T) bool) {
		for i := range l.size {
			if !yield(i, l.at(i)) {
				return
			}
		}
	}
}

// numbering gives each id a number, from zero on in the order of their coming.
// Ids are numbered by the runtime in turn, so that there is a page for every few
// hundred; where a file has others, a map does.
type numbering struct {
	pages  map[uint64]*[idPage]int32
	others map[uint64]int32
	last   *[idPage]int32 // of the page asked for last
	lastAt uint64
	size   int
}

const idPage = 1 << 8

func newNumbering() *numbering {
	return &numbering{pages: map[uint64]*[idPage]int32{}, others: map[uint64]int32{}}
}

// find returns the number of id. It remembers where it was: only one may find at
// a time.
func (n *numbering) find(id uint64) (int32, bool) {
	if i := n.page(id); i != nil {
		return i[id%idPage] - 1, i[id%idPage] != 0
	}
	i, ok := n.others[id]
	return i, ok
}

// lookup is find for when all are numbered, and any number may look.
func (n *numbering) lookup(id uint64) (int32, bool) {
	if p := n.pages[id/idPage]; p != nil {
		return p[id%idPage] - 1, p[id%idPage] != 0
	}
	i, ok := n.others[id]
	return i, ok
}

// add numbers an id that has no number.
func (n *numbering) add(id uint64) int32 {
	at := int32(n.size)
	n.size++
	p := n.page(id)
	if p == nil && len(n.pages) < 64+n.size/16 {
		p = new([idPage]int32)
		n.pages[id/idPage] = p
		n.last, n.lastAt = p, id/idPage
	}
	if p != nil {
		p[id%idPage] = at + 1
	} else {
		n.others[id] = at
	}
	return at
}

func (n *numbering) page(id uint64) *[idPage]int32 {
	if n.last == nil || n.lastAt != id/idPage {
		p := n.pages[id/idPage]
		if p == nil {
			return nil
		}
		n.last, n.lastAt = p, id/idPage
	}
	return n.last
}
