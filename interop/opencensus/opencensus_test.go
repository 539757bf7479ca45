package opencensus

import (
	"maps"
	"slices"
	"testing"
)

// differences are the tests of OpenCensus that pass under its own tracer and not
// under ours, with the reason.
var differences = map[string]map[string]string{
	"trace": {
		"TestAddLinkOverLimit":           bounds,
		"TestAnnotationsOverLimit":       bounds,
		"TestMessageEventsOverLimit":     bounds,
		"TestSetSpanAttributesOverLimit": bounds,
		"TestChildSpanCount":             "Zipkin's spans do not say how many children they have",
		"TestMessageEvents":              "Zipkin has no messages: they are annotations, without the message's id",
		"TestExecutionTracerTaskEnd":     unexported,
		"TestSetSpanNameUnsampledSpan":   unexported,
		"TestStartSpan":                  unexported,
	},
	"plugin/ochttp": {},
}

const (
	bounds     = "the bounds of ApplyConfig have no part: a span keeps its first 64 tags and 64 annotations, and OpenCensus's its last"
	unexported = "it looks into the unexported type of OpenCensus's own spans"
)

// samplers are what the tests set by ApplyConfig, which has no part in our tracer.
var samplers = map[string]string{"trace": "never", "plugin/ochttp": "always"}

// TestOpenCensussOwnTests runs them under both tracers. Those that do not pass
// under ours are the table above, no more and no fewer.
func TestOpenCensussOwnTests(t *testing.T) {
	m := copyModule(t)
	for pkg, reasons := range differences {
		t.Run(pkg, func(t *testing.T) {
			b := m.build(t, pkg)
			if wrong := b.passed(t, b.names[0], "no sampler"); len(wrong) > 0 {
				t.Fatalf("%v pass with a sampler that cannot be read: our tracer is not in place", wrong)
			}
			failed := map[string]bool{}
			passed := 0
			for _, name := range b.names {
				theirs, ours := b.passed(t, name, ""), b.passed(t, name, samplers[pkg])
				for _, test := range theirs {
					if slices.Contains(ours, test) {
						passed++
					} else {
						failed[test] = true
					}
				}
			}
			for _, test := range slices.Sorted(maps.Keys(failed)) {
				if reasons[test] == "" {
					t.Errorf("%s fails under our tracer, and no reason is given", test)
				}
			}
			for _, test := range slices.Sorted(maps.Keys(reasons)) {
				if !failed[test] {
					t.Errorf("%s does not fail only under our tracer: %s", test, reasons[test])
				}
			}
			t.Logf("%d tests and subtests pass under both tracers, %d only under OpenCensus's", passed, len(failed))
			if passed == 0 {
				t.Error("no test passed")
			}
		})
	}
}
