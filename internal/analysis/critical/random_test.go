package critical_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/zipkin"
)

// nodeOf is that of the span with an id that no other has.
func nodeOf(tr *critical.Trace, id zipkin.SpanID) critical.Node {
	for i, s := range tr.Spans {
		if s.ID == id {
			return tr.Nodes[i]
		}
	}
	return critical.Node{}
}

// drawn is a trace for the messages of tests.
func drawn(tr *critical.Trace) string {
	var b strings.Builder
	for i, s := range tr.Spans {
		fmt.Fprintf(&b, "%s<%s %s %s %d+%d %+v\n", s.ID, s.ParentID, s.Kind, s.Local.ServiceName, s.Timestamp, s.Duration, tr.Nodes[i])
	}
	return b.String()
}

// randomSpans are such as no program makes: parents may be missing or in a cycle, and times
// are anything.
func randomSpans(r *rand.Rand, n int) []zipkin.Span {
	spans := make([]zipkin.Span, n)
	for i := range spans {
		spans[i] = zipkin.Span{
			TraceID: zipkin.TraceID{Low: 1}, ID: zipkin.SpanID(i + 1), ParentID: zipkin.SpanID(r.IntN(n + 2)), Timestamp: randomTime(r), Duration: randomTime(r),
			Kind:  []zipkin.Kind{"", "", zipkin.Client, zipkin.Server, zipkin.Server, zipkin.Producer, zipkin.Consumer}[r.IntN(7)],
			Local: zipkin.Endpoint{ServiceName: []string{"", "a", "b", "c"}[r.IntN(4)], IPv4: []string{"", "10.0.0.1", "10.0.0.2"}[r.IntN(3)]},
		}
		if r.IntN(3) > 0 { // most have a parent before them, so that trees grow
			spans[i].ParentID = zipkin.SpanID(r.IntN(i + 1))
		}
	}
	return spans
}

// randomTime is small, so that spans meet, or one that nobody can mean.
func randomTime(r *rand.Rand) int64 {
	if r.IntN(12) > 0 {
		return 1 + r.Int64N(60)
	}
	return []int64{0, math.MaxInt64, math.MaxInt64 - 1, math.MaxInt64 / 2, 1 << 61, 1<<61 + 1, 1 << 60, -1, math.MinInt64}[r.IntN(9)]
}
