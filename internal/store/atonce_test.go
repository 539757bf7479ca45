package store

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// TestReadersAndWritersAtOnce has writers add to the same traces, in several
// Adds each, while others are evicted and readers ask every question. Each
// answer must be as of some moment: of one Add, a trace has all spans or none.
func TestReadersAndWritersAtOnce(t *testing.T) {
	for name, c := range map[string]Config{
		"strict":  {MaxSpans: 2000},
		"lenient": {MaxSpans: 2000, LenientTraceIDs: true},
		"bytes":   {MaxBytes: 400_000},
	} {
		t.Run(name, func(t *testing.T) {
			c.AutocompleteKeys = []string{"part", "region"}
			s := New(c)
			traces := load(400)
			var writers, readers sync.WaitGroup
			done := make(chan struct{})
			for part := range 3 {
				writers.Go(func() {
					for i := range traces {
						s.Add(ofPart(traces[(i+part*3)%len(traces)], part))
					}
				})
			}
			for range 3 {
				readers.Go(func() {
					for i := 0; ; i++ {
						select {
						case <-done:
							return
						default:
							ask(t, s, traces[i%len(traces)][0].TraceID)
						}
					}
				})
			}
			writers.Wait()
			close(done)
			readers.Wait()
			checkStats(t, s, 3*400*10)
		})
	}
}

// ofPart is a trace as one of several processes reports it: spans of its own,
// which all say so.
func ofPart(spans []zipkin.Span, part int) []zipkin.Span {
	mine := slices.Clone(spans)
	for i := range mine {
		mine[i].ID += zipkin.SpanID(part) << 8
		mine[i].Tags = append(slices.Clone(mine[i].Tags), tag("part", fmt.Sprint(part)))
	}
	return mine
}

// ask makes every kind of query and checks the answers.
func ask(t *testing.T, s *Store, id zipkin.TraceID) {
	t.Helper()
	q := zipkin.Query{EndTs: endOfLoad, Lookback: 2 * time.Hour, Limit: 50}
	if spans, ok := s.Trace(id); ok {
		judge(t, "Trace", [][]zipkin.Span{spans})
	}
	judge(t, "TraceMany", s.TraceMany([]zipkin.TraceID{id, traceID(id.High, id.Low+1)}))
	judge(t, "Traces", s.Traces(q))
	q.ServiceName, q.AnnotationQuery = "orders", "part=1"
	for _, spans := range s.Traces(q) {
		if !slices.ContainsFunc(spans, func(sp zipkin.Span) bool { v, _ := sp.Tag("part"); return v == "1" }) {
			t.Errorf("Traces: a trace without the tag of the query")
		}
	}
	for _, link := range s.Dependencies(endOfLoad, 2*time.Hour) {
		if link.CallCount < 1 || link.ErrorCount > link.CallCount || !slices.Contains(loadServices, link.Parent) {
			t.Errorf("Dependencies: %+v", link)
		}
	}
	for _, name := range s.Services() {
		if !slices.Contains(loadServices, name) {
			t.Errorf("Services: %q", name)
		}
		for _, span := range s.SpanNames(name) {
			if !strings.HasPrefix(span, "get /"+name) {
				t.Errorf("SpanNames(%s): %q", name, span)
			}
		}
		s.RemoteServices(name)
	}
	if got := s.AutocompleteValues("region"); len(got) > 1 || len(got) == 1 && got[0] != "eu-1" {
		t.Errorf("AutocompleteValues: %q", got)
	}
	st := s.Stats()
	if gone := st.EvictedForSpans + st.EvictedForBytes + st.EvictedByTruncation; int64(st.Spans) != st.Accepted-gone || st.Spans > s.maxSpans || st.Bytes > s.maxBytes {
		t.Errorf("Stats: %+v", st)
	}
}

// judge checks that each trace has ten spans of each part, or none.
func judge(t *testing.T, method string, traces [][]zipkin.Span) {
	t.Helper()
	for _, spans := range traces {
		parts := map[string]int{}
		for i := range spans {
			if spans[i].TraceID != spans[0].TraceID {
				t.Errorf("%s: spans of %v and %v in one trace", method, spans[i].TraceID, spans[0].TraceID)
			}
			part, _ := spans[i].Tag("part")
			parts[part]++
		}
		for part, n := range parts {
			if n != 10 {
				t.Errorf("%s: %d spans of 10 that came together in part %s", method, n, part)
			}
		}
	}
}
