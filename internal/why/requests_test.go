package why_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	octrace "go.opencensus.io/trace"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/internal/zipkin"
)

// TestWhichRequestIsExplained: the longest of a trace, or the one that is asked for,
// with how many there are.
func TestWhichRequestIsExplained(t *testing.T) {
	two := []string{"2<1 SERVER a | fast @1000+9", "3<1 SERVER a | slow @2000+90", "4<3 CLIENT a | get @2001+80"}
	pasted := make([]string, 30)
	for i := range pasted {
		pasted[i] = fmt.Sprintf("%x<1 SERVER a | visit @%d+%d", i+2, 1000*(i+1), 100+(i*7)%30)
	}
	loaded := make([]string, 130)
	for i := range loaded {
		loaded[i] = fmt.Sprintf("%x<1 SERVER a | visit @%d+%d", i+2, 2000*(i+1), 1000+(i*7)%130)
	}
	others := func(from, to int) (text string) {
		for n := from; n >= to; n-- {
			text += fmt.Sprint(" visit ", n)
		}
		return text
	}
	for _, test := range []struct {
		name  string
		spans []string
		asked zipkin.SpanID
		want  string // operation, time, requests, others
	}{
		{"the only one", []string{"1 SERVER a | visit @1000+90", "2<1 CLIENT a | get @1001+80"}, 0, "visit 90"},
		{"the only one, whose caller reports elsewhere", []string{"2<1 SERVER a | visit @1000+90", "3<2 CLIENT a | get @1001+80"}, 0, "visit 90"},
		{"the longer of two", two, 0, "slow 90 of 2: fast 9"},
		{"the other", two, 2, "fast 9 of 2: slow 90"},
		{"a part of one", two, 4, "get 80"},
		{"an app that calls twice", []string{"1 SERVER a | visit @1000+30", "2 SERVER a | visit @5000+20"}, 0, "visit 30 of 2: visit 20"},
		{"one that a call was lost of", []string{"1 SERVER a | visit @1000+90", "3<2 SERVER b | put @1005+20"}, 0, "visit 90"},
		{"work that was lost goes on for longer", []string{"1 SERVER a | visit @1000+90", "3<2 - a | later @1005+500"}, 0, "visit 90"},
		{"one of which the first span is missing", []string{"2<1 CLIENT a | get @1000+20", "3<1 CLIENT a | put @1030+40"}, 0, "put 40"},
		{"one id that thirty pasted", pasted, 0, "visit 129 of 30:" + others(128, 100)},
		{"one id that a load has", loaded, 0, "visit 1129 of 130:" + others(1128, 1029)},
		{"one that has no time", []string{"2<1 SERVER a | visit @1000+90", "3<1 SERVER a | never @0+0"}, 0, "visit 90"},
		{"two that share an id", []string{"2<1 SERVER a@1.1.1.1 | slow @1000+90", "2<1 SERVER a@1.1.1.2 | fast @2000+9"}, 0, "slow 90 of 2: fast 9 shares its id"},
		{"two that share an id, asked for by it", []string{"2<1 SERVER a@1.1.1.1 | fast @1000+9", "2<1 SERVER a@1.1.1.2 | slow @2000+90"}, 2, "slow 90 of 2: fast 9 shares its id"},
		{"neither of two that share an id", []string{"2<1 SERVER a@1.1.1.1 | fast @1000+9", "2<1 SERVER a@1.1.1.2 | slow @2000+90", "3<1 SERVER a | slower @3000+99"}, 3, "slower 99 of 3: slow 90 fast 9 shares its id"},
		{"a span with the id of its server", []string{"1 SERVER b shared | serve @1002+50", "1 CLIENT a | call @1000+90"}, 1, "call 90"},
	} {
		x, err := why.Explain(why.Input{TraceID: zipkin.TraceID{Low: 1}, Span: zipkin.SpanAt{ID: test.asked}, Spans: spantext.Spans(t, test.spans...)})
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%s %d", x.Operation, x.TotalUS)
		said := fmt.Sprintf(", one of %d requests of this trace, took ", x.Requests)
		if x.Requests > 0 {
			got += fmt.Sprintf(" of %d:", x.Requests)
			for _, o := range x.Others {
				got += fmt.Sprintf(" %s %d", o.Operation, o.TotalUS)
				if o.SharesID {
					got += " shares its id"
				}
			}
		}
		if got != test.want || strings.Contains(x.Sentences[0], said) != (x.Requests > 0) {
			t.Errorf("%s: it explains %q, want %q; %q", test.name, got, test.want, x.Sentences[0])
		}
		for _, o := range x.Others {
			if id, err := zipkin.ParseSpanID("id", o.SpanID); err != nil || id == 0 || o.Service != "a" || o.StartUS < 1000 {
				t.Errorf("%s: another is %+v", test.name, o)
			}
		}
	}
}

