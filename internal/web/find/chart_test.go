package find

import (
	"fmt"
	"html"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

var (
	drawnPoint = regexp.MustCompile(`<a href="/traces/0*([0-9a-f]+)" tabindex="[-01]+" aria-label="([^"]*)"><title>[^<]*</title><(circle|use)`)
	drawnCell  = regexp.MustCompile(`<a href="(/\?[^"]*)" tabindex="[-01]+" aria-label="([0-9,]+) traces(?:, ([0-9,]+) with errors)?`)
)

// TestTheChartOfFewTraces has a point for each, those with errors of another shape, in
// the order of time, and whatever the limit of the list is.
func TestTheChartOfFewTraces(t *testing.T) {
	h := serveUI(Config{Reader: storeOf(30, webtest.Failing(webtest.Visit(0xab, 40*time.Minute, 90_000)))})
	body := html.UnescapeString(webtest.Get(t, h, "/?limit=1").Body.String())
	points := drawnPoint.FindAllStringSubmatch(body, -1)
	if len(points) != 31 || strings.Contains(body, "<title>31 traces") {
		t.Fatalf("%d points, want one for each of 31 traces", len(points))
	}
	first := points[0]
	if first[1] != "ab" || first[3] != "use" || !strings.HasPrefix(first[2], "90.0 ms · gateway: get /visit · 11:20:00.000 UTC · 1 error") {
		t.Errorf("the oldest is %q", first)
	}
	if last := points[30]; last[1] != "1000" || last[3] != "circle" {
		t.Errorf("the newest is %q", last)
	}
	for scale, want := range map[string]string{"log": "100 ms", "linear": "80 ms"} {
		if body := webtest.Get(t, h, "/?scale="+scale).Body.String(); !strings.Contains(body, ">"+want+"</text>") {
			t.Errorf("the scale %s has no line for %s", scale, want)
		}
	}
}

// TestPercentilesAreExact, and lead to what is slower.
func TestPercentilesAreExact(t *testing.T) {
	st := store.New(store.Config{})
	for i := range 200 {
		st.Add(webtest.Visit(uint64(i+1), time.Duration(i+1)*time.Second, int64(i+1)*1000))
	}
	h := serveUI(Config{Reader: zipkinapi.Local(st)})
	body := webtest.Get(t, h, "/").Body.String()
	for _, want := range []string{
		`<dt>p50</dt><dd><a href="/?minTrace=100ms"`, `<dt>p90</dt><dd><a href="/?minTrace=180ms"`,
		`<dt>p99</dt><dd><a href="/?minTrace=198ms"`, `<dt>max</dt><dd><a href="/?minTrace=200ms"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for query, want := range map[string]string{
		"minTrace=199ms":                      "c8 c7", // 200 and 199
		"maxTrace=2ms":                        "1 2",
		"minTrace=100ms&maxTrace=100.999ms":   "64",
		"minDuration=200ms":                   "c8", // of a span
		"minTrace=198ms&sort=longest&limit=2": "c8 c7",
	} {
		if got := ids(t, h, "/?"+query); got != want && got != reversed(want) {
			t.Errorf("%s finds %s, want %s", query, got, want)
		}
	}
}

func reversed(list string) string {
	var back []string
	for _, one := range strings.Fields(list) {
		back = append([]string{one}, back...)
	}
	return strings.Join(back, " ")
}

// TestTheCellsOfManyTraces count each once, and lead to what they count.
func TestTheCellsOfManyTraces(t *testing.T) {
	st := store.New(store.Config{})
	const n = 4000
	for i := range n {
		took := int64(math.Exp(float64(i*7919%n)/n*9)) * 100
		spans := webtest.Visit(uint64(i+1), time.Duration(i)*777*time.Millisecond+321*time.Microsecond, took)
		if i%10 == 0 {
			spans = webtest.Failing(spans)
		}
		st.Add(spans)
	}
	h := serveUI(Config{Reader: zipkinapi.Local(st)})
	for _, scale := range []string{"log", "linear"} {
		traces, failed := 0, 0
		body := html.UnescapeString(webtest.Get(t, h, "/?scale="+scale).Body.String())
		cells := drawnCell.FindAllStringSubmatch(body, -1)
		for i, c := range cells {
			traces += number(c[2])
			failed += number(c[3])
			if i%29 != 0 {
				continue
			}
			narrowed := webtest.Get(t, h, c[1]).Body.String()
			if found := regexp.MustCompile(`<strong>([0-9,]+)</strong> <?`).FindStringSubmatch(narrowed); found == nil || number(found[1]) != number(c[2]) {
				t.Errorf("%s finds %q, want %s", c[1], found, c[2])
			}
		}
		if traces != n || failed != n/10 || len(cells) < 15 {
			t.Errorf("%s: %d cells have %d traces, %d with errors; want %d, %d", scale, len(cells), traces, failed, n, n/10)
		}
	}
}

func number(text string) int {
	n, _ := strconv.Atoi(strings.ReplaceAll(text, ",", ""))
	return n
}

// TestChartsOfOddTraces: they have no start, or durations that no scale was made for.
func TestChartsOfOddTraces(t *testing.T) {
	for name, durations := range map[string][]int64{
		"none": {0}, "longest": {math.MaxInt64 - 1<<60}, "all": {0, 1, math.MaxInt64 - 1<<60}, "alike": {5, 5, 5}, "one": {1},
	} {
		var held [][]zipkin.Span
		for i, d := range durations {
			spans := webtest.Visit(uint64(i+1), time.Duration(i)*time.Second, 1000)[:1]
			spans[0].Duration = d
			held = append(held, spans)
		}
		for _, scale := range []string{"log", "linear"} {
			w := webtest.Get(t, serveUI(Config{Reader: &webtest.Reader{Held: held}}), "/?scale="+scale)
			body := w.Body.String()
			if got := len(drawnPoint.FindAllString(body, -1)); w.Code != http.StatusOK || got != len(durations) || strings.Contains(body, "NaN") || strings.Contains(body, "Inf%") {
				t.Errorf("%s, %s: status %d, %d points", name, scale, w.Code, got)
			}
			if lines := strings.Count(body, `class="ys"`); lines != 1 || strings.Count(body, "<text x=") > 40 {
				t.Errorf("%s, %s: %d charts with %d texts", name, scale, lines, strings.Count(body, "<text x="))
			}
		}
	}
	timeless := webtest.Visit(1, 0, 1000)
	for i := range timeless {
		timeless[i].Timestamp = 0
	}
	if body := webtest.Get(t, serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{timeless}}}), "/").Body.String(); strings.Contains(body, "<figure") || !strings.Contains(body, "<strong>1</strong>") {
		t.Error("a trace without a start is in a chart, or not in the list")
	}
}

// TestErrorsFirst: those with errors, however old, and then the newest.
func TestErrorsFirst(t *testing.T) {
	h := serveUI(Config{Reader: storeOf(500, webtest.Failing(webtest.Visit(0xab, 50*time.Minute, 1000)), webtest.Failing(webtest.Visit(0xcd, 40*time.Minute, 1000)))})
	if got := ids(t, h, "/?sort=errors&limit=4"); got != "cd ab 1000 1001" {
		t.Errorf("listed are %s", got)
	}
}

// TestTimesAsPeopleWriteThem are those of the form's fields.
func TestTimesAsPeopleWriteThem(t *testing.T) {
	h := serveUI(Config{Reader: storeOf(0, webtest.Visit(0xab, 30*time.Minute, 1000), webtest.Visit(0xcd, 26*time.Hour, 1000))})
	for typed, want := range map[string]string{
		"startTs=11:20&endTs=11:40":                                      "ab",
		"lookback=1h&startTs=11:20&endTs=11:40:00.5":                     "ab",
		"startTs=11:31&endTs=11:40":                                      "",
		"startTs=2026-11-19+09:59:59&endTs=2026-11-19T10:01":             "cd",
		"startTs=2026-11-19&lookback=15m":                                "ab cd",
		"startTs=2026-11-20T12:29:00%2B01:00&endTs=" + ms(0):             "ab",
		fmt.Sprintf("startTs=%s&endTs=%s", ms(-time.Hour), "11:29:59.9"): "",
	} {
		if got := ids(t, h, "/?"+typed); got != want {
			t.Errorf("%s finds %q, want %q", typed, got, want)
		}
	}
	body := webtest.Get(t, h, "/?startTs=11:20&endTs=11:40").Body.String()
	if !strings.Contains(body, `name="startTs" value="2026-11-20 11:20:00"`) || !strings.Contains(body, "startTs="+ms(-40*time.Minute)) {
		t.Error("the time is another in the form, or in the links")
	}
}
