package redistrace_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"
	"github.com/openzipkin/zipkin-go/reporter/recorder"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"go.opencensus.io/trace"

	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/redistrace"
)

// trail is one trace, whose root is a test.
type trail struct {
	t        *testing.T
	recorder *recorder.ReporterRecorder
	ctx      context.Context
	root     *trace.Span
}

// follow starts tracing until the test ends. Whatever is recorded after the
// test has looked last, and after its clients are closed, is one too many.
func follow(t *testing.T) *trail {
	t.Helper()
	redis.SetLogger(silent{})
	f := &trail{t: t, recorder: recorder.NewReporter()}
	tr, err := tracing.Start(tracing.Config{Service: "test", Sampler: "always", Reporter: f.recorder})
	if err != nil {
		t.Fatal(err)
	}
	f.ctx, f.root = trace.StartSpan(context.Background(), "root")
	t.Cleanup(func() {
		for _, s := range f.recorder.Flush() {
			t.Errorf("one span too many: %s", text(s))
		}
		tr.Shutdown(context.Background())
	})
	return f
}

// silent is go-redis's logger for tests that make it fail on purpose.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

// spans are those since the last look. Each must be a child of the root.
func (f *trail) spans() []model.SpanModel {
	f.t.Helper()
	spans := f.recorder.Flush()
	sc := f.root.SpanContext()
	for _, s := range spans {
		if s.TraceID.String() != sc.TraceID.String() {
			f.t.Errorf("a trace of its own: %s", text(s))
		}
		if s.ParentID == nil || s.ParentID.String() != sc.SpanID.String() {
			f.t.Errorf("not a child of the span it was called in: %s", text(s))
		}
	}
	return spans
}

// only is the one span since the last look.
func (f *trail) only() model.SpanModel {
	f.t.Helper()
	spans := f.spans()
	if len(spans) != 1 {
		f.t.Fatalf("%d spans, want 1: %s", len(spans), text(spans...))
	}
	return spans[0]
}

// text is all that is in spans.
func text(spans ...model.SpanModel) string {
	var b strings.Builder
	for _, s := range spans {
		remote := ""
		if s.RemoteEndpoint != nil {
			remote = s.RemoteEndpoint.ServiceName
		}
		fmt.Fprintf(&b, "%s %s to %s %v", s.Kind, s.Name, remote, s.Tags)
		for _, a := range s.Annotations {
			fmt.Fprintf(&b, " %q", a.Value)
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

const description = "opencensus.status_description"

// check compares a span with what every one has: its name, and the tags.
func (f *trail) check(s model.SpanModel, operation string, tags map[string]string) {
	f.t.Helper()
	want := map[string]string{"db.system": "redis", "db.operation.name": operation}
	for k, v := range tags {
		want[k] = v
	}
	if s.Name != operation || s.Kind != model.Client || s.RemoteEndpoint == nil || s.RemoteEndpoint.ServiceName != "redis" {
		f.t.Errorf("%s; want a CLIENT span %s to redis", text(s), operation)
	}
	for k, v := range want {
		if s.Tags[k] != v {
			f.t.Errorf("tag %s is %q, want %q: %s", k, s.Tags[k], v, text(s))
		}
	}
	for k := range s.Tags {
		if _, known := want[k]; !known {
			f.t.Errorf("a tag that is not expected, %s: %s", k, text(s))
		}
	}
}

// options are those of a client that fails fast and does what its context says.
func options(addr string) *redis.Options {
	return &redis.Options{
		Addr:                     addr,
		ContextTimeoutEnabled:    true,
		DialerRetries:            1,
		DialTimeout:              5 * time.Second,
		MaxRetries:               2,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// traced adds the hook to a client, which is closed with the test.
func traced[C interface {
	AddHook(redis.Hook)
	io.Closer
}](t *testing.T, client C) C {
	t.Helper()
	client.AddHook(redistrace.Hook{})
	t.Cleanup(func() { client.Close() })
	return client
}

func connect(t *testing.T, addr string) *redis.Client {
	t.Helper()
	return traced(t, redis.NewClient(options(addr)))
}
