package costs

import (
	"fmt"
	"testing"
	"time"

	"go.opencensus.io/trace"
)

// TestReport is about one fault, one attendee, and the time since, the latest first.
func TestReport(t *testing.T) {
	var log Log
	began := time.Now()
	record := func(attendee, fault string, at time.Time, traced bool) string {
		ctx := t.Context()
		id := ""
		if traced {
			var span *trace.Span
			ctx, span = trace.StartSpan(ctx, "x")
			defer span.End()
			id = span.SpanContext().TraceID.String()
		}
		(&Meter{fault, attendee, &log}).Record(ctx, at, time.Millisecond)
		return id
	}
	record("ann", "slow-disk", began.Add(-time.Second), true)
	first := record("ann", "slow-disk", began, true)
	bobs := record("bob", "slow-disk", began.Add(time.Second), true)
	record("ann", "n-plus-one", began, true)
	record("ann", "slow-disk", began, false)
	last := record("ann", "slow-disk", began.Add(time.Second), true)
	for attendee, want := range map[string][]string{"ann": {last, first}, "bob": {bobs}, "": {last, bobs, first}, "zoe": nil} {
		r := log.Report(Question{Number: "7", Fault: "slow-disk", Attendee: attendee, Since: began})
		var got []string
		for _, c := range r.Costs {
			got = append(got, c.TraceID)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || r.Number != "7" {
			t.Errorf("of %q: %v, want %v", attendee, got, want)
		}
	}
	for range maxCosts {
		record("zoe", "slow-disk", began, true)
	}
	if n := len(log.Report(Question{Fault: "slow-disk", Since: began}).Costs); n != maxReported {
		t.Errorf("%d costs, want %d", n, maxReported)
	}
}
