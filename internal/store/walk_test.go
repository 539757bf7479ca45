package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// walkAll walks to the end, calling between after each hold of the lock, and
// counts how often it met each trace.
func walkAll(w *walker, between func()) map[uint64]int {
	met := map[uint64]int{}
	for {
		for w.mustFind() {
			w.find()
			between()
		}
		chunk := w.next()
		if chunk == nil {
			return met
		}
		for _, c := range chunk {
			met[c.low]++
		}
	}
}

func TestAWalkMeetsEveryTraceOnce(t *testing.T) {
	const n = 5000
	service := zipkin.Endpoint{ServiceName: "a"}
	for name, between := range map[string]func(*Store){
		"at rest": func(*Store) {},
		"while traces move to the front": func(s *Store) {
			for low := range uint64(n) { // a new span, later than all others
				if low%7 == 0 {
					s.Add([]zipkin.Span{{TraceID: traceID(0, low+1), ID: zipkin.SpanID(s.version), Timestamp: t0 + 1e9}})
				}
			}
		},
		"while others arrive": func(s *Store) {
			for i := range uint64(100) {
				s.Add([]zipkin.Span{{TraceID: traceID(0, n+s.version), ID: 1, Timestamp: t0 + int64(i)*1e6, Local: service}})
			}
		},
	} {
		for _, w := range []struct {
			service string
			every   int64 // µs between two traces: one slot has a few, or many, or all
			first   int
		}{{"", 1e5, 10}, {"a", 1e5, 10}, {"rare", 1e5, 10}, {"", 0, 10}, {"a", 0, 10}, {"rare", 0, 10}, {"", 300, 10}, {"", 300, 5000}, {"a", 300, 500}} {
			service := w.service
			t.Run(fmt.Sprintf("%s, every %d µs, %s", name, w.every, service), func(t *testing.T) {
				s := New(Config{})
				for i := range uint64(n) {
					ts := t0 + int64(i)*w.every
					s.Add([]zipkin.Span{{TraceID: traceID(0, i+1), ID: 1, Timestamp: ts, Local: zipkin.Endpoint{ServiceName: "a"}}})
					if i%50 == 0 {
						s.Add([]zipkin.Span{{TraceID: traceID(0, i+1), ID: 2, Timestamp: ts, Local: zipkin.Endpoint{ServiceName: "rare"}}})
					}
				}
				w := s.walk(windowOf(at(1e9), 1000*time.Hour), service, w.first)
				rounds := 0
				met := walkAll(w, func() {
					if rounds++; rounds < 12 {
						between(s)
					}
				})
				for low := range uint64(n) {
					want := 1
					if service == "rare" && low%50 != 0 {
						want = 0
					}
					if met[low+1] != want {
						t.Fatalf("met trace %d %d times, want %d", low+1, met[low+1], want)
					}
				}
			})
		}
	}
}

func TestAWalkSurvivesEviction(t *testing.T) {
	const n = 5000
	s := New(Config{MaxSpans: n})
	for i := range uint64(n) {
		s.Add([]zipkin.Span{lone(i+1, int64(i))})
	}
	w := s.walk(windowOf(at(1e9), 1000*time.Hour), "", 10)
	next := uint64(n)
	met := walkAll(w, func() {
		for range 500 {
			next++
			s.Add([]zipkin.Span{lone(next, int64(next))})
		}
	})
	for low, times := range met {
		if times != 1 {
			t.Errorf("met trace %d %d times", low, times)
		}
	}
	if len(met) < n/5 || len(met) > n {
		t.Errorf("met %d traces of %d, of which the oldest were evicted", len(met), n)
	}
}

func TestAWalkMeetsATraceThatCameBackOnce(t *testing.T) {
	s := New(Config{})
	for i := range uint64(2000) {
		s.Add([]zipkin.Span{lone(i+1, int64(i))})
	}
	met := walkAll(s.walk(windowOf(at(1e9), 1000*time.Hour), "", 10), func() {
		for _, low := range []uint64{1, 2000} { // still to come, and met
			s.remove(s.traces[low])
			s.Add([]zipkin.Span{lone(low, 0)})
		}
	})
	if met[1] != 1 || met[2000] != 1 || len(met) != 2000 {
		t.Errorf("met %d traces, the last %d times and the first %d times", len(met), met[1], met[2000])
	}
}

// TestAWalkIsInOrder has slots of every size, and windows that end within one.
func TestAWalkIsInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, spread := range []int64{1, 2, 500, 10_000, 1_000_000} { // ms
		s := New(Config{})
		for range 20_000 {
			sp := zipkin.Span{TraceID: traceID(0, r.Uint64()), ID: 1, Timestamp: t0 + r.Int64N(spread)*1000}
			s.Add([]zipkin.Span{sp, {TraceID: sp.TraceID, ID: 2, Timestamp: sp.Timestamp + r.Int64N(3)*1000}})
		}
		for _, first := range []int{1, 200, 100_000} {
			win := windowOf(time.UnixMicro(t0+r.Int64N(spread)*1000), 1000*time.Hour)
			var want, got []candidate
			for _, tr := range s.traces {
				if rank, ok := tr.latestIn(win); ok {
					want = append(want, candidate{low: tr.low, rank: rank})
				}
			}
			slices.SortFunc(want, compareCandidates)
			w := s.walk(win, "", first)
			for chunk := w.next(); chunk != nil; chunk = w.next() {
				for _, c := range chunk {
					got = append(got, candidate{low: c.low, rank: c.rank})
				}
			}
			if !slices.EqualFunc(got, want, func(a, b candidate) bool { return a.low == b.low && a.rank == b.rank }) {
				t.Errorf("spread over %d ms, %d first: %d traces, want %d, in another order", spread, first, len(got), len(want))
			}
		}
	}
}

// TestAWalkSurvivesAnything has traces change, go and come back at random while
// one walks.
func TestAWalkSurvivesAnything(t *testing.T) {
	const n = 6000
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 9))
		spread := one[int64](r, 1, 3, 1000, 10_000, 100_000) // ms
		anywhere := func(low uint64) []zipkin.Span {
			return []zipkin.Span{{TraceID: traceID(0, low), ID: zipkin.SpanID(r.Uint64()), Timestamp: t0 + r.Int64N(spread)*1000}}
		}
		s := New(Config{})
		for low := range uint64(n) {
			s.Add(anywhere(low))
		}
		gone := map[uint64]bool{}
		calm := r.IntN(3)
		met := walkAll(s.walk(windowOf(at(1e9), 1000*time.Hour), "", one(r, 1, 100, 5000)), func() {
			for range r.IntN(3000) >> calm {
				low := uint64(r.IntN(n))
				if t := s.traces[low]; t != nil && r.IntN(2) == 0 {
					s.remove(t)
					gone[low] = true
					continue
				}
				s.Add(anywhere(low))
			}
		})
		for low := range uint64(n) {
			if met[low] > 1 || met[low] == 0 && !gone[low] {
				t.Fatalf("seed %d: met trace %d %d times; it went: %v", seed, low, met[low], gone[low])
			}
		}
	}
}
