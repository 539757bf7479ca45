package store

import (
	"hash/maphash"
	"math/bits"
)

// nodeSum says of the traces that have their home in a slot, or a block, what none of them has, so that
// a search need not look at them. It is a Bloom filter: it may say of a few conditions
// that they might be met when none is.
type nodeSum struct {
	version uint64   // node.changed
	longest int64    // µs, of all spans
	salt    uint64   // lest what is wrong of one is wrong of all, which have much in common
	bits    []uint64 // a power of two of them
}

func (f *nodeSum) size() int64 {
	if f == nil {
		return 0
	}
	return 56 + int64(8*len(f.bits))
}

// probes are the bits of a feature, as numbers of which the lowest bits count.
func (f *nodeSum) probes(feature uint64) [3]uint64 {
	h := (feature ^ f.salt) * 0x9e3779b97f4a7c15
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 32
	return [3]uint64{h, h >> 21, h >> 42}
}

func (f *nodeSum) add(feature uint64) {
	mask := uint64(len(f.bits)*64 - 1)
	for _, p := range f.probes(feature) {
		f.bits[p&mask/64] |= 1 << (p & 63)
	}
}

func (f *nodeSum) has(feature uint64) bool {
	mask := uint64(len(f.bits)*64 - 1)
	for _, p := range f.probes(feature) {
		if f.bits[p&mask/64]&(1<<(p&63)) == 0 {
			return false
		}
	}
	return true
}

// newNodeSum makes a filter of features, most of which may be the same.
func newNodeSum(version uint64, longest int64, salt uint64, features []uint64) *nodeSum {
	const most = 1 << 21 / 64 // words: beyond it, probes would not reach
	words := 1
	for words < most && words*64 < 8*len(features) {
		words *= 2
	}
	f := &nodeSum{version, longest, salt, make([]uint64, words)}
	for _, feature := range features {
		f.add(feature)
	}
	for len(f.bits) > 1 && f.isSparse() {
		f.fold()
	}
	f.bits = append([]uint64(nil), f.bits...)
	return f
}

// isSparse reports whether half of the bits would do.
func (f *nodeSum) isSparse() bool {
	set := 0
	for _, word := range f.bits {
		set += bits.OnesCount64(word)
	}
	return set < len(f.bits)*64/7
}

// fold halves the filter: the places of a feature in the smaller one are the lower bits
// of those in the larger one.
func (f *nodeSum) fold() {
	half := len(f.bits) / 2
	for i := range half {
		f.bits[i] |= f.bits[half+i]
	}
	f.bits = f.bits[:half]
}

// The kinds of features.
const (
	hasService uint64 = iota + 1
	hasName
	hasRemote
	hasKey
	hasValue
	hasAnnotation
)

// feature is the hash of something that a span may have.
func feature(seed maphash.Seed, kind uint64, a, b string) uint64 {
	h := maphash.String(seed, a) + kind*0x9e3779b97f4a7c15
	if b != "" {
		h = bits.RotateLeft64(h, 31)*0xbf58476d1ce4e5b9 ^ maphash.String(seed, b)
	}
	h ^= h >> 32
	h *= 0x94d049bb133111eb
	return h ^ h>>29
}

// appendFeatures appends those of a record that a search may want.
func (r *record) appendFeatures(seed maphash.Seed, to []uint64) []uint64 {
	t := r.template
	service := t.local.ServiceName
	to = append(to, feature(seed, hasService, service, ""), feature(seed, hasName, service, t.name))
	if t.remote != "" {
		to = append(to, feature(seed, hasRemote, service, t.remote))
	}
	_, rest := r.cutRemote()
	for _, key := range r.tags.keys {
		var value string
		value, rest = cutText(rest)
		to = append(to, feature(seed, hasKey, key, ""), feature(seed, hasValue, key, value))
	}
	for rest != "" {
		a, after := r.cutAnnotation(rest)
		to, rest = append(to, feature(seed, hasAnnotation, a.Value, "")), after
	}
	return to
}

// wanted is what a trace must have to answer a query, as far as a nodeSum can tell.
type wanted struct {
	all         []uint64
	either      [][2]uint64 // a tag or an annotation
	minDuration int64       // µs
}

// wantedBy is nil of a query that can be answered only by looking.
func wantedBy(m *matcher, seed maphash.Seed) *wanted {
	if m.onlyTime() {
		return nil
	}
	q, w := &m.q, &wanted{minDuration: m.minDuration}
	if q.ServiceName != "" {
		w.all = append(w.all, feature(seed, hasService, q.ServiceName, ""))
		if q.SpanName != "" {
			w.all = append(w.all, feature(seed, hasName, q.ServiceName, q.SpanName))
		}
		if q.RemoteServiceName != "" {
			w.all = append(w.all, feature(seed, hasRemote, q.ServiceName, q.RemoteServiceName))
		}
	}
	for _, t := range m.terms {
		if t.value == "" {
			w.either = append(w.either, [2]uint64{feature(seed, hasKey, t.key, ""), feature(seed, hasAnnotation, t.key, "")})
		} else {
			w.all = append(w.all, feature(seed, hasValue, t.key, t.value))
		}
	}
	return w
}

// mayMatch reports whether one of the traces of f may answer the query.
func (w *wanted) mayMatch(f *nodeSum) bool {
	if f.longest < w.minDuration {
		return false
	}
	for _, feature := range w.all {
		if !f.has(feature) {
			return false
		}
	}
	for _, one := range w.either {
		if !f.has(one[0]) && !f.has(one[1]) {
			return false
		}
	}
	return true
}
