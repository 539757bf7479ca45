package propagation_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"go.opencensus.io/trace"
	"go.opencensus.io/trace/tracestate"

	"example.com/tracelab/tracing/propagation"
)

const traceparent = "00-" + traceID + "-" + spanID + "-01"

// extractState reads a tracestate in lines, beside its traceparent.
func extractState(lines ...string) (trace.SpanContext, bool) {
	return propagation.Extract(http.Header{"Traceparent": {traceparent}, "Tracestate": lines})
}

// list has n members from k1=v on, each of size characters.
func list(n, size int) string {
	var members []string
	for i := range n {
		m := fmt.Sprintf("k%d=", i+1)
		members = append(members, m+strings.Repeat("v", size-len(m)))
	}
	return strings.Join(members, ",")
}

func TestTracestate(t *testing.T) {
	long := strings.Repeat("z", 256)
	for _, test := range []struct {
		name  string
		lines []string
		want  string
		ok    bool
	}{
		{"none", nil, "", true},
		{"empty", []string{""}, "", true},
		{"empty members", []string{" , ,\t,"}, "", true},
		{"one", []string{"rojo=00f067aa0ba902b7"}, "rojo=00f067aa0ba902b7", true},
		{"lines", []string{"a=1,b=2", "c=3", "", "d=4"}, "a=1,b=2,c=3,d=4", true},
		{"white space", []string{" \ta=1 \t, \tb=2\t"}, "a=1,b=2", true},
		{"white space in values", []string{"a= 1 2 ,b=2"}, "a= 1 2,b=2", true},
		{"all characters of a key", []string{"0abcdefghijklmnopqrstuvwxyz123456789_-*/@=1"}, "0abcdefghijklmnopqrstuvwxyz123456789_-*/@=1", true},
		{"keys of level 2", []string{"1a=1,a@=2,a@b@c=3"}, "1a=1,a@=2,a@b@c=3", true},
		{"keys of level 1", []string{"1t@v=1,t*/-_@v*/-_=2"}, "1t@v=1,t*/-_@v*/-_=2", true},
		{"a value of all characters", []string{"a=!\"#$%&'()*+-./09:;<>?@AZ[\\]^_`az{|}~"}, "a=!\"#$%&'()*+-./09:;<>?@AZ[\\]^_`az{|}~", true},
		{"a key of 256", []string{"a=1", long + "=1"}, "a=1," + long + "=1", true},
		{"a key of 257", []string{"a=1", "z" + long + "=1"}, "a=1", false},
		{"a value of 257", []string{"a=z" + long + ",b=2"}, "b=2", false},
		{"a bad key", []string{"a=1,B=2,c =3,.d=4,@e=5,_f=6,é=7,g.h=8,=9,i=10"}, "a=1,i=10", false},
		{"a bad value", []string{"a=1,b=,c=2=3,d=é,e=\x7f,f=a\tb,g,h=10"}, "a=1,h=10", false},
		{"a key twice", []string{"a=1,b=2", "a=3"}, "a=1,b=2", false},
		{"32 members", []string{list(16, 6), strings.ReplaceAll(list(16, 6), "k", "l")}, list(16, 6) + "," + strings.ReplaceAll(list(16, 6), "k", "l"), true},
		{"33 members", []string{list(33, 6)}, list(32, 6), false},
		{"512 characters", []string{list(4, 127) + ",a"}, list(4, 127), false},
		{"512 characters, exactly", []string{list(3, 100) + "," + strings.ReplaceAll(list(1, 209), "k", "x")}, list(3, 100) + "," + strings.ReplaceAll(list(1, 209), "k", "x"), true},
		{"513 characters: the large goes first", []string{strings.ReplaceAll(list(1, 210), "k", "x"), list(3, 100)}, list(3, 100), false},
		{"large ones go from the end", []string{list(4, 200), "s=1"}, list(2, 200) + ",s=1", false},
		{"128 is not large", []string{list(5, 128)}, list(3, 128), false},
		{"then the others go from the end", []string{list(4, 129), "a=1", strings.ReplaceAll(list(5, 110), "k", "x")}, "a=1," + strings.ReplaceAll(list(4, 110), "k", "x"), false},
		{"none fits", []string{long + "=" + long}, "", false},
	} {
		sc, ok := extractState(test.lines...)
		if got := propagation.FormatTracestate(sc); got != test.want || ok != test.ok {
			t.Errorf("%s: %q, all of it: %v; want %q", test.name, got, ok, test.want)
		}
		if sc.TraceID.String() != traceID {
			t.Errorf("%s: trace %s", test.name, sc.TraceID)
		}
		h := http.Header{"Tracestate": {"an=old", "one=too"}}
		propagation.NoBaggage.Inject(t.Context(), sc, h)
		if got := strings.Join(h["Tracestate"], "|"); got != test.want || len(h["Tracestate"]) != min(1, len(test.want)) {
			t.Errorf("%s: sent on %q; want %q", test.name, got, test.want)
		}
	}
}

