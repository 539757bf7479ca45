package compare

import (
	"testing"

	"example.com/tracelab/internal/analysis/compare"
	"example.com/tracelab/internal/testbed/culprit"
	"example.com/tracelab/internal/zipkin"
)

// alikeItself has a comparison of a trace with itself find nothing.
func alikeItself(t *testing.T, name string, tr []zipkin.Span) {
	t.Helper()
	same, err := compare.Traces(tr, tr)
	if err == nil {
		err = culprit.AddsUp(same)
	}
	if err != nil || same.DeltaRootUS != 0 || same.Verdict.Claimed {
		t.Errorf("%s: trace %s beside itself: %v, %+v", name, tr[0].TraceID, err, same)
	}
}
