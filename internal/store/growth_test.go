//go:build unix

package store

import (
	"flag"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"text/tabwriter"
	"time"

	"example.com/tracelab/internal/testbed"

	"example.com/tracelab/internal/zipkin"
)

var growth = flag.Int("growth", 0, "measure every operation on stores of up to so many spans")

// TestGrowth prints what each operation costs the processor as the store grows.
// The spans are those of the benchmarks, but that every twentieth trace also
// visits the service "rare".
func TestGrowth(t *testing.T) {
	if *growth == 0 {
		t.Skip("it only measures: make measure-store-growth")
	}
	var header, names []string
	cells := map[string][]string{}
	for _, n := range []int{10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000} {
		if n > *growth {
			break
		}
		header = append(header, fmt.Sprintf("%d spans", n))
		for _, op := range grow(n) {
			if len(header) == 1 {
				names = append(names, op.name)
			}
			cells[op.name] = append(cells[op.name], short(op.cost()))
		}
	}
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "CPU µs\t%s\t\n", strings.Join(header, "\t"))
	for _, name := range names {
		fmt.Fprintf(w, "%s\t%s\t\n", name, strings.Join(cells[name], "\t"))
	}
	w.Flush()
	t.Logf("%s\n%s", runtime.Version(), table.String())
}

// operation is one row of the table.
type operation struct {
	name string
	cost func() float64
}

// grow fills a store with n spans and lists the operations to measure.
func grow(n int) []operation {
	before := heap()
	s, first, _ := fill(n, math.MaxInt)
	bytes := heap() - before
	day := 24 * time.Hour
	ids := []zipkin.TraceID{first}
	for _, found := range s.Traces(zipkin.Query{EndTs: endOfLoad, Lookback: day, Limit: 9}) {
		ids = append(ids, found[0].TraceID)
	}
	search := func(q zipkin.Query) func() float64 {
		q.EndTs, q.Lookback, q.Limit = endOfLoad, day, 10
		return func() float64 { return cpuOf(func() { s.Traces(q) }) }
	}
	return []operation{
		{"Add 100 spans", func() float64 { return addCost(n, math.MaxInt) }},
		{"Add 100 spans, evicting", func() float64 { return addCost(n, n) }},
		{"Traces, limit 10", search(zipkin.Query{})},
		{"of a service", search(zipkin.Query{ServiceName: "orders"})},
		{"of a rare service", search(zipkin.Query{ServiceName: "rare"})},
		{"with a tag of one in 20", search(zipkin.Query{AnnotationQuery: "error"})},
		{"that do not match", search(zipkin.Query{AnnotationQuery: "none=such"})},
		{"Trace", func() float64 { return cpuOf(func() { s.Trace(first) }) }},
		{"TraceMany, 10 ids", func() float64 { return cpuOf(func() { s.TraceMany(ids) }) }},
		{"Services", func() float64 { return cpuOf(func() { s.Services() }) }},
		{"SpanNames", func() float64 { return cpuOf(func() { s.SpanNames("orders") }) }},
		{"AutocompleteValues", func() float64 { return cpuOf(func() { s.AutocompleteValues("instance") }) }},
		{"Dependencies", func() float64 { return cpuOf(func() { s.Dependencies(endOfLoad, day) }) }},
		{"heap, bytes a span", func() float64 { return float64(bytes) / float64(n) }},
		{"as estimated", func() float64 { return float64(s.Stats().Bytes) / float64(n) }},
	}
}

// fill makes a store of n spans that may have most, names a trace in it, and
// returns where more come from.
func fill(n, most int) (*Store, zipkin.TraceID, *loader) {
	s := New(Config{MaxSpans: most, MaxBytes: math.MaxInt64, AutocompleteKeys: []string{"instance"}})
	var id zipkin.TraceID
	l := newLoader(n / 10)
	for i := range n / 10 {
		spans := l.trace()
		if i%20 == 0 {
			spans[9].Local.ServiceName, id = "rare", spans[0].TraceID
		}
		s.Add(spans)
	}
	return s, id, l
}

const (
	enough  = 300 * time.Millisecond // of CPU time for a figure
	aBatch  = 100                    // spans of an Add
	aTenth  = 10                     // a store grows by this part while it is measured
	atLeast = 3                      // times
)

// addCost is the CPU time of adding a batch to a store of n spans that may have
// most, in µs.
func addCost(n, most int) float64 {
	var took time.Duration
	batches := 0
	for took < enough {
		s, _, l := fill(n, most)
		more := make([][]zipkin.Span, n/aTenth/aBatch)
		for i := range more {
			for range aBatch / 10 {
				more[i] = append(more[i], l.trace()...)
			}
		}
		runtime.GC()
		start := testbed.CPUTime()
		for _, spans := range more {
			s.Add(spans)
		}
		took += testbed.CPUTime() - start
		batches += len(more)
	}
	return micros(took) / float64(batches)
}

// cpuOf is the CPU time of op, in µs.
func cpuOf(op func()) float64 {
	runtime.GC()
	start, times := testbed.CPUTime(), 0
	for times < atLeast || testbed.CPUTime()-start < enough {
		for range 1 + times/10 { // asking the time takes time too
			op()
			times++
		}
	}
	return micros(testbed.CPUTime()-start) / float64(times)
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// short is v with three digits or all of its whole part.
func short(v float64) string {
	for digits := 2; digits > 0; digits-- {
		if v < math.Pow10(3-digits) {
			return fmt.Sprintf("%.*f", digits, v)
		}
	}
	return fmt.Sprintf("%.0f", v)
}
