package waterfall

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// answered are rows as the browser reads them.
type answered struct {
	ID       string
	Spans    int
	Zero     int64
	From, To int64
	Root     string
	Clocks   string
	Shifts   [][2]any
	Services []struct{ Name, Class string }
	Names    []string

	Key                                 []string
	Depth, Below, Service, Name, Callee []int
	CalleeClass                         map[string]string
	Kind, Flags                         []int
	Start                               []*int64
	Duration, Self, OnPath, Drag, Slack []int64
	Marks                               map[string][]string
	Sections                            []int64
}

// ask asks a path below that of trace 1.
func askRows(t *testing.T, spans []zipkin.Span, query string) (a answered) {
	t.Helper()
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{spans}}})
	w := webtest.Get(t, h, "/traces/"+spans[0].TraceID.String()+"/rows"+query)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("status %d, %v: %s", w.Code, w.Header(), w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	for name, column := range map[string]any{"key": a.Key, "depth": a.Depth, "below": a.Below, "service": a.Service, "name": a.Name, "callee": a.Callee, "kind": a.Kind,
		"flags": a.Flags, "start": a.Start, "duration": a.Duration, "self": a.Self, "onPath": a.OnPath, "drag": a.Drag, "slack": a.Slack} {
		if n := reflect.ValueOf(column).Len(); n != len(a.Key) {
			t.Fatalf("%d of %s, %d keys", n, name, len(a.Key))
		}
	}
	return a
}

// table writes rows as text, a line each.
func (a answered) table() string {
	var b strings.Builder
	for i, key := range a.Key {
		start := "-"
		if a.Start[i] != nil {
			start = fmt.Sprint(*a.Start[i])
		}
		service := "none"
		if a.Service[i] >= 0 {
			service = a.Services[a.Service[i]].Name
		}
		callee := ""
		if a.Callee[i] >= 0 {
			callee = " > " + a.Names[a.Callee[i]]
		}
		fmt.Fprintf(&b, "%s%s %s %s%s %d at %s for %d, self %d path %d drag %d slack %d flags %d%s\n", strings.Repeat(".", a.Depth[i]), strings.TrimLeft(key, "0"), service,
			a.Names[a.Name[i]], callee, a.Kind[i], start, a.Duration[i], a.Self[i], a.OnPath[i], a.Drag[i], a.Slack[i], a.Flags[i], strings.Join(append([]string{""}, a.Marks[fmt.Sprint(i)]...), " "))
	}
	return b.String()
}

