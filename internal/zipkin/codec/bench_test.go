package codec_test

import (
	"testing"
	"time"

	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
)

// end is a moment after all spans.
var end = time.UnixMilli(1_700_000_000_000)

// BenchmarkDecode measures the JSON alone.
func BenchmarkDecode(b *testing.B) {
	benchmarkDecode(b, string(spantext.Bodies(1, end)[0]), codec.DecodeSpans)
}

// BenchmarkDecodeProto3 measures the same spans as protobuf.
func BenchmarkDecodeProto3(b *testing.B) {
	spans, err := codec.DecodeSpans(string(spantext.Bodies(1, end)[0]))
	if err != nil {
		b.Fatal(err)
	}
	benchmarkDecode(b, encodeProto3(spans), codec.Proto3.Decode)
}

func benchmarkDecode(b *testing.B, body string, decode func(string) ([]zipkin.Span, error)) {
	spans := 0
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		list, err := decode(body)
		if err != nil {
			b.Fatal(err)
		}
		spans += len(list)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(spans), "ns/span")
}
