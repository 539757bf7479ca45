package store

import (
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// modelOf holds the spans that s has now.
func modelOf(s *Store) *model {
	m := &model{lenient: s.lenient}
	for _, tr := range s.traces {
		m.spans = append(m.spans, unpack(tr.low, tr.recs)...)
	}
	return m
}

// sumUpAll makes the sums of the slots of a query, which may evict traces.
func sumUpAll(s *Store, q zipkin.Query) {
	w := s.search(newMatcher(q), 1)
	w.looked = 1 << 30
	w.prepare()
}

// TestSkippingLosesNoTrace asks a store that changes and forgets, of whose slots all sums
// are made at once, and compares with a scan.
func TestSkippingLosesNoTrace(t *testing.T) {
	found, slots, blocks := 0, 0, 0
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 13))
		s, sent := New(one(r, Config{}, Config{MaxSpans: 100}, Config{MaxBytes: 100_000, LenientTraceIDs: true})), 0
		s.searches.rest = one[uint64](r, 0, 30, 1000)
		for range 15 {
			batch := make([]zipkin.Span, r.IntN(30))
			for i := range batch {
				batch[i] = wildSpan(r)
				batch[i].TraceID.Low += uint64(r.IntN(20))
			}
			spread(r, batch)
			s.Add(batch)
			sent += len(batch)
			for range 20 {
				q := wildQuery(r)
				q.EndTs = at(one(r, r.Int64N(1_200_000), 10_000_000))
				q.Lookback = one(r, time.Second, time.Minute, 10*time.Minute, 1000*time.Hour)
				sumUpAll(s, q)
				m := modelOf(s)
				got, want := s.Traces(q), m.traces(q)
				if !reflect.DeepEqual(got, want) && s.Stats().Spans == len(m.spans) {
					t.Fatalf("seed %d: Traces(%+v)\n got %v\nwant %v", seed, q, got, want)
				}
				m = modelOf(s)
				if got, want := slices.Collect(s.Summaries(q)), m.summaries(q); !slices.Equal(got, want) && s.Stats().Spans == len(m.spans) {
					t.Fatalf("seed %d: Summaries(%+v)\n got %+v\nwant %+v", seed, q, got, want)
				}
				found += len(want)
			}
			checkStats(t, s, sent)
		}
		for _, b := range s.times.blocks {
			if b.isSummed() {
				blocks++
			}
			for _, sl := range b.slots {
				if sl.isSummed() {
					slots++
				}
			}
		}
	}
	if found < 1000 || slots < 100 || blocks < 10 {
		t.Errorf("%d traces were found, %d slots and %d blocks have sums: too few to compare", found, slots, blocks)
	}
}

// TestASumHasWhatWasAdded has filters of all sizes, and checks that they are not full.
func TestASumHasWhatWasAdded(t *testing.T) {
	seed := maphash.MakeSeed()
	for _, n := range []int{0, 1, 10, 1000, 100_000} {
		var features []uint64
		for i := range n {
			f := feature(seed, hasValue, "key", fmt.Sprint(i))
			features = append(features, f, f, f) // most spans have what others have
		}
		sum := newNodeSum(1, 0, 2, features)
		for i, f := range features {
			if !sum.has(f) {
				t.Fatalf("of %d features, %d is not there", n, i)
			}
		}
		wrong := 0
		for i := range 10_000 {
			if sum.has(feature(seed, hasValue, "other", fmt.Sprint(i))) {
				wrong++
			}
		}
		if wrong > 1000 || n >= 10 && len(sum.bits)*64 > 64*n {
			t.Errorf("of 10,000 features that are not there, it has %d, in %d bits for %d", wrong, len(sum.bits)*64, n)
		}
	}
}

// TestWhatIsLookedForIsSkipped counts the traces that a search looks at which finds none.
func TestWhatIsLookedForIsSkipped(t *testing.T) {
	s := New(Config{})
	next := newTree(20_000, 20, 30, 20)
	for range 1000 {
		s.Add(next.trace())
	}
	for _, q := range []zipkin.Query{
		{AnnotationQuery: "none=such"}, {AnnotationQuery: "http.method=such"}, {AnnotationQuery: "such"}, {MinDuration: time.Hour},
		{ServiceName: "service-1", AnnotationQuery: "zone=such"}, {RemoteServiceName: "service-1", MinDuration: time.Hour},
	} {
		q.EndTs, q.Lookback, q.Limit = endOfTrees, 24*time.Hour, 10
		for range 3 {
			if found := s.Traces(q); len(found) > 0 {
				t.Fatalf("%+v finds %d", q, len(found))
			}
		}
		w := s.search(newMatcher(q), 20)
		for chunk := w.next(); chunk != nil; chunk = w.next() {
		}
		if w.looked > 500 {
			t.Errorf("%+v looks at %d traces of 1000, although none answers it", q, w.looked)
		}
	}
}
