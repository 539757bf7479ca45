package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// linksByScan are the links of a window by looking at every span.
func linksByScan(s *Store, end time.Time, lookback time.Duration) []zipkin.Link {
	w := windowOf(end, lookback)
	var found []candidate
	for _, tr := range s.traces {
		latest, ok := int64(0), false
		for i := range tr.recs {
			if ms := tr.recs[i].ms(); ms >= w.begin && ms <= w.end && (!ok || ms > latest) {
				latest, ok = ms, true
			}
		}
		if ok {
			found = append(found, candidate{low: tr.low, rank: latest, recs: tr.recs})
		}
	}
	slices.SortFunc(found, compareCandidates)
	var edges zipkin.Edges
	for _, c := range found {
		(&linker{calls: &edges}).addTree(c.recs)
	}
	var links []zipkin.Link
	for _, e := range edges.List() {
		links = append(links, e.Link)
	}
	return links
}

// spread moves the spans of a batch over ten minutes: most traces stay together, some
// go on for minutes.
func spread(r *rand.Rand, batch []zipkin.Span) {
	for i := range batch {
		if sp := &batch[i]; sp.Timestamp > 0 {
			sp.Timestamp += int64(sp.TraceID.Low) * 30_000_000
			if r.IntN(8) == 0 {
				sp.Timestamp += r.Int64N(300_000_000)
			}
		}
	}
}

// TestKeptLinksAreThoseOfAScan asks a store that changes and forgets for windows of all
// sorts, and compares with a scan.
func TestKeptLinksAreThoseOfAScan(t *testing.T) {
	answers := 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 11))
		c := one(r, Config{}, Config{MaxSpans: 100}, Config{MaxBytes: 60_000}, Config{MaxBytes: 300_000})
		s, sent := New(c), 0
		for range 25 {
			batch := make([]zipkin.Span, r.IntN(30))
			for i := range batch {
				batch[i] = wildSpan(r)
				batch[i].TraceID.Low += uint64(r.IntN(20))
			}
			spread(r, batch)
			s.Add(batch)
			sent += len(batch)
			for range 6 {
				end := at(one(r, r.Int64N(1_200_000), 10_000_000))
				lookback := one(r, time.Millisecond, time.Second, time.Minute, 10*time.Minute, 1000*time.Hour, 1<<63-1)
				want := linksByScan(s, end, lookback)
				if got := s.Dependencies(end, lookback); !slices.Equal(got, want) && c.MaxBytes == 0 {
					t.Fatalf("seed %d, %v before %v:\n got %v\nwant %v", seed, lookback, end, got, want)
				}
				// What was kept may have evicted some: then it is compared with what is left.
				if got, want := s.Dependencies(end, lookback), linksByScan(s, end, lookback); !slices.Equal(got, want) {
					t.Fatalf("seed %d, %v before %v:\n got %v\nwant %v", seed, lookback, end, got, want)
				}
				answers += len(want)
			}
			checkStats(t, s, sent)
		}
	}
	if answers < 1000 {
		t.Errorf("only %d links were compared", answers)
	}
}

// TestMoreEdgesThanAreKept has more pairs of services than the store numbers.
func TestMoreEdgesThanAreKept(t *testing.T) {
	s, n := New(Config{MaxBytes: 1 << 20}), 0
	for range 3 {
		for range 400 {
			n++
			s.Add([]zipkin.Span{{TraceID: traceID(0, uint64(n)), ID: 1, Kind: zipkin.Client, Timestamp: t0 + int64(n)*1e6,
				Local: zipkin.Endpoint{ServiceName: fmt.Sprint("a", n)}, Remote: zipkin.Endpoint{ServiceName: "b"}}})
		}
		for range 2 {
			if got, want := s.Dependencies(at(9e6), 1000*time.Hour), linksByScan(s, at(9e6), 1000*time.Hour); !slices.Equal(got, want) {
				t.Fatalf("%d links, want %d", len(got), len(want))
			}
			checkStats(t, s, n)
		}
	}
}

// TestKeptLinksWhileTracesChange asks while others add: each answer is as of one moment,
// so that calls only become more.
func TestKeptLinksWhileTracesChange(t *testing.T) {
	s := New(Config{})
	var writers sync.WaitGroup
	const each = 400
	for writer := range 3 {
		writers.Go(func() {
			r := rand.New(rand.NewPCG(uint64(writer), 12))
			for i := range each { // a trace gets new spans again and again, so that it moves
				s.Add([]zipkin.Span{{TraceID: traceID(0, uint64(i%50+1)), ID: zipkin.SpanID(1 + i*3 + writer), Kind: zipkin.Server, Timestamp: t0 + r.Int64N(600_000_000),
					Local: zipkin.Endpoint{ServiceName: "a"}, Remote: zipkin.Endpoint{ServiceName: "b"}}})
			}
		})
	}
	last := int64(0)
	for last < 3*each {
		calls := int64(0)
		for _, l := range s.Dependencies(at(9e6), 1000*time.Hour) {
			calls += l.CallCount
		}
		if calls < last {
			t.Fatalf("%d calls after %d", calls, last)
		}
		last = calls
	}
	writers.Wait()
	checkStats(t, s, 3*each)
}
