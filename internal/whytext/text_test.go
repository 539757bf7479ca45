package whytext_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unicode/utf8"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/whytext"
)

var update = flag.Bool("update", false, "write the golden files anew")

// locked is a request that waited for a mutex, with more of everything than is
// shown.
func locked() *labapi.Explanation {
	a := &labapi.Explanation{
		TraceID: "463ac35c9f6413ad48485a3953bb6124", SpanID: "00000000000000aa", Service: "gateway", Operation: "GET /visit",
		StartUS: 1795497456936198, TotalUS: 30_000, UnknownUS: 900,
		Sentences: []string{"GET /visit of the gateway took 30.0 ms: for 22.9 ms of it (76 %) redisWrite of the writer waited for a sync.Mutex.", "Another held it.", "97.0 % of the time is explained, from 2 execution traces."},
		Cause:     &labapi.Cause{Service: "writer", Operation: "redisWrite", State: "sync", SpanID: "00000000000000bb", Ms: 22.9, StateMs: 22.9, Share: 0.763},
		States: []labapi.StateTime{
			{Service: "writer", Operation: "redisWrite", SpanID: "00000000000000bb", State: "sync", US: 22_900},
			{Service: "gateway", Operation: "GET /visit", SpanID: "00000000000000aa", State: "running", US: 4_000},
			{Service: "fetcher", Operation: "GET /a/very/long/route/that/no/table/has/room/for/{key}", SpanID: "00000000000000cc", State: "network", US: 2_000},
			{Service: "fetcher", Operation: "GET /fetch", SpanID: "00000000000000cd", State: "unknown", US: 900},
			{Service: "gateway", Operation: "main", SpanID: "00000000000000ab", State: "syscall", US: 120},
			{Service: "gateway", Operation: "main", SpanID: "00000000000000ab", State: "runnable", US: 80},
		},
		Stacks: []labapi.StackTime{
			{Service: "writer", State: "sync", US: 22_900, Frames: []string{"sync.(*Mutex).Lock (mutex.go:46)", "main.(*writer).put (values.go:35)", "a", "b", "c", "d", "e", "f"}},
			{Service: "gateway", State: "running", US: 4_000, Frames: []string{"main.rank (ranking.go:33)"}},
			{Service: "fetcher", State: "network", US: 20, Frames: []string{"too short to be shown"}},
		},
		Missing:   []labapi.Missing{{Service: "fetcher", US: 900, Reason: "runs without a recorder"}, {Service: "writer", Reason: "gave no answer within 3 s"}},
		Snapshots: []labapi.Source{{Service: "gateway", Instance: "A", Bytes: 1000, WindowUS: 2_000_000, Reason: "slow"}},
	}
	link := func(us int64, trace, operation, function string, inferred bool) {
		a.Waits = append(a.Waits, labapi.Wait{Service: "writer", Waiting: "sync", SpanID: "00000000000000bb", State: "network", US: us, Function: function,
			Stack: []string{"internal/poll.(*FD).Read (fd_unix.go:165)", "example.com/shop/store." + function + " (store.go:7)"}, TraceID: trace, Operation: operation, Inferred: inferred})
	}
	link(15_000, "00000000000000000000000000000001", "PUT /values/{key}", "hold", false)
	link(3_300, "00000000000000000000000000000002", "PUT /values/{key}", "hold", false)
	link(2_000, "00000000000000000000000000000001", "PUT /values/{key}", "hold", false) // as the first
	link(1_000, "", "", "sweep", true)
	link(10, "00000000000000000000000000000003", "too short to be shown", "hold", false)
	return a
}

func written(a *labapi.Explanation, link string) string {
	explain := func(r *labapi.Request) string {
		return "tracelab why 463ac35c9f6413ad48485a3953bb6124 " + r.SpanID + strings.Repeat(" --start-us 1795497456936198", strings.Count(r.Operation, "half"))
	}
	return whytext.Text(a, whytext.Next{Page: link, Explain: explain}, display.Plain())
}

