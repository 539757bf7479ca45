package redistrace_test

import (
	"context"
	"net"
	"testing"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/redistrace"
	"example.com/tracelab/tracing/tracetest"
)

// TestTheConnectionIsTheDialers: go-redis and its users ask a net.Conn for more than
// that, such as the state of TLS or the file.
func TestTheConnectionIsTheDialers(t *testing.T) {
	spans := tracetest.Start(t, "always")
	want, other := net.Pipe()
	defer other.Close()
	defer want.Close()
	dial := redistrace.Hook{}.DialHook(func(context.Context, string, string) (net.Conn, error) { return want, nil })
	ctx, span := trace.StartSpan(t.Context(), "subscribe")
	for _, from := range []context.Context{t.Context(), ctx} {
		if got, err := dial(from, "tcp", "redis:6379"); got != want || err != nil {
			t.Errorf("%v, %v; want the dialer's connection", got, err)
		}
	}
	span.End()
	if _, dialled := spans.Named("DIAL"); !dialled {
		t.Error("no dial was traced")
	}
}
