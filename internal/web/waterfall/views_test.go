package waterfall

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// several is a visit that makes three calls of one name, of which one fails.
func several() []zipkin.Span {
	trace := webtest.Visit(0xab, time.Minute, 40_000)
	for i, took := range []int64{1000, 3000, 2000} {
		s := webtest.Kind(webtest.Span(zipkin.SpanID(10+i), 3, trace[2].Timestamp+int64(i)*3000, took), zipkin.Client, "fetcher")
		s.TraceID, s.Name, s.Remote = trace[0].TraceID, "set", zipkin.Endpoint{ServiceName: "redis"}
		if i == 1 {
			s.Tags = []zipkin.Tag{{Key: "error", Value: "x"}}
		}
		trace = append(trace, s)
	}
	return trace
}

var tableRow = regexp.MustCompile(`(?s)<tr>(.*?)</tr>`)
var tags = regexp.MustCompile(`<[^>]*>`)

// table are the rows of the page's table, a line each.
func table(t *testing.T, h http.Handler, path string) (lines []string) {
	t.Helper()
	w := webtest.Get(t, h, path)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: status %d", path, w.Code)
	}
	body := between(t, w.Body.String(), "<tbody>", "</tbody>")
	for _, m := range tableRow.FindAllStringSubmatch(body, -1) {
		cells := strings.ReplaceAll(m[1], "</td>", " | ")
		cells = strings.ReplaceAll(cells, "</th>", " | ")
		lines = append(lines, strings.TrimSuffix(html.UnescapeString(tags.ReplaceAllString(cells, "")), " | "))
	}
	return lines
}

func TestStatistics(t *testing.T) {
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{several()}}})
	for query, want := range map[string][]string{
		"": {
			"gateway | get /visit | 1 | 0 | 40.0 ms | 20.0 ms | 20.0 ms | 40.0 ms | 40.0 ms | 40.0 ms | 40.0 ms",
			"gateway | get | 1 | 0 | 20.0 ms | 10.0 ms | 10.0 ms | 20.0 ms | 20.0 ms | 20.0 ms | 20.0 ms",
			"fetcher | set | 3 | 1 | 6.00 ms | 6.00 ms | 6.00 ms | 2.00 ms | 2.00 ms | 3.00 ms | 3.00 ms",
			"fetcher | get /fetch | 1 | 0 | 10.0 ms | 4.00 ms | 4.00 ms | 10.0 ms | 10.0 ms | 10.0 ms | 10.0 ms",
		},
		"&sort=-self&root=2": {
			"fetcher | get /fetch | 1 | 0 | 10.0 ms | 4.00 ms | 4.00 ms | 10.0 ms | 10.0 ms | 10.0 ms | 10.0 ms",
			"fetcher | set | 3 | 1 | 6.00 ms | 6.00 ms | 6.00 ms | 2.00 ms | 2.00 ms | 3.00 ms | 3.00 ms",
			"gateway | get | 1 | 0 | 20.0 ms | 10.0 ms | 10.0 ms | 20.0 ms | 20.0 ms | 20.0 ms | 20.0 ms",
		},
		"&by=service&sort=service": {
			"fetcher | 4 | 1 | 16.0 ms | 10.0 ms | 10.0 ms | 4.00 ms | 2.00 ms | 10.0 ms | 10.0 ms",
			"gateway | 2 | 0 | 60.0 ms | 30.0 ms | 30.0 ms | 30.0 ms | 20.0 ms | 40.0 ms | 40.0 ms",
		},
	} {
		if got := table(t, h, "/traces/ab?view=statistics"+query); !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", query, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// TestTablesAreSorted by each column, one way and the other, and say so.
func TestTablesAreSorted(t *testing.T) {
	trace := several()
	trace[0].Annotations = []zipkin.Annotation{{Timestamp: 1, Value: "a"}}
	lost := webtest.Span(77, 66, trace[0].Timestamp, 10)
	lost.TraceID = trace[0].TraceID
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{append(trace, lost)}}})
	for view, keys := range map[string][]string{
		"statistics": {"service", "name", "spans", "errors", "total", "self", "path", "mean", "p50", "p95", "max"},
		"spans":      {"start", "duration", "service", "name", "kind", "remote", "self", "path", "drag", "slack", "depth", "tags", "logs", "id", "parent"},
	} {
		for _, key := range keys {
			path := "/traces/ab?view=" + view + "&sort="
			one, other := table(t, h, path+key), table(t, h, path+"-"+key)
			if slices.Equal(one, other) {
				t.Errorf("%s by %s is in the same order both ways", view, key)
			}
			if body := webtest.Get(t, h, path+key).Body.String(); strings.Count(body, "aria-sort=") != 1 {
				t.Errorf("%s by %s does not say by what it is sorted", view, key)
			}
		}
		if w := webtest.Get(t, h, "/traces/ab?view="+view+"&sort=colour"); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "colour") {
			t.Errorf("%s by what is no column: %d", view, w.Code)
		}
	}
}

