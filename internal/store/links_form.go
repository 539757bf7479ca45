package store

import (
	"math/bits"
	"slices"
)

// form is all that decides the links of a trace, and these links. A program
// makes traces of few forms, so that nearly every trace has the links of one
// before it, and needs no tree of its own.
type form struct {
	spans []formSpan
	links []formLink
}

// formSpan is a span of a form, of which there is one for each record, in the
// order of the records.
type formSpan struct {
	shape  uint64 // its number
	parent int16  // place of the parent, or noParent or lostParent
	rank   int16  // how many of its siblings began before it
}

const (
	noParent   = -1
	lostParent = -2
)

// formLink is a link of a form, in order of appearance.
type formLink struct {
	place   int // in linker.links
	isError bool
}

// forms are those that were met.
type forms struct {
	byHash map[uint64]*form
	spans  []formSpan // of the trace at hand
}

// describe notes the form of a trace and returns its hash. It gives up where
// more decides than a form says: where spans share an id, have no root or
// several, or where siblings began at once.
func (f *forms) describe(recs []record) (hash uint64, ok bool) {
	const most = 32 // spans; looking for parents takes quadratic time
	if len(recs) > most {
		return 0, false
	}
	f.spans = f.spans[:0]
	root := noParent
	for i := range recs {
		parent, alone := placeOf(recs, i)
		if !alone || recs[i].shape.shared {
			return 0, false
		}
		if parent == noParent {
			if root >= 0 {
				return 0, false
			}
			root = i
		}
		f.spans = append(f.spans, formSpan{shape: recs[i].shape.number, parent: int16(parent)})
	}
	if root == noParent || !f.rank(recs, int16(root)) {
		return 0, false
	}
	return f.hash(), true
}

// placeOf returns the place of the parent of the record at i, and whether its
// id is its own.
func placeOf(recs []record, i int) (parent int, alone bool) {
	parent = lostParent
	if recs[i].parent == 0 {
		parent = noParent
	}
	for j := range recs {
		switch {
		case j == i:
		case recs[j].id == recs[i].id:
			return 0, false
		case recs[j].id == recs[i].parent:
			parent = j
		}
	}
	return parent, recs[i].id != recs[i].parent
}

// rank orders the siblings, and reports whether their times do. What has lost
// its parent hangs on the root.
func (f *forms) rank(recs []record, root int16) bool {
	under := func(i int) int16 {
		if p := f.spans[i].parent; p != lostParent {
			return p
		}
		return root
	}
	for i := range recs {
		for j := range i {
			if under(i) != under(j) {
				continue
			}
			switch a, b := recs[i].timestamp, recs[j].timestamp; {
			case a == b:
				return false
			case a > b:
				f.spans[i].rank++
			default:
				f.spans[j].rank++
			}
		}
	}
	return true
}

func (f *forms) hash() (h uint64) {
	for _, sp := range f.spans {
		h ^= sp.shape<<16 ^ uint64(uint8(sp.parent))<<8 ^ uint64(uint8(sp.rank))
		h = bits.RotateLeft64(h*0x9e3779b97f4a7c15, 29)
	}
	return h
}

// find returns the form of the trace at hand, nil when it is the first.
func (f *forms) find(hash uint64) *form {
	if known := f.byHash[hash]; known != nil && slices.Equal(known.spans, f.spans) {
		return known
	}
	return nil
}

// keep notes that the trace at hand has links.
func (f *forms) keep(hash uint64, links []formLink) {
	const most = 4096 // forms; of a program that has more, it does not pay
	if len(f.byHash) >= most && f.byHash[hash] == nil {
		return
	}
	if f.byHash == nil {
		f.byHash = map[uint64]*form{}
	}
	f.byHash[hash] = &form{slices.Clone(f.spans), slices.Clone(links)}
}
