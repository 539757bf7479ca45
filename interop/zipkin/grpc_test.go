package zipkin

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/status"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/conformance"
	"example.com/tracelab/interop/referee"
)

// raw is a codec for messages that are encoded already.
type raw struct{}

func (raw) Marshal(v any) ([]byte, error)      { return []byte(*v.(*string)), nil }
func (raw) Unmarshal(data []byte, v any) error { *v.(*string) = string(data); return nil }
func (raw) Name() string                       { return "proto" }

var _ encoding.Codec = raw{}

// reportsOverGRPC has the client of gRPC report to both servers.
func reportsOverGRPC(t *testing.T, pair *referee.Pair) {
	span := func(id string) string {
		return conformance.Bytes(1, conformance.Bytes(1, "aTraceOf"), conformance.Bytes(3, id))
	}
	const ok, trace = "OK ", "6154726163654f66" // the code, and aTraceOf
	for _, server := range []struct {
		url  string
		gzip string // what becomes of a compressed message
	}{
		{pair.Zipkin, "Internal com.linecorp.armeria.common.grpc.protocol.ArmeriaMessageDeframer: Can't decode compressed frame as compression not configured."},
		{pair.Ours, ok},
	} {
		conn, err := grpc.NewClient(strings.TrimPrefix(server.url, "http://"), grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		for _, c := range []struct {
			name, list, want string
			options          []grpc.CallOption
		}{
			{"two spans", span("1") + span("2"), ok, nil},
			{"another", span("3"), ok, nil},
			{"nothing", "", ok, nil},
			{"compressed", span("3"), server.gzip, []grpc.CallOption{grpc.UseCompressor(gzip.Name)}},
			{"no id", conformance.Bytes(1, conformance.Bytes(1, "1")), "Internal Missing : id reading List<Span> from proto3", nil},
			{"one good, one bad", span("4") + conformance.Bytes(1, conformance.Bytes(1, "1")), "Internal Missing : id reading List<Span> from proto3", nil},
			{"cut short", span("4")[:9], "Internal Truncated: length 13 > bytes available 7 reading List<Span> from proto3", nil},
		} {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			answer := "not set"
			err := conn.Invoke(ctx, "/zipkin.proto3.SpanService/Report", &c.list, &answer, append(c.options, grpc.ForceCodec(raw{}))...)
			cancel()
			if got := fmt.Sprint(status.Code(err), " ", status.Convert(err).Message()); got != c.want {
				t.Errorf("%s at %s: %s, want %s", c.name, server.url, got, c.want)
			}
			if err == nil && answer != "" {
				t.Errorf("%s at %s: answer %q, want an empty message", c.name, server.url, answer)
			}
		}
		want := []string{`{"id":"0000000000000031"}`, `{"id":"0000000000000032"}`, `{"id":"0000000000000033"}`}
		if err := testbed.Eventually(func() error { return has(server.url, trace, want) }); err != nil {
			t.Errorf("at %s: %v", server.url, err)
		}
	}
}
