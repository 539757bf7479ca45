package propagation_test

import (
	"strings"
	"testing"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/propagation"
)

func TestTraceparent(t *testing.T) {
	const ids = traceID + "-" + spanID
	for in, out := range map[string]string{
		"00-" + ids + "-01":                  "00-" + ids + "-01",
		"00-" + ids + "-00":                  "00-" + ids + "-00",
		"00-" + ids + "-02":                  "00-" + ids + "-02", // the trace id is random
		"00-" + ids + "-03":                  "00-" + ids + "-03",
		"00-" + ids + "-ff":                  "00-" + ids + "-03", // flags of later versions
		"cc-" + ids + "-01-later":            "00-" + ids + "-01",
		"cc-" + ids + "-03-LATER":            "00-" + ids + "-03",
		"00-" + strings.ToUpper(ids) + "-01": "",
		"0A-" + ids + "-01":                  "",
		"00-" + ids + "-0F":                  "",
		"00-" + ids + "-01-later":            "",
		"cc-" + ids + "-01later":             "",
		"ff-" + ids + "-01":                  "",
		"0g-" + ids + "-01":                  "",
		"00-" + ids + "-0g":                  "",
		"00-" + ids + "-1":                   "",
		"00_" + ids + "-01":                  "",
		"00-" + strings.Repeat("0", 32) + "-" + spanID + "-01": "",
		"00-" + traceID + "-0000000000000000-01":               "",
		"":                                                     "",
	} {
		sc, ok := propagation.ParseTraceparent(in)
		switch {
		case ok != (out != ""):
			t.Errorf("ParseTraceparent(%q): %v", in, ok)
		case ok && propagation.FormatTraceparent(sc) != out:
			t.Errorf("%q became %q; want %q", in, propagation.FormatTraceparent(sc), out)
		case ok && sc.TraceOptions&propagation.Decided == 0:
			t.Errorf("%q leaves the decision open", in)
		case !ok && sc != trace.SpanContext{}:
			t.Errorf("%q is refused, and gives %+v", in, sc)
		}
	}
}

// FuzzTraceparent reads any value: what is taken of it reads the same when it is
// written.
func FuzzTraceparent(f *testing.F) {
	f.Add("00-" + traceID + "-" + spanID + "-01")
	f.Add("cc-" + traceID + "-" + spanID + "-00-later")
	f.Fuzz(func(t *testing.T, s string) {
		sc, ok := propagation.ParseTraceparent(s)
		if !ok {
			return
		}
		if again, ok := propagation.ParseTraceparent(propagation.FormatTraceparent(sc)); !ok || again != sc {
			t.Fatalf("%q is %+v, written and read %+v", s, sc, again)
		}
	})
}
