package store

import (
	"math/bits"
	"slices"
)

// form is all that decides which links a trace has, and these links. A program
// makes traces of few forms, so that nearly every trace has the links of one
// before it, and needs no tree of its own. The times of siblings decide the
// order of the links alone: by then the first trace of the form has settled it.
type form struct {
	spans []formSpan
	links []formLink
}

// formSpan is a span of a form, of which there is one for each record, in the
// order of the records.
type formSpan struct {
	shape  uint64 // its number
	parent int    // place of the parent, or noParent or lostParent
}

const (
	noParent   = -1
	lostParent = -2
)

// formLink is a link of a form.
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
// more decides than a form says: where spans share an id, or several could be
// the root.
func (f *forms) describe(recs []record) (hash uint64, ok bool) {
	const most = 32 // spans; looking for parents takes quadratic time
	if len(recs) > most {
		return 0, false
	}
	f.spans = f.spans[:0]
	roots := 0
	for i := range recs {
		parent, alone := placeOf(recs, i)
		if parent == noParent {
			roots++
		}
		if !alone || roots > 1 {
			return 0, false
		}
		shape := recs[i].shape.number
		f.spans = append(f.spans, formSpan{shape, parent})
		hash = bits.RotateLeft64((hash^shape<<8^uint64(uint8(parent)))*0x9e3779b97f4a7c15, 29)
	}
	return hash, true
}

// placeOf returns the place of the parent of the record at i, and whether no
// other has its id.
func placeOf(recs []record, i int) (parent int, alone bool) {
	parent = lostParent
	if recs[i].parent == 0 {
		parent = noParent
	}
	for j := range recs {
		if recs[j].id == recs[i].id && j != i {
			return 0, false
		}
		if recs[j].id == recs[i].parent && parent != noParent {
			parent = j
		}
	}
	return parent, true
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
