package store

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// tangle makes a trace of distinct ids: trees with parents that are missing, clocks that
// are off, and now and then a cycle.
func tangle(r *rand.Rand, low uint64, n int) []zipkin.Span {
	spans := make([]zipkin.Span, n)
	for i := range spans {
		spans[i] = wildSpan(r)
		sp := &spans[i]
		sp.TraceID, sp.ID, sp.Shared = traceID(0, low), zipkin.SpanID(i+1), r.IntN(9) == 0
		sp.Timestamp, sp.Duration = t0+int64(i)*50+one[int64](r, 0, 0, 0, -900, 2_000_000), one[int64](r, 0, 40, 1000, 90_000)
		switch sp.ParentID = zipkin.SpanID(r.IntN(i + 1)); r.IntN(40) {
		case 0:
			sp.ParentID = zipkin.SpanID(n + 7) // not there
		case 1:
			sp.ParentID = zipkin.SpanID(r.IntN(n) + 1)
		}
	}
	r.Shuffle(n, func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
	return spans
}

// TestSummariesOfTangledTraces are those of their spans, whatever order these came in,
// and also after more came.
func TestSummariesOfTangledTraces(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := New(Config{})
		spans := tangle(r, 1, 1+r.IntN(60))
		half := r.IntN(len(spans)) + 1
		for _, part := range [][]zipkin.Span{spans[:half], spans[half:]} {
			s.Add(part)
			all, _ := s.Trace(traceID(0, 1))
			got := slices.Collect(s.Summaries(zipkin.Query{EndTs: at(time.Hour.Milliseconds()), Lookback: 2 * time.Hour}))
			if want := zipkin.Summarize(all); want.Start != 0 && (len(got) != 1 || got[0] != want) {
				t.Fatalf("seed %d, %d spans:\n got %+v\nwant %+v", seed, len(all), got, want)
			}
		}
	}
}

// TestSummariesWhileTracesGrow: several readers may make the summary of one trace.
func TestSummariesWhileTracesGrow(t *testing.T) {
	s := New(Config{MaxSpans: 3000})
	var readers sync.WaitGroup
	q := zipkin.Query{EndTs: endOfLoad, Lookback: 24 * time.Hour}
	for range 3 {
		readers.Go(func() {
			for range 20 {
				for sum := range s.Summaries(q) {
					if sum.Spans < 1 || sum.Spans > 10 || sum.Name == "" {
						t.Errorf("%+v", sum)
						return
					}
				}
			}
		})
	}
	for _, spans := range load(1000) {
		s.Add(spans[5:])
		s.Add(spans[:5])
	}
	readers.Wait()
	for sum := range s.Summaries(q) {
		if sum.Spans != 10 || sum.Duration != 40_000 || sum.Service != "gateway" || sum.Requests != 1 || !sum.Rooted || !sum.Ended {
			t.Fatalf("%+v, want that of the whole trace", sum)
		}
	}
	n := 0
	for range s.Summaries(q) {
		if n++; n == 7 {
			break
		}
	}
	if n != 7 {
		t.Errorf("%d summaries, want no more than were asked for", n)
	}
}
