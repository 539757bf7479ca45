package text_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/analysis/report"
	"example.com/tracelab/internal/analysis/text"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/zipkin"
)

// TestAnyTraceIsDrawn, whatever times and parents its spans have.
func TestAnyTraceIsDrawn(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	time := func() int64 {
		if r.IntN(10) == 0 {
			return []int64{0, -1, 1 << 60, 1 << 61, math.MaxInt64, math.MinInt64}[r.IntN(6)]
		}
		return 1 + r.Int64N(1000)
	}
	drawn := 0
	for range 500 {
		spans := make([]zipkin.Span, 1+r.IntN(20))
		for i := range spans {
			spans[i] = zipkin.Span{TraceID: zipkin.TraceID{Low: 1}, ID: zipkin.SpanID(1 + r.IntN(12)), ParentID: zipkin.SpanID(r.IntN(i + 1)), Timestamp: time(), Duration: time(),
				Kind: []zipkin.Kind{"", zipkin.Client, zipkin.Server, zipkin.Consumer}[r.IntN(4)], Local: zipkin.Endpoint{ServiceName: string("ab"[r.IntN(2)])}}
		}
		d, err := report.Path(critical.Of(spans, critical.Options{}), 0)
		if err != nil {
			continue
		}
		drawn++
		got := text.Waterfall{Width: 60, Rows: r.IntN(10), ASCII: r.IntN(2) == 0, Style: display.Plain()}.Draw(d) + pathText(d)
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
				t.Fatalf("%d columns: %s", n, line)
			}
		}
	}
	if drawn < 250 {
		t.Errorf("only %d have a path", drawn)
	}
}