// TestTracestateBelongsToItsTrace reads a tracestate beside other headers: it, and
// the flag Random, go on with the trace that its traceparent names.
func TestTracestateBelongsToItsTrace(t *testing.T) {
	for _, test := range []struct {
		name string
		h    http.Header
		want string
		ok   bool
	}{
		{"no traceparent", http.Header{}, "", false},
		{"a traceparent that cannot be read", http.Header{"Traceparent": {"00-zz"}}, "", false},
		{"two traceparents", http.Header{"Traceparent": {traceparent, traceparent[:54] + "0"}}, "", false},
		{"its traceparent", http.Header{"Traceparent": {traceparent[:54] + "3"}}, "a=1", true},
		{"of a later version", http.Header{"Traceparent": {"cc" + traceparent[2:54] + "3-more"}}, "a=1", true},
		{"B3 of the same trace", http.Header{"B3": {traceID + "-0000000000000001-1"}, "Traceparent": {traceparent[:54] + "3"}}, "a=1", true},
		{"B3 of another trace", http.Header{"B3": {traceID[16:] + "-" + spanID + "-1"}, "Traceparent": {traceparent[:54] + "3"}}, "", false},
		{"B3 alone", http.Header{"B3": {traceID + "-" + spanID + "-1"}}, "", false},
		{"a decision alone", http.Header{"B3": {"1"}}, "", false},
	} {
		test.h["Tracestate"] = []string{"a=1"}
		sc, ok := propagation.Extract(test.h)
		if got := propagation.FormatTracestate(sc); got != test.want || ok != test.ok || (sc.TraceOptions&propagation.Random != 0) != (test.want != "") {
			t.Errorf("%s: tracestate %q, %v, options %x; want %q, %v", test.name, got, ok, sc.TraceOptions, test.want, test.ok)
		}
	}
}

// TestTracestateIsOpenCensuss has a program add a member of its own.
func TestTracestateIsOpenCensuss(t *testing.T) {
	sc, _ := extractState("a=1,1t@v=2")
	other, _ := extractState("b=3,c=4") // of another request: the two share nothing
	var err error
	if sc.Tracestate, err = tracestate.New(sc.Tracestate, tracestate.Entry{Key: "own", Value: "x"}); err != nil {
		t.Fatal(err)
	}
	if got := propagation.FormatTracestate(sc); got != "own=x,a=1,1t@v=2" {
		t.Errorf("with its own: %s", got)
	}
	if got := propagation.FormatTracestate(other); got != "b=3,c=4" {
		t.Errorf("the other request has %s", got)
	}
	var entries []tracestate.Entry
	for i := range 32 {
		entries = append(entries, tracestate.Entry{Key: fmt.Sprintf("k%d", i), Value: strings.Repeat("v", 100)})
	}
	if sc.Tracestate, err = tracestate.New(nil, entries...); err != nil {
		t.Fatal(err)
	}
	if got := propagation.FormatTracestate(sc); strings.Count(got, "=") != 4 || !strings.HasPrefix(got, "k0=") || len(sc.Tracestate.Entries()) != 32 {
		t.Errorf("more than fits is sent as %s", got)
	}
}

// FuzzTracestate reads any lines: what is taken of them is within the bounds, and
// reads the same when it is written.
func FuzzTracestate(f *testing.F) {
	f.Add("a=1,b=2", "c=3")
	f.Add(list(32, 6), list(4, 200))
	f.Fuzz(func(t *testing.T, one, two string) {
		sc, _ := extractState(one, two)
		all := propagation.FormatTracestate(sc)
		if len(all) > propagation.MaxTracestate || len(sc.Tracestate.Entries()) > 32 {
			t.Fatalf("%q, %q is taken as %q", one, two, all)
		}
		if again, ok := extractState(all); !ok || propagation.FormatTracestate(again) != all {
			t.Fatalf("%q, %q is taken as %q, and that as %q", one, two, all, propagation.FormatTracestate(again))
		}
	})
}