func TestRows(t *testing.T) {
	trace := webtest.Failing(webtest.Visit(0xab, time.Minute, 40_000))
	trace[1].Tags = []zipkin.Tag{{Key: labapi.TagWhy, Value: "it waited"}}
	call := webtest.Kind(webtest.Span(4, 3, trace[2].Timestamp+1000, 2000), zipkin.Client, "fetcher")
	call.TraceID, call.Name, call.Remote = trace[0].TraceID, `say "hi"`, zipkin.Endpoint{ServiceName: "redis"}
	lost := webtest.Span(5, 9, trace[0].Timestamp+100, 50)
	lost.TraceID = trace[0].TraceID
	a := askRows(t, append(trace, call, lost), "")
	if a.ID != anID || a.Spans != 5 || a.Zero != trace[0].Timestamp || a.From != 0 || a.To != 40_000 || a.Root != "" || a.Clocks != "adjusted" {
		t.Errorf("%+v", a)
	}
	want := `1 gateway get /visit 2 at 0 for 40000, self 20000 path 20000 drag 40000 slack 0 flags 64
.2 gateway get 1 at 4000 for 20000, self 10000 path 10000 drag 20000 slack 0 flags 70
..3 fetcher get /fetch 2 at 8000 for 10000, self 8000 path 8000 drag 10000 slack 0 flags 65
...4 fetcher say "hi" > redis 1 at 9000 for 2000, self 2000 path 2000 drag 2000 slack 0 flags 68
missing-0000000000000009 none (no name) 0 at - for 0, self 0 path 0 drag 0 slack -1 flags 32
.5 s 5 0 at 100 for 50, self 50 path 0 drag 0 slack -1 flags 0
`
	if got := a.table(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if want := []int64{0, 0, 4000, 1, 4000, 8000, 2, 8000, 9000, 3, 9000, 11_000, 2, 11_000, 18_000, 1, 18_000, 24_000, 0, 24_000, 40_000}; !reflect.DeepEqual(a.Sections, want) {
		t.Errorf("sections %v, want %v", a.Sections, want)
	}
	if want := []int{3, 2, 1, 0, 1, 0}; !reflect.DeepEqual(a.Below, want) {
		t.Errorf("below %v, want %v", a.Below, want)
	}
	if a.CalleeClass["3"] == "" || len(a.CalleeClass) != 1 {
		t.Errorf("classes of callees %v", a.CalleeClass)
	}
}

// skewed is a call whose server's clock is an hour behind, and a span within it.
func skewed() []zipkin.Span {
	const hour = int64(time.Hour / time.Microsecond)
	start := webtest.Noon.UnixMicro()
	return []zipkin.Span{
		webtest.Kind(webtest.Span(1, 0, start, 1000), zipkin.Client, "a"),
		webtest.Kind(webtest.Span(2, 1, start-hour, 600), zipkin.Server, "b"),
		webtest.Kind(webtest.Span(3, 2, start-hour+100, 300), "", "b"),
	}
}

func TestClocks(t *testing.T) {
	for query, want := range map[string]string{
		"": `1 a 1 1 at 0 for 1000, self 400 path 400 drag 1000 slack 0 flags 64
.2 b 2 2 at 200 for 600, self 300 path 300 drag 600 slack 0 flags 64 clock skew
..3 b 3 0 at 300 for 300, self 300 path 300 drag 300 slack 0 flags 68
`,
		"?clocks=raw": `1 a 1 1 at 0 for 1000, self 400 path 400 drag 1000 slack 0 flags 64
.2 b 2 2 at -3600000000 for 600, self 300 path 300 drag 600 slack 0 flags 104 clock skew
..3 b 3 0 at -3599999900 for 300, self 300 path 300 drag 300 slack 0 flags 108
`,
	} {
		a := askRows(t, skewed(), query)
		if got := a.table(); got != want {
			t.Errorf("%s: got\n%swant\n%s", query, got, want)
		}
		if len(a.Shifts) != 1 || a.Shifts[0][0] != "b" || a.Shifts[0][1] != -3600000200. {
			t.Errorf("%s: shifts %v", query, a.Shifts)
		}
	}
	if at := askRows(t, skewed(), "?clocks=raw").Sections[3:6]; !reflect.DeepEqual(at, []int64{1, -3600000000, -3599999900}) {
		t.Errorf("the path runs at %v, and not where the bar is", at)
	}
}

// TestRootOfRows: what is below a span, as though it were a request.
func TestRootOfRows(t *testing.T) {
	trace := webtest.Visit(0xab, time.Minute, 40_000)
	beside := webtest.Span(4, 2, trace[1].Timestamp+100, 20)
	beside.TraceID = trace[0].TraceID
	a := askRows(t, append(trace, beside), "?root=2")
	want := `2 gateway get 1 at 4000 for 20000, self 9980 path 9980 drag 20000 slack 0 flags 68
.4 s 4 0 at 4100 for 20, self 20 path 20 drag 20 slack 0 flags 64
.3 fetcher get /fetch 2 at 8000 for 10000, self 10000 path 10000 drag 10000 slack 0 flags 64
`
	if got := a.table(); got != want || a.Root != "0000000000000002" || a.From != 4000 || a.To != 24_000 || a.Zero != trace[0].Timestamp {
		t.Errorf("got\n%swant\n%s%+v", got, want, a)
	}
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{trace}}})
	for query, status := range map[string]int{"?root=77": 404, "?clocks=wrong": 400, "?zoom=5": 400, "?zoom=9,3": 400, "?from=-1": 400, "?view=x": 400} {
		for _, path := range []string{"/traces/ab", "/traces/ab/rows"} {
			if w := webtest.Get(t, h, path+query); w.Code != status || !strings.Contains(w.Body.String(), query[1:strings.Index(query, "=")]) {
				t.Errorf("%s%s: %d, %s", path, query, w.Code, w.Body)
			}
		}
	}
}

// TestPathOfLargeTraces: of any shape the path tiles the request, every row below its
// parent's, and the answer is there soon.
func TestPathOfLargeTraces(t *testing.T) {
	for name, spans := range map[string][]zipkin.Span{"chain": chain(), "fan": fan(), "one id": sameID(), "ring": ring(), "random": random(many)} {
		t.Run(name, func(t *testing.T) {
			a := askRows(t, spans, "")
			if len(a.Key) < many || a.Spans != many {
				t.Errorf("%d rows of %d spans", len(a.Key), a.Spans)
			}
			var sum int64
			for i := 0; i+2 < len(a.Sections); i += 3 {
				sum += a.Sections[i+2] - a.Sections[i+1]
			}
			var onPath int64
			for _, us := range a.OnPath {
				onPath += us
			}
			if sum != onPath || sum == 0 {
				t.Errorf("the sections take %d µs, the rows are %d µs on the path", sum, onPath)
			}
		})
	}
}

