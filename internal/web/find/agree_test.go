package find

import (
	"math/rand/v2"
	"testing"

	"example.com/tracelab/internal/web/waterfall"
	"example.com/tracelab/internal/zipkin"
)

// TestTheListAgreesWithTheWaterfall: what a summary says of a trace, by which it is
// found, sorted and drawn, is what its row and its page say.
func TestTheListAgreesWithTheWaterfall(t *testing.T) {
	kinds := []zipkin.Kind{"", zipkin.Client, zipkin.Server, zipkin.Consumer}
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 5))
		spans := make([]zipkin.Span, 1+r.IntN(14))
		for i := range spans {
			s := &spans[i]
			s.TraceID.Low, s.ID, s.ParentID = 7, zipkin.SpanID(1+i*(20+r.IntN(2))/20), zipkin.SpanID(r.IntN(i+2))
			s.Kind, s.Local.ServiceName, s.Shared = kinds[r.IntN(len(kinds))], string(rune('a'+r.IntN(3))), r.IntN(12) == 0
			s.Timestamp, s.Duration = 1_000_000+int64(i)*100+int64(r.IntN(3)-1)*int64(r.IntN(500)), int64(r.IntN(2000))
			if r.IntN(9) == 0 {
				s.Tags = []zipkin.Tag{{Key: "error"}}
			}
		}
		w, s := waterfall.LayOut(spans), zipkin.Summarize(spans)
		if s.Start != w.Axis.Zero || s.Duration != w.Length() || s.Spans != w.Spans || s.Errors != w.Errors || s.Requests != w.Requests || s.Rooted != w.Rooted() {
			t.Fatalf("seed %d: the summary is %+v; the page has %d+%d of %d spans, %d failed, %d requests, rooted %v: %+v",
				seed, s, w.Axis.Zero, w.Length(), w.Spans, w.Errors, w.Requests, w.Rooted(), spans)
		}
	}
}
