// Package opencensus runs OpenCensus's own tests, from its module, under the tracer
// of package tracing, and has OpenCensus's HTTP instrumentation beside ours.
//
// OpenCensus's tests read spans from exporters, which have no part in our
// tracer. So Start shows them what is reported, as far as Zipkin's model goes.
package opencensus

import (
	"fmt"
	"sync"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
)

// SamplerVariable is the environment variable that has a test binary of OpenCensus
// use our tracer, with that sampler.
const SamplerVariable = "TRACELAB_OPENCENSUS_SAMPLER"

// Start has this process trace with our tracer until it ends, and export what is
// reported to the registered exporters.
func Start(sampler string, registered func() []trace.Exporter) error {
	x := &exports{registered: registered}
	_, err := tracing.Start(tracing.Config{Service: "opencensus", Sampler: sampler, Reporter: x, RootObserver: x})
	if err != nil {
		return fmt.Errorf("opencensus: %w", err)
	}
	return nil
}

// exports is a reporter that hands spans to exporters.
type exports struct {
	registered func() []trace.Exporter
	roots      sync.Map // span ids of local roots that have not ended
}

// RootStarted notes a local root.
func (x *exports) RootStarted(r tracing.Root) { x.roots.Store(r.SpanID, nil) }

// RootEnded forgets it.
func (x *exports) RootEnded(r tracing.Root) { x.roots.Delete(r.SpanID) }

// Send exports a span.
func (x *exports) Send(s model.SpanModel) {
	data := spanData(s)
	_, root := x.roots.Load(data.SpanID)
	data.HasRemoteParent = root && s.ParentID != nil
	for _, e := range x.registered() {
		e.ExportSpan(data)
	}
}

// Close does nothing.
func (x *exports) Close() error { return nil }