func TestTableOfSpans(t *testing.T) {
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{several()}}})
	want := []string{
		"+11.0 ms | 3.00 ms | fetcher | set error | client | redis | 3.00 ms | 3.00 ms | 3.00 ms | 0 µs | 3 | 1 | 0 | 000000000000000b | 0000000000000003",
		"+14.0 ms | 2.00 ms | fetcher | set | client | redis | 2.00 ms | 2.00 ms | 2.00 ms | 0 µs | 3 | 0 | 0 | 000000000000000c | 0000000000000003",
		"+8.00 ms | 1.00 ms | fetcher | set | client | redis | 1.00 ms | 1.00 ms | 1.00 ms | 0 µs | 3 | 0 | 0 | 000000000000000a | 0000000000000003",
	}
	if got := table(t, h, "/traces/ab?view=spans&find=REDIS&sort=duration"); !slices.Equal(got, want) {
		t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestTablesHavePages: every span is on one of them, once.
func TestTablesHavePages(t *testing.T) {
	spans := fan()[:2*perPage+7]
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{spans}}})
	later := regexp.MustCompile(`<a href="([^"]*)" rel="next">`)
	seen, pages := map[string]bool{}, 0
	for path := "/traces/1?view=spans"; path != ""; pages++ {
		for _, line := range table(t, h, path) {
			seen[line] = true
		}
		body := webtest.Get(t, h, path).Body.String()
		path = ""
		if m := later.FindStringSubmatch(body); m != nil {
			path = "/traces/1" + html.UnescapeString(m[1])
		}
	}
	if pages != 3 || len(seen) != len(spans) {
		t.Errorf("%d spans on %d pages, want %d on 3", len(seen), pages, len(spans))
	}
	if got := table(t, h, "/traces/1?view=spans&from=99999"); len(got) != 1 {
		t.Errorf("beyond the last: %d", len(got))
	}
}

var boxes = regexp.MustCompile(`<a href="([^"]*)" aria-label="([^"]*)"><svg x="([^"]*)%" y="(\d+)" width="([^"]*)%"`)

func TestFlameGraph(t *testing.T) {
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{several()}}})
	body := webtest.Get(t, h, "/traces/ab?view=flame").Body.String()
	var got []string
	for _, m := range boxes.FindAllStringSubmatch(body, -1) {
		got = append(got, html.UnescapeString(fmt.Sprintf("%s+%s at %s %s %s", m[3], m[5], m[4], m[2], m[1])))
	}
	want := []string{
		"0+100 at 0 get /visit of gateway: 1 spans, 0 with errors, 40.0 ms in all, 20.0 ms itself (50.0 %), 20.0 ms on the critical path ?root=0000000000000001&view=flame",
		"0+50 at 20 get of gateway: 1 spans, 0 with errors, 20.0 ms in all, 10.0 ms itself (25.0 %), 10.0 ms on the critical path ?root=0000000000000002&view=flame",
		"0+25 at 40 get /fetch of fetcher: 1 spans, 0 with errors, 10.0 ms in all, 4.00 ms itself (10.0 %), 4.00 ms on the critical path ?root=0000000000000003&view=flame",
		"0+15 at 60 set of fetcher: 3 spans, 1 with errors, 6.00 ms in all, 6.00 ms itself (15.0 %), 6.00 ms on the critical path ?filter=1&find=set",
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if body := webtest.Get(t, serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{{webtest.Span(1, 0, 5, 0)}}}}), "/traces/1?view=flame").Body.String(); !strings.Contains(body, "nothing to draw") {
		t.Error("a trace without durations is not said to have none")
	}
}

// TestViewsOfExtremeTraces are bounded.
func TestViewsOfExtremeTraces(t *testing.T) {
	for name, spans := range map[string][]zipkin.Span{"chain": chain(), "fan": fan(), "one id": sameID(), "ring": ring(), "random": random(many), "one": {webtest.Span(1, 0, 1, 1)}, "no root": {webtest.Span(2, 1, 1, 1)}} {
		h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{spans}}})
		for _, view := range []string{statistics, flame, spansTable} {
			w := webtest.Get(t, h, "/traces/1?view="+view)
			if w.Code != http.StatusOK || w.Body.Len() > 1_500_000 {
				t.Errorf("%s of %s: status %d, %d bytes", view, name, w.Code, w.Body.Len())
			}
			if n := strings.Count(w.Body.String(), "<svg x="); view == flame && (n == 0 || n > maxBoxes) {
				t.Errorf("%s: %d boxes", name, n)
			}
		}
	}
}