// TestEachOfThoseThatShareAnID can be asked for, by when it began.
func TestEachOfThoseThatShareAnID(t *testing.T) {
	shared := make([]string, 30) // by thirty hosts
	for i := range shared {
		shared[i] = fmt.Sprintf("2<1 SERVER a@1.1.1.%d | visit @%d+%d", i+1, 1_000_000*(i+1), 100+(i*7)%30)
	}
	in := why.Input{TraceID: zipkin.TraceID{Low: 1}, Spans: spantext.Spans(t, shared...)}
	x, err := why.Explain(in)
	if err != nil || x.Requests != 30 || len(x.Others) != 29 || x.TotalUS != 129 {
		t.Fatalf("%+v, %v", x, err)
	}
	for _, o := range x.Others {
		in.Span = zipkin.SpanAt{ID: 2, Timestamp: o.StartUS}
		other, err := why.Explain(in)
		if err != nil || !o.SharesID || other.StartUS != o.StartUS || other.TotalUS != o.TotalUS || other.Requests != 30 {
			t.Errorf("of %+v it explains %+v, %v", o, other, err)
		}
	}
	in.Span.Timestamp = x.StartUS + 99_000
	if near, err := why.Explain(in); err != nil || near.StartUS != x.StartUS {
		t.Errorf("99 ms from it, it explains %+v, %v", near, err)
	}
	in.Span.Timestamp = x.StartUS + 101_000
	if _, err := why.Explain(in); !errors.Is(err, why.ErrNothing) || !strings.Contains(err.Error(), fmt.Sprintf("began at %d µs", in.Span.Timestamp)) || !strings.Contains(err.Error(), fmt.Sprint("the nearest with this id began at ", x.StartUS)) {
		t.Errorf("101 ms from it: %v", err)
	}
}

// TestTheBaselineIsOfWhatIsExplained, and is said where it is below its time.
func TestTheBaselineIsOfWhatIsExplained(t *testing.T) {
	spans := spantext.Spans(t, "2<1 SERVER a | fast @1000+9", "3<1 SERVER a | slow @2000+90", "4<3 CLIENT a | get @2001+80")
	for _, test := range []struct {
		asked    zipkin.SpanID
		baseline time.Duration
		of       string // what is asked for
		root     bool
		said     bool
	}{
		{0, 89 * time.Microsecond, "slow", true, true},
		{0, 90 * time.Microsecond, "slow", true, false},
		{0, time.Second, "slow", true, false},
		{0, 0, "slow", true, false},
		{2, 5 * time.Microsecond, "fast", true, true},
		{4, 5 * time.Microsecond, "get", false, true},
	} {
		x, err := why.Explain(why.Input{TraceID: zipkin.TraceID{Low: 1}, Span: zipkin.SpanAt{ID: test.asked}, Spans: spans,
			Baseline: func(of *zipkin.Span, root bool) time.Duration {
				if of.Name != test.of || root != test.root {
					t.Errorf("span %x: it is asked for %s, %t; want %s, %t", test.asked, of.Name, root, test.of, test.root)
				}
				return test.baseline
			}})
		if err != nil {
			t.Fatal(err)
		}
		if said := strings.Contains(x.Sentences[0], "(a quarter of such requests stay below "); said != test.said {
			t.Errorf("span %x beside %s: it says %q", test.asked, test.baseline, x.Sentences[0])
		}
	}
}