// TestWhatIsPrinted compares with files of what people read.
func TestWhatIsPrinted(t *testing.T) {
	for name, a := range map[string]*labapi.Explanation{
		"locked": locked(),
		"fast": {TraceID: "0000000000000001", Service: "gateway", Operation: "GET /visit", TotalUS: 800,
			Sentences: []string{"GET /visit of the gateway took 800 µs: nothing stands out."},
			States:    []labapi.StateTime{{Service: "gateway", Operation: "GET /visit", State: "running", US: 800}}},
		"several": {TraceID: "0000000000000001", Service: "gateway", Operation: "GET /visit", TotalUS: 455_000, Requests: 30,
			Sentences: []string{"GET /visit of the gateway, one of 30 requests of this trace, took 455 ms: nothing stands out."},
			Others: []labapi.Request{{SpanID: "00000000000000a1", Service: "gateway", Operation: "GET /visit", TotalUS: 12_300},
				{SpanID: "00000000000000a2", Service: "gateway", Operation: "GET /a/very/long/route/that/no/table/has/room/for/{key}", TotalUS: 800},
				{SpanID: "00000000000000a3", Service: "gateway", Operation: "GET /half", TotalUS: 600, SharesID: true}, {SpanID: "00000000000000a4", Service: "gateway", Operation: "GET /visit", TotalUS: 500}, {SpanID: "00000000000000a5", Service: "gateway", Operation: "GET /visit", TotalUS: 400}, {SpanID: "00000000000000a6", Service: "gateway", Operation: "GET /visit", TotalUS: 300}}},
		"two":   {TraceID: "0000000000000001", Requests: 2, Others: []labapi.Request{{SpanID: "00000000000000a1", Service: "gateway", Operation: "GET /visit", TotalUS: 12_300}}},
		"empty": {Sentences: []string{"There is no time to explain."}},
	} {
		got := written(a, "http://localhost:9411/zipkin/traces/"+a.TraceID)
		golden := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || got != string(want) {
			t.Errorf("%s, %v: it prints\n%s", golden, err, got)
		}
	}
}

// TestATerminalIsNotObeyed: names come from services, which anybody may write.
func TestATerminalIsNotObeyed(t *testing.T) {
	const evil = "\x1b]0;owned\x07\u009b2J\r\n\u202e"
	a := locked()
	a.Sentences[0] += evil
	a.States[0].Service, a.States[0].Operation, a.States[0].State = evil, evil, evil
	a.Cause = nil
	a.Waits[0].Operation, a.Waits[0].TraceID, a.Waits[0].State, a.Waits[0].Waiting, a.Waits[0].SpanID = evil, evil, evil, evil, evil
	a.Waits[0].Stack = []string{evil}
	a.Stacks[0].Service, a.Stacks[0].State, a.Stacks[0].Frames = evil, evil, []string{evil}
	a.Missing[0].Service, a.Missing[0].Reason = evil, evil
	if got := written(a, "http://"+evil); strings.ContainsAny(got, "\x1b\x07\u009b\r\u202e") {
		t.Errorf("%q", got)
	}
}

// TestLinesFit the terminal, unless one word does not.
func TestLinesFit(t *testing.T) {
	a := locked()
	a.Sentences = append(a.Sentences, strings.Repeat("a sentence that goes on ", 12))
	a.States[1].Service, a.States[2].State = strings.Repeat("service", 9), strings.Repeat("state", 9)
	a.Waits[0].Operation = strings.Repeat("operation ", 12)
	a.Missing[0].Reason = strings.Repeat("not answering ", 12)
	for line := range strings.Lines(written(a, "http://localhost:9411/zipkin/traces/"+a.TraceID)) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > display.Columns && strings.Contains(strings.TrimSpace(line), " ") {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

// TestWhatHasNoName is not printed as a blank.
func TestWhatHasNoName(t *testing.T) {
	a := locked()
	for i := range a.States {
		a.States[i].Service, a.States[i].Operation = "", ""
	}
	a.Stacks[0].Service, a.Missing[0].Service, a.Waits[0].Operation = "", "", ""
	a.Others = []labapi.Request{{SpanID: "00000000000000a1", TotalUS: 800}}
	text := written(a, "")
	for _, want := range []string{"\n(no service)  (no name)  sync ", "\n22.9 ms of sync in (no name) of a service without a name:\n", "for (no name) of trace\n", "\n22.9 ms sync in a service without a name\n",
		"\n  (no service): runs without a recorder", "  (no name) of a service without a name\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
}
