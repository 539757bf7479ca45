package waterfall

import (
	"context"
	"errors"
	"html"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// fakeExplainer answers what it holds, and remembers what it was asked to explain.
type fakeExplainer struct {
	execution   labapi.Execution
	explanation *labapi.Explanation
	err         error
	asked       []zipkin.SpanAt
}

func (f *fakeExplainer) Execution(zipkin.TraceID, []zipkin.Span) labapi.Execution { return f.execution }

func (f *fakeExplainer) Explanation(_ context.Context, _ zipkin.TraceID, span zipkin.SpanAt) (*labapi.Explanation, error) {
	f.asked = append(f.asked, span)
	return f.explanation, f.err
}

const hostileText = "</p><script>alert(1)</script>"

// lockedVisit is an explanation of visit, with more than is shown.
func lockedVisit() *labapi.Explanation {
	states := []labapi.StateTime{
		{Service: "fetcher", Operation: "get /fetch", SpanID: "0000000000000003", State: "sync", US: 30_000},
		{Service: "gateway", Operation: hostileText, State: "running", US: 9_900},
		{Service: "gateway", Operation: "get", State: "unknown", US: 60}, {Service: "gateway", Operation: "get", State: "network", US: 40},
	}
	wait := labapi.Wait{Service: "fetcher", Waiting: "sync", SpanID: "0000000000000003", State: "network", US: 20_000,
		Stack: []string{"main.hold (main.go:7)"}, TraceID: "00000000000000cd", Operation: "PUT <values>"}
	other := wait
	other.US, other.TraceID, other.Inferred = 9000, "", true
	return &labapi.Explanation{TraceID: anID, SpanID: "0000000000000001", TotalUS: 40_000, States: states, Waits: []labapi.Wait{wait, wait, other},
		Sentences: []string{"It took 40.0 ms & waited.", "Another held " + hostileText},
		Stacks:    []labapi.StackTime{{Service: "fetcher", State: "sync", US: 30_000, Frames: []string{"sync.(*Mutex).Lock (mutex.go:46)", "main.<x> (main.go:9)"}}},
		Missing:   []labapi.Missing{{Service: "writer", Reason: "runs without a recorder", US: 60}},
		Requests:  30, Others: []labapi.Request{{SpanID: "00000000000000ef", Service: "gateway", Operation: "GET <fast>", TotalUS: 800},
			{SpanID: "0000000000000001", SharesID: true, Service: "gateway", Operation: "GET <half>", StartUS: 1700, TotalUS: 70}},
		Execution: labapi.Execution{State: labapi.ExecutionPartial}}
}

func TestAnExplanationIsOfferedWhileThereCanBeOne(t *testing.T) {
	for name, c := range map[string]struct {
		execution   labapi.Execution
		want, lacks []string
	}{
		"recorded": {labapi.Execution{State: labapi.ExecutionRecorded, SecondsLeft: 7.6},
			[]string{`data-path="/tracelab/v1/why/` + anID + `/execution" data-left="7600"`, ">Explain</button>", `<span class="seconds">8 s</span> more`, `id="why">curl localhost/tracelab/v1/why/` + anID},
			[]string{"cannot be explained"}},
		"in part": {labapi.Execution{State: labapi.ExecutionRecorded, SecondsLeft: .2, Reason: "They forgot the beginning."},
			[]string{`<span class="seconds">1 s</span> more. They forgot the beginning.`}, nil},
		"stored": {labapi.Execution{State: labapi.ExecutionStored}, []string{">Explain</button>", "The server keeps"}, []string{"data-left", "seconds"}},
		"gone": {labapi.Execution{State: labapi.ExecutionGone, Reason: "It ended an hour ago."},
			[]string{"It cannot be explained: It ended an hour ago."}, []string{"<form class=\"why\"", "curl "}},
	} {
		f := &fakeExplainer{execution: c.execution}
		h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, time.Second, 40_000)}}, Explainer: f})
		body := html.UnescapeString(webtest.Get(t, h, "/traces/ab").Body.String())
		for _, want := range c.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the page lacks %s", name, want)
			}
		}
		for _, lacks := range append(c.lacks, `id="explanation"`) {
			if strings.Contains(body, lacks) {
				t.Errorf("%s: the page has %s", name, lacks)
			}
		}
		if len(f.asked) > 0 {
			t.Errorf("%s: it explains unasked", name)
		}
	}
}

