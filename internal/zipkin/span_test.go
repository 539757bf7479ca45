package zipkin_test

import (
	"encoding/hex"
	"math"
	"strings"
	"testing"

	"example.com/tracelab/internal/zipkin"
)

// TestIDs are read as Zipkin reads them, padded, and refused in its words.
func TestIDs(t *testing.T) {
	ones := strings.Repeat("f", 16)
	for text, want := range map[string]struct{ trace, span string }{ // as they are written, or what is wrong
		"7":                {"0000000000000007", "0000000000000007"},
		"0000000000000007": {"0000000000000007", "0000000000000007"},
		ones:               {ones, ones},
		"1" + ones:         {"0000000000000001" + ones, "parentId.length > 16"},
		ones + ones:        {ones + ones, "parentId.length > 16"},
		"0" + ones + ones:  {"traceId.length > 32", "parentId.length > 16"},
		strings.Repeat("0", 15) + "01" + ones[1:]: {"1" + ones[1:], "parentId.length > 16"},
		"10000000000000000":                       {"00000000000000010000000000000000", "parentId.length > 16"},
		strings.Repeat("0", 16) + ones:            {ones, "parentId.length > 16"},
		"0":                                       {"traceId is all zeros", "0000000000000000"},
		strings.Repeat("0", 32):                   {"traceId is all zeros", "parentId.length > 16"},
		"":                                        {"traceId is empty", "parentId is empty"},
		"0x7":                                     {"0x7 should be lower-hex encoded with no prefix", "0x7 should be lower-hex encoded with no prefix"},
		"ABCDEF":                                  {"ABCDEF should be lower-hex encoded with no prefix", "ABCDEF should be lower-hex encoded with no prefix"},
		"g":                                       {"g should be lower-hex encoded with no prefix", "g should be lower-hex encoded with no prefix"},
		" 7":                                      {" 7 should be lower-hex encoded with no prefix", " 7 should be lower-hex encoded with no prefix"},
		"-7":                                      {"-7 should be lower-hex encoded with no prefix", "-7 should be lower-hex encoded with no prefix"},
		"٧":                                       {"٧ should be lower-hex encoded with no prefix", "٧ should be lower-hex encoded with no prefix"},
		"/" + ones:                                {"/" + ones + " should be lower-hex encoded with no prefix", "parentId.length > 16"},
		ones[1:] + "`":                            {ones[1:] + "` should be lower-hex encoded with no prefix", ones[1:] + "` should be lower-hex encoded with no prefix"},
	} {
		id, err := zipkin.ParseTraceID(text)
		if got := said(id.String(), err); got != want.trace {
			t.Errorf("the trace id %q: %s; want %s", text, got, want.trace)
		}
		span, err := zipkin.ParseSpanID("parentId", text)
		if got := said(span.String(), err); got != want.span {
			t.Errorf("the span id %q: %s; want %s", text, got, want.span)
		}
	}
}

func said(value string, err error) string {
	if err != nil {
		return err.Error()
	}
	return value
}

// TestBytesOfIDs have the highest first, and make the same id again.
func TestBytesOfIDs(t *testing.T) {
	const text = "463ac35c9f6413ad48485a3953bb6124"
	id, err := zipkin.ParseTraceID(text)
	if err != nil {
		t.Fatal(err)
	}
	all := id.Bytes()
	if got := hex.EncodeToString(all[:]); got != text {
		t.Errorf("the bytes of %s are %s", text, got)
	}
	if got := zipkin.SpanIDOf([8]byte(all[8:])).String(); got != text[16:] {
		t.Errorf("the id of the last eight is %s", got)
	}
}

// TestEnds do not wrap round, whatever a span says.
func TestEnds(t *testing.T) {
	for _, test := range []struct{ timestamp, duration, want int64 }{
		{100, 7, 107}, {100, 0, 100}, {100, -7, 100}, {0, 7, 7},
		{math.MaxInt64, 1, math.MaxInt64}, {1, math.MaxInt64, math.MaxInt64}, {math.MaxInt64 - 7, 7, math.MaxInt64}, {math.MaxInt64, math.MinInt64, math.MaxInt64},
	} {
		s := zipkin.Span{Timestamp: test.timestamp, Duration: test.duration}
		if got := s.End(); got != test.want {
			t.Errorf("a span from %d for %d ends at %d, want %d", test.timestamp, test.duration, got, test.want)
		}
	}
}
