package waterfall

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

const anID = "00000000000000ab"

func TestTracePage(t *testing.T) {
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{webtest.Failing(webtest.Visit(0xab, time.Minute, 40_000))}}})
	for _, path := range []string{"/traces/" + anID, "/traces/AB", "/traces/000000000000000000000000000000AB"} {
		w := webtest.Get(t, h, path)
		body := w.Body.String()
		if w.Code != http.StatusOK {
			t.Fatalf("%s: status %d", path, w.Code)
		}
		for _, want := range []string{
			"<h1><b>gateway</b>: get /visit", "40.0 ms", "60 s ago", `<code id="trace-id">` + anID, `href="/traces/` + anID + `/json"`,
			`class="row d2 failed" role="row" id="span-0000000000000003" aria-level="3"`,
			`x="20%" width="25%"`, `<em class="err">error</em>`, `>20 ms</text>`, `<small>client</small>`,
		} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s", path, want)
			}
		}
		if strings.Count(body, `role="row"`) != 4 { // the axis is one
			t.Errorf("%s: %d rows, want 4", path, strings.Count(body, `role="row"`))
		}
	}
}

func TestSpanDetailsWithoutScripts(t *testing.T) {
	trace := webtest.Failing(webtest.Visit(0xab, time.Minute, 40_000))
	trace[2].Annotations = []zipkin.Annotation{{Timestamp: trace[2].Timestamp + 1500, Value: "connected"}}
	trace[2].Remote = zipkin.Endpoint{ServiceName: "gateway", IPv4: "10.0.0.7", Port: 51022}
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{trace}}})
	body := html.UnescapeString(webtest.Get(t, h, "/traces/ab?span=0000000000000003").Body.String())
	panel := between(t, body, `aria-label="Span details">`, "</aside>")
	for _, want := range []string{
		"fetcher</b> get /fetch", "<dd>server</dd>", "<dd>+8.00 ms</dd>", "<dd>2026-11-20T11:59:00.008000Z</dd>", "<dd>10.0 ms</dd>",
		"25.0 % of the trace", "<dd>0000000000000003</dd>", "<dd>0000000000000002</dd>", "gateway at 10.0.0.7:51022",
		`<th scope="row">+1.50 ms</th><td>connected</td>`, `<a href="/?annotationQuery=error%3D502&serviceName=fetcher" title="Traces with this tag">error</a></th><td>502</td>`, `href="?span=0000000000000002"`,
	} {
		if !strings.Contains(panel, want) {
			t.Errorf("the panel lacks %s", want)
		}
	}
	if body := webtest.Get(t, h, "/traces/ab?span=77").Body.String(); !strings.Contains(body, "This trace has no span 77.") {
		t.Error("a span that is not there is not reported")
	}
	if body := webtest.Get(t, h, "/traces/ab").Body.String(); !strings.Contains(between(t, body, `aria-label="Span details">`, "</aside>"), "get /visit</h2>") {
		t.Error("the panel is not of the root, though no span was asked for")
	}
	if body := webtest.Get(t, h, "/traces/ab?details=0").Body.String(); !strings.Contains(body, `aria-label="Span details" hidden></aside>`) {
		t.Error("the panel is open though it was closed")
	}
}

