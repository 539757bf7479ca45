package critical_test

import (
	"encoding/binary"
	"testing"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/zipkin"
)

// FuzzOf has any times and any parents: 20 bytes are a span.
func FuzzOf(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 2, 1, 9, 0, 0, 0, 0, 0, 0, 0, 9, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0})
	f.Add([]byte("\x01\x00\x10\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x01\x00\x02\x01\x10\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x02\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var spans []zipkin.Span
		for ; len(b) >= 20; b = b[20:] {
			kinds := []zipkin.Kind{"", zipkin.Client, zipkin.Server, zipkin.Producer, zipkin.Consumer}
			spans = append(spans, zipkin.Span{TraceID: zipkin.TraceID{Low: 1}, ID: zipkin.SpanID(b[0] % 16), ParentID: zipkin.SpanID(b[1] % 16),
				Timestamp: int64(binary.LittleEndian.Uint64(b[2:])), Duration: int64(binary.LittleEndian.Uint64(b[10:])),
				Kind: kinds[int(b[18])%len(kinds)], Local: zipkin.Endpoint{ServiceName: string("abc"[b[19]%3])}, Shared: b[19]&4 != 0})
		}
		for _, clip := range []bool{false, true} {
			checkTiling(t, critical.Of(spans, critical.Options{Clip: clip}))
		}
	})
}