// random is a trace of n spans below each other at random.
func random(n int) []zipkin.Span {
	r := rand.New(rand.NewPCG(1, 2))
	spans := []zipkin.Span{webtest.Span(1, 0, 1_000_000, 1_000_000)}
	for i := 1; i < n; i++ {
		parent := &spans[r.IntN(i)]
		spans = append(spans, webtest.Span(zipkin.SpanID(i+1), parent.ID, parent.Timestamp+r.Int64N(parent.Duration+1), r.Int64N(parent.Duration+10)))
	}
	return spans
}

// TestTimesThatCannotBeMeant are told as they are, or left out.
func TestTimesThatCannotBeMeant(t *testing.T) {
	for _, spans := range [][]zipkin.Span{
		{webtest.Span(1, 0, 0, 0)},
		{webtest.Span(1, 0, math.MaxInt64, math.MaxInt64)},
		{webtest.Kind(webtest.Span(1, 0, 1, math.MaxInt64), zipkin.Client, "a"), webtest.Kind(webtest.Span(2, 1, math.MaxInt64-1, 1), zipkin.Server, "b")},
		{webtest.Kind(webtest.Span(1, 0, 5000, 100), zipkin.Client, "a"), webtest.Kind(webtest.Span(2, 1, 9_000_000, 10), zipkin.Server, "b"), webtest.Kind(webtest.Span(3, 2, 1, 10), "", "b")},
	} {
		for _, query := range []string{"", "?clocks=raw"} {
			if a := askRows(t, spans, query); a.To < a.From {
				t.Errorf("%+v: from %d to %d", spans, a.From, a.To)
			}
		}
	}
}

func TestFind(t *testing.T) {
	trace := webtest.Failing(webtest.Visit(0xab, time.Minute, 40_000))
	trace[1].Annotations = []zipkin.Annotation{{Timestamp: trace[1].Timestamp, Value: "Connected to ÄPFEL"}}
	trace[1].Remote = zipkin.Endpoint{ServiceName: "redis", IPv4: "10.0.0.7", Port: 6379}
	trace[0].Tags = []zipkin.Tag{{Key: labapi.TagPrefix + "sync", Value: "1.5 ms"}}
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{trace}}})
	for text, want := range map[string]string{
		"GET": "[0,1,2]", "get%20/": "[0,2]", "fetcher": "[2]", "502": "[2]", "ERROR": "[2]", "REDIS": "[1]", "0.7:63": "[1]", "connected": "[1]", "%C3%A4pfel": "[1]",
		"mutex": "[0]", "go.sync": "[0]", "0000000000000003": "[2]", "client": "[1]", "nothing": "[]", "%20%20502%20": "[2]",
	} {
		if got := webtest.Get(t, h, "/traces/ab/find?q="+text).Body.String(); got != `{"spans":3,"rows":`+want+"}" {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if got := webtest.Get(t, h, "/traces/ab/find?q=fetcher&root=2").Body.String(); got != `{"spans":3,"rows":[1]}` {
		t.Errorf("below a span: %s", got)
	}
	if w := webtest.Get(t, h, "/traces/ab/find?q="); w.Code != http.StatusBadRequest {
		t.Errorf("nothing to find: %d", w.Code)
	}
}

func TestDetailsAndJSON(t *testing.T) {
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, time.Minute, 40_000)}}})
	w := webtest.Get(t, h, "/traces/ab/details?span=3")
	if body := w.Body.String(); w.Code != http.StatusOK || !strings.HasPrefix(body, "<header><h2") || !strings.Contains(body, "get /fetch") || strings.Contains(body, "<html") {
		t.Errorf("status %d, %s", w.Code, body)
	}
	for _, path := range []string{"/traces/ab/details?span=7", "/traces/ab/details", "/traces/cd/details?span=1", "/traces/cd/rows", "/traces/cd/find?q=a", "/traces/cd/json"} {
		if w := webtest.Get(t, h, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
	w = webtest.Get(t, h, "/traces/ab/json")
	if !strings.HasPrefix(w.Body.String(), `[{"traceId":"00000000000000ab"`) || w.Header().Get("Content-Disposition") != `attachment; filename="trace-00000000000000ab.json"` {
		t.Errorf("%v: %s", w.Header(), w.Body)
	}
}
