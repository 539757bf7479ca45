package store

import (
	"math/bits"
	"slices"

	"example.com/tracelab/internal/zipkin"
)

// form is what decides which calls a trace has, and these calls. A program makes
// traces of few forms, so that nearly every trace has the calls of one before it,
// and no tree is built for it. The times of siblings decide only the order of the
// calls, and that is decided by the first trace of a form.
type form struct {
	spans []formSpan
	calls []formCall
}

// formSpan is a span of a form, of which there is one for each record, in the
// order of the records.
type formSpan struct {
	template uint64 // its number
	parent   int32  // index of the parent, or noParent or lostParent
	hasError bool
}

const (
	noParent   = -1
	lostParent = -2
)

// formCall is a call of a form.
type formCall struct {
	edge          int // its index
	hasError      bool
	names         zipkin.Names
	timer, orElse int32 // indexes of the records that have its duration, or zipkin.None
}

// forms are those of the traces before.
type forms struct {
	byHash map[uint64]*form
	spans  []formSpan // of the current trace
	bytes  int64      // of byHash
	most   int64      // of bytes, about; 0: as many as the number of forms allows
}

// describe notes the form of a trace and returns its hash. It reports false where
// a form does not decide the calls: where spans share an id, or several could be
// the root.
func (f *forms) describe(recs []record) (hash uint64, ok bool) {
	const most = 32 // spans; looking for parents takes quadratic time
	if len(recs) > most {
		return 0, false
	}
	f.spans = f.spans[:0]
	roots := 0
	for i := range recs {
		parent, alone := parentOf(recs, i)
		if parent == noParent {
			roots++
		}
		if !alone || roots > 1 {
			return 0, false
		}
		sp := formSpan{recs[i].template.number, int32(parent), recs[i].tags.hasError}
		f.spans = append(f.spans, sp)
		hash = bits.RotateLeft64((hash^sp.template<<8^uint64(uint8(parent)))*0x9e3779b97f4a7c15, 29)
		if sp.hasError {
			hash++
		}
	}
	return hash, true
}

// parentOf returns the index of the parent of the record at i, and whether no
// other record has its id.
func parentOf(recs []record, i int) (parent int, alone bool) {
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

// find returns the form of the current trace, nil when it is the first.
func (f *forms) find(hash uint64) *form {
	if known := f.byHash[hash]; known != nil && slices.Equal(known.spans, f.spans) {
		return known
	}
	return nil
}

// keep stores the calls of the current trace's form.
func (f *forms) keep(hash uint64, calls []formCall) {
	if f.full() && f.byHash[hash] == nil {
		return
	}
	if f.byHash == nil {
		f.byHash = map[uint64]*form{}
	}
	kept := &form{slices.Clone(f.spans), slices.Clone(calls)}
	f.bytes += kept.size() - f.byHash[hash].size()
	f.byHash[hash] = kept
}

// full reports whether no more forms are kept: of a program that has more, it does not
// pay.
func (f *forms) full() bool {
	const most = 1024
	return len(f.byHash) >= most || f.most > 0 && f.bytes >= f.most
}

// forget forgets all forms.
func (f *forms) forget() { f.byHash, f.bytes = nil, 0 }

// size estimates the memory of a form.
func (f *form) size() int64 {
	if f == nil {
		return 0
	}
	const own = 48 + 32 // the struct, and a map entry
	return own + int64(16*cap(f.spans)+40*cap(f.calls))
}
