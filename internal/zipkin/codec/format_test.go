package codec

import (
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed/conformance"
)

func FuzzDecodeProto3(f *testing.F) {
	for _, p := range conformance.Proto3 {
		f.Add(p.Text)
	}
	fuzzFormat(f, Proto3)
}

func FuzzDecodeV1(f *testing.F) {
	for _, list := range [][]conformance.Post{conformance.V1, conformance.V1Lists} {
		for _, p := range list {
			f.Add(p.Text)
		}
	}
	fuzzFormat(f, JSONV1)
}

// fuzzFormat checks that what is read can be written, read as JSON v2 and found
// in a store, and that it takes no more memory than its size allows.
func fuzzFormat(f *testing.F, fm *Format) {
	f.Fuzz(func(t *testing.T, body string) {
		all, err := decodeBounded(t, fm, body)
		if err != nil {
			if len(all) > 0 {
				t.Fatalf("%d spans and an error: %v", len(all), err)
			}
			return
		}
		text := string(AppendSpans(nil, all))
		again, err := DecodeSpans(text)
		if err != nil || len(all)+len(again) > 0 && !reflect.DeepEqual(again, all) {
			t.Fatalf("written as %q\nread as %+v, %v\nwant %+v", text, again, err, all)
		}
		st := store.New(store.Config{})
		st.Add(all)
		for _, sp := range all {
			if _, ok := st.Trace(sp.TraceID); !ok {
				t.Fatalf("stored, but not found: %+v", sp)
			}
		}
	})
}

// decodeBounded decodes twice: in small batches, to see what memory that takes,
// and for the spans.
func decodeBounded(t *testing.T, fm *Format, body string) ([]zipkin.Span, error) {
	t.Helper()
	const size = 8
	spans := 0
	d := Decoder{fromReporter: true}
	before := totalAlloc()
	err := d.Batches(fm, body, size, func(full []zipkin.Span) { spans += len(full) })
	if took, most := totalAlloc()-before, uint64(32<<10+64*len(body)); took > most {
		t.Errorf("%d bytes take %d of memory, want at most %d", len(body), took, most)
	}
	spans += len(d.spans)
	whole := Decoder{fromReporter: true}
	errOfAll := whole.Batches(fm, body, math.MaxInt, nil)
	if err == nil != (errOfAll == nil) || err == nil && spans != len(whole.spans) {
		t.Errorf("in batches %d spans, %v; at once %d, %v", spans, err, len(whole.spans), errOfAll)
	}
	return whole.spans, errOfAll
}

func totalAlloc() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// The shortest span of protobuf is a thirtieth of what it is in memory.
func TestMemoryOfTheShortestSpans(t *testing.T) {
	const spans = 200_000
	for _, c := range []struct {
		format          *Format
		begin, sep, end string
		span            string
	}{
		{JSONV1, "[", ",", "]", `{"traceId":"1","id":"1"}`},
		{JSONV2, "[", ",", "]", `{"traceId":"1","id":"1"}`},
		{Proto3, "", "", "", "\x0a\x06\x0a\x01a\x1a\x01b"},
	} {
		body := c.begin + c.span + strings.Repeat(c.sep+c.span, spans-1) + c.end
		seen := 0
		var d Decoder
		before := totalAlloc()
		err := d.Batches(c.format, body, 4096, func(full []zipkin.Span) { seen += len(full) })
		took := totalAlloc() - before
		if seen += len(d.spans); err != nil || seen != spans {
			t.Errorf("%s: %d spans, %v", c.format.name, seen, err)
		}
		if took > 8<<20 {
			t.Errorf("%s: %d bytes take %d of memory", c.format.name, len(body), took)
		}
	}
}
