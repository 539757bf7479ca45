package propagation_test

import (
	"strings"
	"testing"

	"go.opencensus.io/trace"

	"example.com/tracelab/tracing/propagation"
)

const (
	traceID = "463ac35c9f6413ad48485a3953bb6124"
	spanID  = "a2fb4a1d1a96d312"
)

func TestB3(t *testing.T) {
	for in, out := range map[string]string{
		traceID + "-" + spanID + "-1":                        traceID + "-" + spanID + "-1",
		traceID + "-" + spanID + "-0":                        traceID + "-" + spanID + "-0",
		traceID + "-" + spanID + "-d":                        traceID + "-" + spanID + "-d",
		traceID + "-" + spanID:                               traceID + "-" + spanID + "-0",
		traceID + "-" + spanID + "-true":                     traceID + "-" + spanID + "-1",
		traceID + "-" + spanID + "-1-0000000000000001":       traceID + "-" + spanID + "-1",
		traceID[16:] + "-" + spanID + "-1":                   traceID[16:] + "-" + spanID + "-1",
		strings.ToUpper(traceID) + "-" + spanID + "-D":       traceID + "-" + spanID + "-d",
		traceID + "-" + spanID + "-0000000000000001":         traceID + "-" + spanID + "-0",
		traceID + "-" + spanID + "-FALSE":                    traceID + "-" + spanID + "-0",
		traceID + "-" + spanID + "-":                         "",
		traceID + "-" + spanID + "--":                        "",
		traceID + "-" + spanID + "-1-":                       "",
		traceID + "-" + spanID + "--0000000000000001":        "",
		traceID + "-" + spanID + "-1-0000000000000001-":      "",
		traceID + "-" + spanID + "-1-0000000000000001-1":     "",
		traceID + "--1":                                      "",
		"-" + spanID + "-1":                                  "",
		"-":                                                  "",
		traceID + "-" + spanID + "-2":                        "",
		traceID + "-" + spanID + "-1-1":                      "",
		traceID + "-" + spanID + "-1-000000000000000z":       "",
		traceID + "1-" + spanID + "-1":                       "",
		traceID + "-" + spanID + "1-1":                       "",
		strings.Repeat("0", 32) + "-" + spanID + "-1":        "",
		traceID + "-0000000000000000-1":                      "",
		strings.Replace(traceID, "4", "g", 1) + "-" + spanID: "",
		"": "",
	} {
		sc, ok := propagation.ParseB3(in)
		switch {
		case ok != (out != ""):
			t.Errorf("ParseB3(%q): %v", in, ok)
		case ok && propagation.FormatB3(sc) != out:
			t.Errorf("%q became %q; want %q", in, propagation.FormatB3(sc), out)
		case !ok && sc != trace.SpanContext{}:
			t.Errorf("%q is refused, and gives %+v", in, sc)
		}
	}
}

func TestB3DecisionAlone(t *testing.T) {
	for in, want := range map[string]trace.TraceOptions{
		"0": propagation.Decided,
		"1": propagation.Decided | propagation.Sampled,
		"d": propagation.Decided | propagation.Sampled | propagation.Debug,
	} {
		if sc, ok := propagation.ParseB3(in); !ok || sc != (trace.SpanContext{TraceOptions: want}) {
			t.Errorf("ParseB3(%q) = %+v, %v", in, sc, ok)
		}
	}
}

// FuzzB3 reads any value: what is taken of it reads the same when it is written.
func FuzzB3(f *testing.F) {
	f.Add(traceID + "-" + spanID + "-1-0000000000000001")
	f.Add("d")
	f.Fuzz(func(t *testing.T, s string) {
		sc, ok := propagation.ParseB3(s)
		if !ok || sc.SpanID == (trace.SpanID{}) {
			return
		}
		again, ok := propagation.ParseB3(propagation.FormatB3(sc))
		sc.TraceOptions |= propagation.Decided // B3 writes a deferred decision as a no
		if !ok || again != sc {
			t.Fatalf("%q is %+v, written and read %+v", s, sc, again)
		}
	})
}
