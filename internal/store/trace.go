package store

import (
	"hash/maphash"
	"slices"
	"strings"

	"example.com/tracelab/internal/zipkin"
)

// bigTrace is the number of records from which a trace finds duplicates by
// hash: scanning would take quadratic time.
const bigTrace = 48

// trace holds the spans whose ids share the low 64 bits, as Zipkin's storage
// does. All of it is guarded by Store.mu; recs only ever grows, so that a
// reader may keep the slice it saw without the lock.
type trace struct {
	// What a search reads of every trace comes first, in one cache line.
	low     uint64
	minMs   int64
	maxMs   int64
	changed uint64   // Store.version of the Add that stored something last
	recs    []record // in order of arrival
	age     int32    // index in Store.ages
	dead    bool     // evicted; indexes remove it later
	digest  *digestSlot

	slots    smallSet[int64]
	services smallSet[*service]
	seen     map[uint64]int32 // hash of a record to its index; nil while small
	payloads int64            // bytes
}

// has reports whether the trace holds a record equal to r.
func (t *trace) has(r *record, seed maphash.Seed) bool {
	if t.seen != nil {
		i, ok := t.seen[maphash.Comparable(seed, *r)]
		if !ok {
			return false
		}
		if t.recs[i] == *r {
			return true
		}
	}
	for i := range t.recs {
		if t.recs[i].id == r.id && t.recs[i] == *r {
			return true
		}
	}
	return false
}

// append stores r, which the trace does not have.
func (t *trace) append(r *record, seed maphash.Seed) {
	ms := r.ms()
	if len(t.recs) == 0 {
		t.minMs, t.maxMs = ms, ms
	}
	t.minMs, t.maxMs = min(t.minMs, ms), max(t.maxMs, ms)
	t.recs = append(t.recs, *r)
	t.payloads += roundUp(len(r.payload))
	switch {
	case t.seen != nil:
		t.seen[maphash.Comparable(seed, *r)] = int32(len(t.recs) - 1)
	case len(t.recs) >= bigTrace:
		t.seen = make(map[uint64]int32, 2*bigTrace)
		for i := range t.recs {
			t.seen[maphash.Comparable(seed, t.recs[i])] = int32(i)
		}
	}
}

// unshare gives the records from an index on, which no reader has seen yet,
// payloads of their own: they came with duplicates, whose payloads must not stay
// alive in a string with theirs.
func (t *trace) unshare(from int) {
	for i := range t.recs[from:] {
		r := &t.recs[from+i]
		r.payload = strings.Clone(r.payload)
	}
}

// bytes estimates what the trace keeps alive without its templates: its records,
// its own fields and its entries in the indexes.
func (t *trace) bytes() int64 {
	// The struct, a map entry at the usual load, an entry of the ages, and the digest.
	const own = 176 + 48 + 32 + digestSize
	entries := int64(len(t.slots.list)+len(t.services.list)) * 24
	return own + entries + int64(cap(t.recs))*recordSize + t.payloads + int64(len(t.seen))*24
}

// roundUp is the memory that a string of n bytes takes.
func roundUp(n int) int64 { return int64(n+15) &^ 15 }

// inStoredOrder returns the records of one trace in the order that Zipkin
// reports: milliseconds in order of their first arrival, arrival order within
// one. It returns recs itself when that is the order they have.
func inStoredOrder(recs []record) []record {
	if inOrderOfTime(recs) {
		return recs
	}
	bucket := make([]int32, len(recs))
	if bucketsByArrival(recs, bucket) {
		return recs
	}
	order := make([]int32, len(recs))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return int(bucket[a]) - int(bucket[b]) })
	sorted := make([]record, len(recs))
	for i, at := range order {
		sorted[i] = recs[at]
	}
	return sorted
}

// inOrderOfTime reports whether no record is of an earlier millisecond than the one before.
func inOrderOfTime(recs []record) bool {
	for i := 1; i < len(recs); i++ {
		if recs[i].ms() < recs[i-1].ms() {
			return false
		}
	}
	return true
}

// bucketsByArrival numbers the milliseconds of recs by first arrival, and
// reports whether the records are grouped by them already.
func bucketsByArrival(recs []record, bucket []int32) (sorted bool) {
	const few = 64
	var number map[int64]int32
	if len(recs) > few {
		number = make(map[int64]int32, len(recs))
	}
	sorted = true
	var next, last int32
	for i := range recs {
		ms := recs[i].ms()
		n, known := int32(0), false
		if number != nil {
			n, known = number[ms]
		} else {
			for j := range i {
				if recs[j].ms() == ms {
					n, known = bucket[j], true
					break
				}
			}
		}
		if !known {
			n = next
			next++
			if number != nil {
				number[ms] = n
			}
		}
		bucket[i] = n
		sorted = sorted && n >= last
		last = n
	}
	return sorted
}

// highsOf lists the high halves of the trace ids, in order of appearance.
func highsOf(recs []record) []uint64 {
	var highs smallSet[uint64]
	for i := range recs {
		highs.add(recs[i].high)
	}
	return highs.list
}

// pick returns the records of one trace id among those that share its low
// bits, in the order that they have.
func pick(recs []record, high uint64) (some []record) {
	for i := range recs {
		if recs[i].high == high {
			some = append(some, recs[i])
		}
	}
	return some
}

// unpack makes spans of recs. Slices belong to the caller; strings are shared
// with the store, which never changes one.
func unpack(low uint64, recs []record) []zipkin.Span {
	total := 0
	for i := range recs {
		total += len(recs[i].tags.keys)
	}
	tags := make([]zipkin.Tag, 0, total)
	spans := make([]zipkin.Span, len(recs))
	for i := range recs {
		spans[i], tags = recs[i].span(low, tags, nil)
	}
	return spans
}
