package tracetest_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/openzipkin/zipkin-go/model"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/tracetest"
)

func TestTheZeroRecorderWorks(t *testing.T) {
	var r tracetest.Recorder
	if spans := r.Spans(); len(spans) != 0 {
		t.Errorf("a new recorder holds %v", spans)
	}
	var senders sync.WaitGroup
	for i := range 10 {
		senders.Go(func() { r.Send(model.SpanModel{Name: fmt.Sprint(i)}) })
	}
	if spans, err := r.Await(t.Context(), 10); err != nil || len(spans) != 10 {
		t.Errorf("%d spans, %v", len(spans), err)
	}
	senders.Wait()
	if _, ok := r.Named("7"); !ok {
		t.Error("span 7 is not found")
	}
	if _, ok := r.Named("none"); ok {
		t.Error("a span that was never sent is found")
	}
	if taken := r.Take(); len(taken) != 10 || len(r.Spans()) != 0 {
		t.Errorf("%d spans were taken, %d left", len(taken), len(r.Spans()))
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Await(ended, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Await: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestStartRecordsUntilTheTestEnds(t *testing.T) {
	var r *tracetest.Recorder
	t.Run("inside", func(t *testing.T) {
		r = tracetest.Start(t, "always")
		_, span := trace.StartSpan(t.Context(), "work")
		span.End()
	})
	_, span := trace.StartSpan(t.Context(), "after")
	span.End()
	if spans := r.Spans(); len(spans) != 1 || spans[0].Name != "work" {
		t.Errorf("recorded %+v", spans)
	}
}
