package waterfall

import (
	"html"
	"strings"
	"testing"

	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// TestWhatThePathSaysOfASpan: in the words of the panel.
func TestWhatThePathSaysOfASpan(t *testing.T) {
	start := webtest.Noon.UnixMicro()
	span := func(id, parent zipkin.SpanID, from, took int64) zipkin.Span {
		return webtest.Span(id, parent, start+from, took)
	}
	message := webtest.Kind(span(6, 1, 900, 50), zipkin.Consumer, "other")
	spans := []zipkin.Span{
		span(1, 0, 0, 1000), span(2, 1, 100, 400), span(3, 1, 150, 250), span(4, 1, 500, 300), span(5, 4, 600, 100),
		message, span(7, 1, 800, 900), span(8, 1, 2000, 10), span(9, 0x99, 10, 10), span(10, 1, 300, 0),
	}
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{spans}}})
	for key, want := range map[string]string{
		"1":        "On the critical path: 300 µs (30.0 %) itself, 1.00 ms with what it called.",
		"2":        "On the critical path: 400 µs (40.0 %) itself. Without it and what it called, the request would be only 100 µs shorter: others ran beside it.",
		"3":        "Not on the critical path: it could take 100 µs longer, and the request would take no longer.",
		"4":        "On the critical path: 200 µs (20.0 %) itself, 300 µs with what it called. Without it and what it called, the request would be 300 µs shorter.",
		"6":        "Not on the critical path: it took a message, for which nobody waits, or was called for one.",
		"7":        "Not on the critical path: its parent ended before it did, and so did not wait for it, or for what called it.",
		"8":        "Not on the critical path: it ran before its parent began or after it had ended, or what called it did.",
		"9":        "Whether the request waited for it is not known: its parent is missing.",
		"a":        "Not on the critical path: its start or duration is not known, or that of what called it.",
		"5&root=4": "On the critical path: 100 µs (33.3 %) itself. Without it and what it called, the request would be 100 µs shorter.",
		"4&root=4": "On the critical path: 200 µs (66.7 %) itself, 300 µs with what it called.",
	} {
		body := html.UnescapeString(webtest.Get(t, h, "/traces/1/details?span="+key).Body.String())
		list := between(t, body, `<ul class="path"><li>`, "</li></ul>")
		if got := strings.ReplaceAll(list, "</li><li>", " "); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

// TestThePathIsSaid above the rows, or why there is none; and how clocks differ.
func TestThePathIsSaid(t *testing.T) {
	unended := webtest.Visit(0xab, 0, 40_000)
	unended[0].Duration = 0
	for _, c := range []struct {
		spans []zipkin.Span
		query string
		want  []string
	}{
		{webtest.Visit(0xab, 0, 40_000), "", []string{"get /visit of the gateway took 40.0 ms: it spent 20.0 ms of it (50 %) itself, waiting for no other span."}},
		{unended, "", []string{"there is no path: the start or the duration of get /visit of the gateway"}},
		{skewed(), "", []string{"The clock of b is 1 h 00 m behind that of its caller.", "Such differences of clocks are removed here.", `href="?clocks=raw"`}},
		{skewed(), "?clocks=raw&view=timeline", []string{"Times are as they were reported.", `href="?view=timeline"`}},
		{webtest.Visit(0xab, 0, 40_000), "?root=2&zoom=1,2", []string{"Only what is below one span is shown", `href="?"`, `href="?root=2&view=statistics`}},
	} {
		h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{c.spans}}})
		body := html.UnescapeString(webtest.Get(t, h, "/traces/"+c.spans[0].TraceID.String()+c.query).Body.String())
		for _, want := range c.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the page lacks %s", c.query, want)
			}
		}
	}
}

// TestLongValuesAreCut: what is shown of a span is bounded, whatever was reported.
func TestLongValuesAreCut(t *testing.T) {
	trace := webtest.Visit(0xab, 0, 40_000)
	long := strings.Repeat("é", 1<<20)
	trace[2].Name, trace[2].Local.ServiceName = long, long
	trace[2].Annotations = []zipkin.Annotation{{Timestamp: 1, Value: long}}
	for range maxPairs + 5 {
		trace[2].Tags = append(trace[2].Tags, zipkin.Tag{Key: long[:40], Value: "v"})
	}
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{trace}}})
	for _, path := range []string{"/traces/ab/details?span=3", "/traces/ab/rows"} {
		body := webtest.Get(t, h, path).Body.String()
		if len(body) > 600_000 || strings.Contains(body, "\ufffd") {
			t.Errorf("%s has %d bytes", path, len(body))
		}
		if !strings.HasSuffix(path, "rows") && !strings.Contains(body, "Not all is shown") {
			t.Errorf("%s does not say that it is cut", path)
		}
	}
}