// TestTheTimeOfSharedIDs is that of each half: of the call without the server's, and
// of the server at whose host the work was done.
func TestTheTimeOfSharedIDs(t *testing.T) {
	for _, test := range []struct {
		name  string
		spans []string
		want  string // service, operation and µs
	}{
		{"client and server", []string{"1 CLIENT a | call @1000+100", "1 SERVER b shared | serve @1010+80", "2<1 - b | work @1020+50"},
			"b work 50, b serve 30, a call 20"},
		{"a service that calls itself, at two addresses", []string{"1 CLIENT a@1.1.1.1 | call @1000+100", "1 SERVER a@1.1.1.2 shared | serve @1010+80", "2<1 - a@1.1.1.2 | work @1020+50"},
			"a work 50, a serve 30, a call 20"},
		{"a service that calls itself, without addresses", []string{"1 CLIENT a | call @1000+100", "1 SERVER a shared | serve @1010+80", "2<1 - a | work @1020+50"},
			"a work 50, a serve 30, a call 20"},
		{"the flag is missing", []string{"1 CLIENT a@1.1.1.1 | call @1000+100", "1 SERVER a@1.1.1.2 | serve @1010+80", "2<1 - a@1.1.1.2 | work @1020+50"},
			"a work 50, a serve 30, a call 20"},
		{"a call tried again, that another host answered", []string{"1 CLIENT a | call @1000+100", "1 SERVER b@1.1.1.1 shared error | first @1005+15", "1 SERVER b@1.1.1.2 shared | second @1030+60", "2<1 - b@1.1.1.2 | work @1040+40"},
			"b work 40, a call 25, b second 20, b first 15"},
		{"the other half's clock is behind", []string{"1 CLIENT a@1.1.1.1 | call @9000+100", "1 SERVER a@1.1.1.2 shared | serve @1000+80", "2<1 - a@1.1.1.2 | work @1010+50"},
			"a work 50, a serve 30, a call 20"},
		{"tags that came later, of no half", []string{"1 CLIENT a | call @1000+100", "1 SERVER b shared | serve @1010+80", "1 - c | k=v"},
			"b serve 80, a call 20"},
	} {
		x, err := why.Explain(why.Input{TraceID: zipkin.TraceID{Low: 1}, Spans: spantext.Spans(t, test.spans...)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range x.States {
			got = append(got, fmt.Sprintf("%s %s %d", s.Service, s.Operation, s.US))
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: the time is %q, want %q", test.name, got, test.want)
		}
	}
}

// TestTheHalfOfATask: of client and server with one id, the execution trace of a
// process is of the one that this process reported.
func TestTheHalfOfATask(t *testing.T) {
	c := recordCall(t, 50*time.Millisecond)
	id := zipkin.SpanID(spanID(c.ask))
	call := zipkin.Span{TraceID: c.id(), ID: id, ParentID: 9, Kind: zipkin.Client, Name: "ask", Local: zipkin.Endpoint{ServiceName: "shop"},
		Timestamp: c.began.UnixMicro(), Duration: c.waited.Microseconds()}
	serve := zipkin.Span{TraceID: c.id(), ID: id, ParentID: 9, Kind: zipkin.Server, Name: "serve", Local: zipkin.Endpoint{ServiceName: "bank"},
		Timestamp: c.began.Add(20 * time.Millisecond).UnixMicro(), Duration: 10_000, Shared: true}
	again := serve
	again.Name, again.Local.ServiceName, again.Local.IPv4 = "again", "shop", "10.0.0.2"
	for name, spans := range map[string][]zipkin.Span{"of two services": {serve, call}, "of one": {again, call}} {
		x := c.explained(t, spans...)
		states := map[string]int64{}
		for _, s := range x.States {
			if s.SpanID == id.String() {
				states[s.Operation+" "+s.State] += s.US
			}
		}
		server := states[spans[0].Name+" unknown"]
		if states["ask network"] < 30_000 || server < 9_000 || server > 11_000 || states["serve network"]+states["again network"] > 0 {
			t.Errorf("%s: the call waited 50 ms, of which the server took 10: %v", name, states)
		}
		if a := explainSpan(t, c, id, spans); a.Operation != "ask" || a.Reported == nil || a.Reported.Kind != zipkin.Client {
			t.Errorf("%s: the span with the id is %s, %+v", name, a.Operation, a.Reported)
		}
	}
}

func explainSpan(t *testing.T, c call, id zipkin.SpanID, spans []zipkin.Span) *labapi.Explanation {
	t.Helper()
	x, err := why.Explain(why.Input{TraceID: c.id(), Span: zipkin.SpanAt{ID: id}, Spans: spans, Processes: []why.Process{{Service: "Shop", Instance: "1", Trace: c.trace}}})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestTwoRequestsOfOneExecutionTrace: the slow one is explained, whichever came first.
func TestTwoRequestsOfOneExecutionTrace(t *testing.T) {
	for _, slow := range []int{0, 1} {
		t.Run(fmt.Sprint(slow), func(t *testing.T) {
			from := octrace.SpanContext{TraceID: octrace.TraceID{7}, SpanID: octrace.SpanID{9}, TraceOptions: 1}
			tr := record(t, func(ctx context.Context) {
				for i := range 2 {
					_, span := octrace.StartSpanWithRemoteParent(ctx, fmt.Sprint("visit ", i), from)
					if i == slow {
						time.Sleep(40 * time.Millisecond) // what is to be explained
					}
					span.End()
				}
			})
			x := explain(t, idOf(from.TraceID), tr)
			if x.Operation != fmt.Sprint("visit ", slow) || x.Requests != 2 || x.Cause == nil || x.Cause.State != "sleep" {
				t.Errorf("it explains %s, of %d requests, with the cause %+v", x.Operation, x.Requests, x.Cause)
			}
		})
	}
}