func TestAnExplanationOnItsPage(t *testing.T) {
	f := &fakeExplainer{execution: labapi.Execution{State: labapi.ExecutionStored}, explanation: lockedVisit()}
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, time.Second, 40_000)}}, Explainer: f})
	raw := webtest.Get(t, h, "/traces/ab?explain=1").Body.String()
	if strings.Contains(raw, "<script>alert") {
		t.Error("a name became markup")
	}
	body := html.UnescapeString(raw)
	for _, want := range []string{
		`<p class="first">It took 40.0 ms & waited.</p>`,
		`<a href="?explain=1&span=0000000000000003#span-0000000000000003">get /fetch</a>`, "<small>waited for a mutex", "<td>30.0 ms</td><td>75.0 %</td>",
		"<td>2 more</td><td></td><td>100 µs</td><td>0.2 %</td>", "<td>all</td><td></td><td>40.0 ms</td><td>100.0 %</td>",
		"30.0 ms of sync in get /fetch of the fetcher", `<li><b>40.0 ms</b> network in <code>main.hold (main.go:7)</code>, for PUT <values> of <a href="/traces/00000000000000cd">trace 00000000000000cd</a></li>`,
		"for no request that is known <small>(inferred)</small>", `<details class="stacks"><summary>1 stack</summary>`, "<code>main.<x> (main.go:9)</code>",
		`<li><a href="?explain=00000000000000ef#explanation">GET <fast> of the gateway</a>, 800 µs</li>`,
		`<li><a href="?explain=0000000000000001&start_us=1700#explanation">GET <half> of the gateway</a>, 70 µs</li><li>and 27 more</li>`,
		"<li>writer: runs without a recorder (60 µs unknown)</li>",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(body, `id="offer"`) || strings.Contains(body, "Ask again") {
		t.Error("what is explained is offered")
	}
	webtest.Get(t, h, "/traces/ab?explain=3")
	webtest.Ask(h, httptest.NewRequest("HEAD", "http://localhost/traces/ab?explain=1", nil))
	if len(f.asked) != 2 || f.asked[0] != (zipkin.SpanAt{}) || f.asked[1] != (zipkin.SpanAt{ID: 3}) {
		t.Errorf("it was asked for %v, want the longest request and span 3", f.asked)
	}
}

// TestAnExplanationThatIsNoneYet is asked for again; one that failed says why.
func TestAnExplanationThatIsNoneYet(t *testing.T) {
	awaited := lockedVisit()
	awaited.Execution = labapi.Execution{State: labapi.ExecutionAwaited}
	for name, c := range map[string]struct {
		explainer fakeExplainer
		query     string
		want      string
	}{
		"awaited":   {fakeExplainer{explanation: awaited}, "1", `<input type="hidden" name="explain" value="1"><button>Ask again</button>`},
		"another":   {fakeExplainer{explanation: awaited}, "0000000000000002&start_us=1700", `<input type="hidden" name="explain" value="0000000000000002"><input type="hidden" name="start_us" value="1700"><button>Ask again</button>`},
		"its curl":  {fakeExplainer{explanation: awaited}, "0000000000000002&start_us=1700", `id="why">curl -G localhost/tracelab/v1/why/` + anID + ` -d span=0000000000000002 -d start_us=1700</code>`},
		"its rows":  {fakeExplainer{explanation: awaited}, "0000000000000002&start_us=1700", `<a href="?explain=0000000000000002&start_us=1700&span=0000000000000003#span-0000000000000003">get /fetch</a>`},
		"failed":    {fakeExplainer{err: errors.New("too many are asked for")}, "1", "There is none: too many are asked for"},
		"no span":   {fakeExplainer{}, "soon", "There is none: explain=soon: want 1, or the id of a span"},
		"no time":   {fakeExplainer{}, "2&start_us=soon", `There is none: "soon" is no time: want µs since 1970`},
		"no id":     {fakeExplainer{}, "1&start_us=1700", "There is none: start_us=1700: want the id of a span in explain, too"},
		"zero span": {fakeExplainer{}, "0", "There is none: explain=0: want 1"},
	} {
		f := c.explainer
		f.execution = labapi.Execution{State: labapi.ExecutionRecorded, SecondsLeft: 5}
		h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, time.Second, 40_000)}}, Explainer: &f})
		body := html.UnescapeString(webtest.Get(t, h, "/traces/ab?explain="+c.query).Body.String())
		if !strings.Contains(body, c.want) || !strings.Contains(body, `id="offer"`) {
			t.Errorf("%s: the page lacks %q, or the offer", name, c.want)
		}
	}
}

// TestOneOfSeveralRequests is said to be one, with its own time.
func TestOneOfSeveralRequests(t *testing.T) {
	trace := webtest.Visit(0xab, time.Minute, 40_000)
	late := webtest.Kind(webtest.Span(9, 8, trace[0].Timestamp+30_000_000, 70_000), zipkin.Server, "gateway")
	late.TraceID, late.Name = trace[0].TraceID, "get /slow"
	body := webtest.Get(t, serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{append(trace, late)}}}), "/traces/ab").Body.String()
	for _, want := range []string{"<h1><b>gateway</b>: get /slow", `<p class="why">One of 2 requests of this trace, the longest: it took 70.0 ms.</p>`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// TestWhatHasNoName is not shown as a blank.
func TestWhatHasNoName(t *testing.T) {
	a := lockedVisit()
	for i := range a.States {
		a.States[i].Service, a.States[i].Operation = "", ""
	}
	a.Stacks[0].Service, a.Missing[0].Service, a.Waits[0].Operation = "", "", ""
	a.Others = []labapi.Request{{SpanID: "00000000000000ef", TotalUS: 800}}
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, time.Second, 40_000)}}, Explainer: &fakeExplainer{explanation: a}})
	body := html.UnescapeString(webtest.Get(t, h, "/traces/ab?explain=1").Body.String())
	for _, want := range []string{"<tr><td>(no service)</td>", ">(no name)</a></td>", "30.0 ms of sync in (no name) of a service without a name:", "for (no name) of <a",
		"30.0 ms sync in a service without a name</h3>", "<li>(no service): runs", "#explanation\">(no name) of a service without a name</a>"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}
