package tracing_test

import (
	"context"
	"errors"
	"testing"

	"github.com/openzipkin/zipkin-go/model"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/reporter"
)

// full is a reporter with all the methods that this package looks for.
type full struct {
	flushed, shut, closed int
	stats                 reporter.Stats
}

var errFlush = errors.New("not flushed")

func (*full) Send(model.SpanModel) {}

func (f *full) Flush(context.Context) error { f.flushed++; return errFlush }

func (f *full) Shutdown(context.Context) error { f.shut++; return nil }

func (f *full) Close() error { f.closed++; return nil }

func (f *full) Stats() reporter.Stats { return f.stats }

func TestTheReportersOwnMethodsServe(t *testing.T) {
	f := &full{stats: reporter.Stats{Accepted: 0, Dropped: map[string]uint64{"why": 0}}}
	provider, err := tracing.Start(tracing.Config{Service: "test", Reporter: f})
	if err != nil {
		t.Fatal(err)
	}
	if err := tracing.Flush(t.Context()); err != errFlush || f.flushed != 1 {
		t.Errorf("Flush: %v, called %d times", err, f.flushed)
	}
	if _, ok := provider.Stats().Dropped["why"]; !ok {
		t.Errorf("Stats: %+v", provider.Stats())
	}
	if err := provider.Shutdown(t.Context()); err != nil || f.shut != 1 || f.closed != 0 {
		t.Errorf("Shutdown: %v; %d times shut down, %d times closed", err, f.shut, f.closed)
	}
}

// closing is a reporter with no more methods than zipkin-go asks for.
type closing struct{ err error }

func (closing) Send(model.SpanModel) {}

func (c closing) Close() error { return c.err }

func TestAPlainReporterIsClosed(t *testing.T) {
	want := errors.New("cannot close")
	provider, err := tracing.Start(tracing.Config{Service: "test", Reporter: closing{want}})
	if err != nil {
		t.Fatal(err)
	}
	if err := tracing.Flush(t.Context()); err != nil {
		t.Errorf("Flush: %v", err)
	}
	if err := provider.Shutdown(t.Context()); err != want {
		t.Errorf("Shutdown: %v; want %v", err, want)
	}
}

func TestFlushWithoutTracing(t *testing.T) {
	if err := tracing.Flush(context.Background()); err != nil {
		t.Error(err)
	}
}
