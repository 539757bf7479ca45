package store

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/tracelab/internal/zipkin"
)

// BenchmarkStalls shows how long callers wait for each other in a store of
// 500,000 spans: each operation alone, and beside others that never pause. It
// is the wall clock that decides, so the machine should be idle.
func BenchmarkStalls(b *testing.B) {
	const spans = 500_000
	s := New(Config{MaxSpans: spans, AutocompleteKeys: []string{"instance"}})
	l := newLoader(spans / 10)
	for range spans / 10 {
		s.Add(l.trace())
	}
	const year = 365 * 24 * time.Hour
	end := endOfLoad.Add(year) // the load runs on
	search := func(terms string) {
		s.Traces(zipkin.Query{AnnotationQuery: terms, EndTs: end, Lookback: 2 * year, Limit: 10})
	}
	var batch []zipkin.Span
	var added atomic.Pointer[zipkin.TraceID] // some trace that is there
	another := func() {
		if batch != nil {
			added.Store(&batch[0].TraceID)
		}
		batch = nil
		for range 10 {
			batch = append(batch, l.trace()...)
		}
	}
	questions := map[string]func(){
		"dependencies": func() { s.Dependencies(end, 2*year) },
		"no match":     func() { search("none=such") },
		"searches":     func() { search("error") },
		"names":        func() { s.Services(); s.SpanNames("orders"); s.AutocompleteValues("instance") },
		"trace":        func() { s.Trace(*added.Load()) },
	}
	add := func() { s.Add(batch) }
	for range 2 {
		another()
		add()
	}
	b.Run("Add/alone", func(b *testing.B) { stalls(b, another, add, nil) })
	for name, ask := range questions {
		b.Run("Add/beside "+name, func(b *testing.B) { stalls(b, another, add, ask) })
	}
	for name, ask := range questions {
		b.Run(name+"/alone", func(b *testing.B) { stalls(b, nil, ask, nil) })
		b.Run(name+"/beside Add", func(b *testing.B) {
			stalls(b, nil, ask, func() { another(); s.Add(batch) })
		})
	}
}

// stalls times op, which before prepares, while another caller does beside all
// the time.
func stalls(b *testing.B, before, op, beside func()) {
	var other sync.WaitGroup
	stop := make(chan struct{})
	if beside != nil {
		other.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					beside()
				}
			}
		})
	}
	var took []time.Duration
	for b.Loop() {
		if before != nil {
			before()
		}
		start := time.Now()
		op()
		took = append(took, time.Since(start))
	}
	close(stop)
	other.Wait()
	slices.Sort(took)
	for name, part := range map[string]int{"p50-µs": 500, "p99-µs": 990, "max-µs": 1000} {
		b.ReportMetric(float64(took[(len(took)-1)*part/1000].Nanoseconds())/1000, name)
	}
	b.ReportMetric(0, "ns/op") // which has the preparation in it
}