func TestSearchForATag(t *testing.T) {
	for tag, want := range map[[2]string]string{
		{"http.method", "GET"}:                 "/?annotationQuery=http.method%3DGET&serviceName=s",
		{"url", "/visit?a=b&c"}:                "/?annotationQuery=url%3D%2Fvisit%3Fa%3Db%26c&serviceName=s",
		{"db", "a = 1 and b = 2"}:              "",
		{"a=b", "c"}:                           "",
		{"error", strings.Repeat("long ", 60)}: "",
	} {
		if got := (&detail{Service: "s"}).Search(tag); got != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
}

func between(t *testing.T, s, from, to string) string {
	t.Helper()
	_, s, ok := strings.Cut(s, from)
	s, _, ok2 := strings.Cut(s, to)
	if !ok || !ok2 {
		t.Fatalf("the page has no %s…%s", from, to)
	}
	return s
}

func TestTraceNotFound(t *testing.T) {
	w := webtest.Get(t, serveUI(Config{}), "/traces/AB?span=1")
	body := w.Body.String()
	if w.Code != http.StatusNotFound {
		t.Errorf("status %d", w.Code)
	}
	for _, want := range []string{"may still arrive", anID, "/retry.js", `href="">Reload`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestMalformedTraceID(t *testing.T) {
	h := serveUI(Config{})
	for id, want := range map[string]string{
		"xyz":                   "xyz should be lower-hex encoded with no prefix",
		"0":                     "traceId is all zeros",
		strings.Repeat("a", 33): "traceId.length > 32",
		"a%2Fb":                 "a/b should be lower-hex",
	} {
		w := webtest.Get(t, h, "/traces/"+id)
		if w.Code != http.StatusBadRequest || !strings.Contains(html.UnescapeString(w.Body.String()), want) {
			t.Errorf("%s: status %d, or the reason is not %q", id, w.Code, want)
		}
	}
}

func TestOddTraceIsDrawn(t *testing.T) {
	trace := []zipkin.Span{
		webtest.Kind(webtest.Span(1, 0, 10_000_000, 80_000), zipkin.Client, "a"), webtest.Kind(webtest.Span(2, 1, 1_000_000, 40_000), zipkin.Server, "b"),
		webtest.Span(3, 9, 0, 0), {TraceID: zipkin.TraceID{Low: 1}, ID: 4, ParentID: 4},
	}
	body := webtest.Get(t, serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{trace}}}), "/traces/1?span=2&clocks=raw").Body.String()
	for _, want := range []string{
		"parent span missing", "<code>0000000000000009</code>", `<span class="beyond">◂ −9.00 s</span>`, `<em class="mark">clock skew</em>`, "Starts 9.00 s before its parent",
		"(no service)", "(no name)", `class="t">–<`, `<em class="mark">own parent</em>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// TestACallThatNobodyAnswersForNamesItsCallee, in the colour that the callee has on
// every page. A call whose server reported has a row of it below.
func TestACallThatNobodyAnswersForNamesItsCallee(t *testing.T) {
	trace := webtest.Visit(0xab, time.Minute, 40_000)
	trace[1].Remote = zipkin.Endpoint{ServiceName: "fetcher"}
	call := func(id zipkin.SpanID, k zipkin.Kind, remote zipkin.Endpoint) zipkin.Span {
		s := webtest.Kind(webtest.Span(id, 3, trace[2].Timestamp+int64(id), 10), k, "fetcher")
		s.TraceID, s.Name, s.Remote = trace[0].TraceID, "call", remote
		return s
	}
	trace = append(trace, call(4, zipkin.Client, zipkin.Endpoint{ServiceName: "redis"}), call(5, zipkin.Producer, zipkin.Endpoint{ServiceName: "<kafka>"}),
		call(6, zipkin.Client, zipkin.Endpoint{IPv4: "10.0.0.7", Port: 443}), call(7, zipkin.Client, zipkin.Endpoint{}), call(8, "", zipkin.Endpoint{ServiceName: "other"}))
	body := webtest.Get(t, serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{trace}}}), "/traces/ab").Body.String()
	colours := draw.NewPalette([]string{"gateway", "fetcher", "redis", "<kafka>"})
	var got []string
	for _, m := range regexp.MustCompile(`<span class="callee">→ <b class="([^"]*)">([^<]*)</b>`).FindAllStringSubmatch(body, -1) {
		got = append(got, m[1]+" "+html.UnescapeString(m[2]))
	}
	want := []string{"sw " + draw.Class(colours["redis"]) + " redis", "sw " + draw.Class(colours["<kafka>"]) + " <kafka>", " 10.0.0.7:443"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCountsInHeaders(t *testing.T) {
	trace := webtest.Visit(0xab, 0, 10)
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{append(trace, explanationOf(trace[1]))}}})
	header := webtest.Get(t, h, "/traces/ab").Header()
	if spans, explained := header.Get("Trace-Spans"), header.Get("Trace-Explained"); spans != "3" || explained != "1" {
		t.Errorf("%s spans, %s explained; want 3, 1", spans, explained)
	}
}

func BenchmarkTracePage10000(b *testing.B) {
	spans := fan()
	for i := range spans {
		spans[i].Tags = []zipkin.Tag{{Key: "http.method", Value: "GET"}, {Key: "http.route", Value: "/fetch"}, {Key: "http.status_code", Value: "200"}}
	}
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{spans}}})
	r, err := http.NewRequest("GET", "http://localhost/traces/1", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Host = "localhost"
	b.ReportAllocs()
	for b.Loop() {
		if w := webtest.Ask(h, r); w.Code != http.StatusOK {
			b.Fatalf("status %d", w.Code)
		}
	}
}

func BenchmarkLayOut10000(b *testing.B) {
	spans := chain()
	b.ReportAllocs()
	for b.Loop() {
		LayOut(spans)
	}
}
