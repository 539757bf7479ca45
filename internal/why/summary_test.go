package why

import (
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// waited is an explanation whose cause is a wait in package sync.
func waited(change func(*labapi.Explanation)) *labapi.Explanation {
	x := &labapi.Explanation{
		TraceID: "9", Service: "gateway", Operation: "GET /visit", TotalUS: 82_600,
		Cause:     &labapi.Cause{Service: "writer", Operation: "put", State: "sync", SpanID: "3", Ms: 79.6, StateMs: 79.6, Share: 0.9636},
		States:    []labapi.StateTime{{Service: "writer", Operation: "put", State: "sync", US: 79_600}, {Service: "gateway", Operation: "GET /visit", State: "running", US: 3_000}},
		Stacks:    []labapi.StackTime{{Service: "writer", State: "sync", US: 79_600, Frames: []string{"sync.(*Mutex).Lock (mutex.go:46)", "example.com/shop/store.put (store.go:7)"}}},
		Snapshots: []labapi.Source{{}, {}},
	}
	change(x)
	return x
}

// behind adds what the other goroutine did.
func behind(trace string) func(*labapi.Explanation) {
	return func(x *labapi.Explanation) {
		x.Waits = []labapi.Wait{
			{SpanID: "3", Waiting: "network", State: "running", US: 90_000}, // for another state
			{SpanID: "4", Waiting: "sync", State: "running", US: 80_000},    // of another span
			{SpanID: "3", Waiting: "sync", State: "sleep", US: 79_000, TraceID: trace, Operation: "hold", Stack: []string{"time.Sleep (sleep.go:1)", "main.hold (main.go:2)"}},
		}
	}
}

// TestSentences of what was found, each of the three by itself.
func TestSentences(t *testing.T) {
	same := func(*labapi.Explanation) {}
	for name, test := range map[string]struct {
		x        *labapi.Explanation
		baseline time.Duration
		sentence int
		want     string
	}{
		"a mutex": {waited(same), 0, 0, "GET /visit of the gateway took 82.6 ms: for 79.6 ms of it (96 %) put of the writer waited for a sync.Mutex."},
		"a doubtful one": {waited(func(x *labapi.Explanation) { x.Cause.Doubtful = true }), 0, 0,
			"put of the writer waited for a sync.Mutex. That may be wrong: a part of the execution trace is lost there."},
		"beside the usual": {waited(same), 1900 * time.Microsecond, 0, "(a quarter of such requests stay below 1.90 ms): for"},
		"another lock": {waited(func(x *labapi.Explanation) { x.Stacks[0].Frames[0] = "sync.(*RWMutex).RLock (rwmutex.go:1)" }), 0, 0,
			"put of the writer waited for a sync.RWMutex."},
		"a lock without a stack": {waited(func(x *labapi.Explanation) { x.Stacks = nil }), 0, 0, "put of the writer waited for a mutex, or for another of package sync."},
		"a CPU for a part": {waited(func(x *labapi.Explanation) { x.Cause.State, x.Cause.StateMs = "running", 20 }), 0, 0,
			"put of the writer executed code, with a CPU for only 20.0 ms of that."},
		"a pattern": {waited(func(x *labapi.Explanation) {
			x.Cause, x.Pattern = nil, &labapi.Pattern{Text: "3 calls get, one after the other"}
		}), 0, 0,
			"GET /visit of the gateway took 82.6 ms: 3 calls get, one after the other."},
		"nothing": {waited(func(x *labapi.Explanation) { x.Cause = nil }), 0, 0, "took 82.6 ms: nothing stands out."},

		"little is known": {waited(func(x *labapi.Explanation) { x.Cause, x.UnknownUS = nil, 80_000 }), 0, 0, "took 82.6 ms: most of it is unknown."},
		"something is awaited": {waited(func(x *labapi.Explanation) {
			x.Cause, x.Execution = nil, labapi.Execution{State: labapi.ExecutionAwaited, Reason: "The writer is awaited."}
		}), 0, 0, "took 82.6 ms: why is not known yet."},
		"what is awaited": {waited(func(x *labapi.Explanation) {
			x.Cause, x.Execution = nil, labapi.Execution{State: labapi.ExecutionAwaited, Reason: "The writer is awaited."}
		}), 0, 1, "The writer is awaited."},
		"it is gone": {waited(func(x *labapi.Explanation) {
			x.Cause, x.Execution = nil, labapi.Execution{State: labapi.ExecutionGone, Reason: "It ended long ago."}
		}), 0, 0, "took 82.6 ms: what its goroutines did meanwhile is not known."},
		"why it is gone": {waited(func(x *labapi.Explanation) {
			x.Cause, x.Execution = nil, labapi.Execution{State: labapi.ExecutionGone, Reason: "It ended long ago."}
		}), 0, 1, "It ended long ago."},
		"another request held it":  {waited(behind("7")), 0, 1, "Meanwhile whoever held it slept, or waited for a timer (79.0 ms) in main.hold (main.go:2), for hold of trace 7."},
		"the request itself":       {waited(behind("9")), 0, 1, ", for this very request."},
		"no request that is known": {waited(behind("")), 0, 1, ", for no request that is known."},
		"where it waited":          {waited(same), 0, 1, "Most of that (79.6 ms) was in store.put (store.go:7)."},
		"no stack": {waited(func(x *labapi.Explanation) { x.Stacks = nil }), 0, 1,
			"Most of the time was sync in put of the writer (79.6 ms), running in GET /visit of the gateway (3.00 ms)."},
		"no time": {&labapi.Explanation{}, 0, 1, "There is no time to explain."},

		"all is known": {waited(same), 0, 2, "100.0 % of the time is explained, from 2 execution traces."},
		"something is not": {waited(func(x *labapi.Explanation) {
			x.UnknownUS, x.Snapshots, x.Missing = 8_260, x.Snapshots[:1], []labapi.Missing{{Service: "fetcher", US: 8_260, Reason: "runs without a recorder"}}
		}), 0, 2, "90.0 % of the time is explained, from 1 execution trace; 8.26 ms are not; of the fetcher something is missing: runs without a recorder."},
		"something is doubtful": {waited(func(x *labapi.Explanation) { x.DoubtfulUS = 8_260 }), 0, 2,
			"100.0 % of the time is explained, from 2 execution traces; 8.26 ms of it may be wrong, since a part of an execution trace is lost there."},
		"nothing to know": {&labapi.Explanation{}, 0, 2, "Nothing of it is explained."},
	} {
		t.Run(name, func(t *testing.T) {
			all := summary{test.x, test.baseline, false}.sentences()
			if len(all) != 3 || !strings.HasSuffix(all[test.sentence], test.want) && !strings.Contains(all[test.sentence], test.want) {
				t.Errorf("it says %q; want %q in sentence %d", all, test.want, test.sentence)
			}
		})
	}
}

// TestPlace is the innermost frame of the program's own.
func TestPlace(t *testing.T) {
	for _, test := range []struct {
		frames []string
		want   string
	}{
		{[]string{"sync.(*Mutex).Lock (mutex.go:46)", "example.com/shop/store.(*db).put (store.go:7)", "main.main (main.go:1)"}, "store.(*db).put (store.go:7)"},
		{[]string{"time.Sleep (sleep.go:1)", "main.hold (main.go:2)"}, "main.hold (main.go:2)"},
		{[]string{"internal/poll.(*FD).Read (fd_unix.go:165)", "net/http.(*conn).serve (server.go:2)"}, "poll.(*FD).Read (fd_unix.go:165)"},
		{[]string{"f"}, "f"},
	} {
		if got := Place(test.frames); got != test.want {
			t.Errorf("of %q it is %q, want %q", test.frames, got, test.want)
		}
	}
}

// TestASpanWithoutNames is said to have none, wherever a sentence or a text names it.
func TestASpanWithoutNames(t *testing.T) {
	for name, test := range map[string]struct{ spans, want string }{
		"it is gone":   {"1 0 SERVER - - 0 500", "(no name) of a service without a name took 500 ms: what its goroutines did meanwhile is not known. Of a service without a name there is nothing: it uploaded"},
		"it failed":    {"1 0 SERVER gateway visit 0 500 \n 2 1 - - - 10 20 error=full", "took 500 ms: (no name) of a service without a name failed: full."},
		"calls":        {"1 0 SERVER gateway visit 0 500 \n 2 1 CLIENT gateway - 0 100 \n 3 1 CLIENT gateway - 100 100 \n 4 1 CLIENT gateway - 200 100 \n 5 1 CLIENT gateway - 300 100 \n 6 1 CLIENT gateway - 400 100", "5 calls (no name) of the gateway, one after the other, took 500 ms"},
		"work goes on": {"1 0 SERVER gateway - 0 100 \n 2 1 - gateway - 50 500", "(no name) goes on for 450 ms after (no name) has answered"},
		"no operation": {"1 0 SERVER gateway - 0 500", "(no name) of the gateway took 500 ms"},
		"no service":   {"1 0 SERVER - visit 0 500", "visit of a service without a name took 500 ms"},
	} {
		spans := reports(t, test.spans)
		for i := range spans {
			if sp := &spans[i]; sp.Local.ServiceName == "-" {
				sp.Local.ServiceName = ""
			}
			if spans[i].Name == "-" {
				spans[i].Name = ""
			}
		}
		a, err := Explain(Input{TraceID: zipkin.TraceID{Low: 1}, Spans: spans})
		if err != nil {
			t.Fatal(err)
		}
		if said := strings.Join(a.Sentences, " "); !strings.Contains(said, test.want) || strings.Contains(said, "the  ") {
			t.Errorf("%s: it says %q, want %q", name, said, test.want)
		}
	}
}
