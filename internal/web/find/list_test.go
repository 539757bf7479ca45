package find

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

func TestListShowsTraces(t *testing.T) {
	r := &webtest.Reader{Held: [][]zipkin.Span{webtest.Failing(webtest.Visit(0xab, time.Minute, 40_000)), webtest.Visit(0xcd, 5*time.Second, 10_000)}}
	w := webtest.Get(t, serveUI(Config{Reader: r}), "/")
	if w.Code != http.StatusOK {
		t.Fatalf("status %d", w.Code)
	}
	body := w.Body.String()
	for _, want := range []string{
		`<a href="/traces/00000000000000ab"><b>gateway</b>: get /visit</a>`,
		`datetime="2026-11-20T11:59:55.000000Z"`, "5 s ago", "60 s ago", "40.0 ms", `<rect width="25%"`,
		`<span class="err">1 error</span>`, `gateway <span class="count">2</span>`, "<strong>2</strong> traces",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Index(body, "cd\"><b>") > strings.Index(body, "ab\"><b>") {
		t.Error("the newest trace is not the first")
	}
}

func TestListByDuration(t *testing.T) {
	r := &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xcd, time.Second, 10_000), webtest.Visit(0xab, time.Minute, 40_000)}}
	body := webtest.Get(t, serveUI(Config{Reader: r}), "/?sort=longest").Body.String()
	if strings.Index(body, "cd\"><b>") < strings.Index(body, "ab\"><b>") {
		t.Error("the longest trace is not the first")
	}
	if !strings.Contains(body, `aria-sort="descending"><a href="/?sort=longest"`) {
		t.Error("the column of durations does not say that it is sorted")
	}
}

func TestSearchAsks(t *testing.T) {
	base := zipkin.Query{EndTs: time.UnixMilli(webtest.Noon.UnixMilli() + 1), Lookback: time.Hour, Limit: 500} // for the chart
	for _, c := range []struct {
		query string
		want  func(*zipkin.Query)
	}{
		{"", func(*zipkin.Query) {}},
		{"?serviceName=Gateway&spanName=GET+/Visit", func(q *zipkin.Query) { q.ServiceName, q.SpanName = "gateway", "get /visit" }},
		{"?annotationQuery=error+and+http.method%3DGET", func(q *zipkin.Query) { q.AnnotationQuery = "error and http.method=GET" }},
		{"?minDuration=100ms&maxDuration=1.5s", func(q *zipkin.Query) { q.MinDuration, q.MaxDuration = 100*time.Millisecond, 1500*time.Millisecond }},
		{"?minDuration=1500", func(q *zipkin.Query) { q.MinDuration = 1500 * time.Microsecond }},
		{"?maxDuration=1s", func(q *zipkin.Query) { q.MinDuration, q.MaxDuration = time.Microsecond, time.Second }},
		{"?lookback=7d&limit=100", func(q *zipkin.Query) { q.Lookback = 7 * 24 * time.Hour }},
		{"?lookback=90s", func(q *zipkin.Query) { q.Lookback = 90 * time.Second }},
	} {
		r := &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, time.Minute, 10)}}
		w := webtest.Get(t, serveUI(Config{Reader: r}), "/"+c.query)
		want := base
		c.want(&want)
		if w.Code != http.StatusOK || r.Asked == nil || *r.Asked != want {
			t.Errorf("%q: status %d, asked %+v, want %+v", c.query, w.Code, r.Asked, want)
		}
	}
}

func TestWrongSearchIsExplainedAndKept(t *testing.T) {
	for _, c := range []struct{ field, typed, with, want string }{
		{"minDuration", "fast", "", `"fast" is not a duration`},
		{"maxDuration", "0", "", `"0" is too short`},
		{"maxDuration", "10ms", "&minDuration=20ms", "10ms, is less than the shortest, 20ms"},
		{"lookback", "soon", "", `"soon" is not a time to look back`},
		{"lookback", "-1h", "", `"-1h" is not a time`},
		{"limit", "0", "", `"0" is not a number of traces`},
		{"limit", "1001", "", "from 1 to 1000"},
		{"sort", "colour", "", `sort=colour is not known: use newest or longest or errors.`},
		{"scale", "cubic", "", `scale=cubic is not known: use log or linear.`},
		{"live", "yes", "", `live=yes is not known: use 1.`},
		{"minTrace", "slow", "", `"slow" is not a duration`},
		{"maxTrace", "1ms", "&minTrace=1s", "1ms, is less than the shortest, 1s"},
		{"startTs", "soon", "", "startTs=soon is not a moment"},
	} {
		r := &webtest.Reader{}
		w := webtest.Get(t, serveUI(Config{Reader: r}), "/?"+c.field+"="+url.QueryEscape(c.typed)+c.with)
		body := html.UnescapeString(w.Body.String())
		if w.Code != http.StatusBadRequest || r.Asked != nil {
			t.Errorf("%s=%s: status %d, asked %v", c.field, c.typed, w.Code, r.Asked)
		}
		if !strings.Contains(body, c.want) {
			t.Errorf("%s=%s: the page lacks %q", c.field, c.typed, c.want)
		}
		if !strings.Contains(body, c.typed) || !slices.Contains([]string{"sort", "scale", "live"}, c.field) && !strings.Contains(body, `aria-describedby="`+c.field+`-wrong"`) {
			t.Errorf("%s=%s: what was typed is gone, or not marked", c.field, c.typed)
		}
	}
}

// emptyReader has no trace at all.
type emptyReader struct{ *webtest.Reader }

func (emptyReader) Services(context.Context) ([]string, error) { return nil, nil }

func TestEmptyList(t *testing.T) {
	h := serveUI(Config{GatewayURL: "http://localhost:8080"})
	if body := webtest.Get(t, h, "/?millis=5").Body.String(); !strings.Contains(body, "No traces in this time") {
		t.Error("where there are traces of another time the page does not say so")
	}
	h = serveUI(Config{Reader: emptyReader{&webtest.Reader{}}, GatewayURL: "http://localhost:8080"})
	body := html.UnescapeString(webtest.Get(t, h, "/").Body.String())
	for _, want := range []string{"No traces yet", "in the last 1h", "curl 'http://localhost:8080/visit'"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if body := webtest.Get(t, h, "/?serviceName=nobody").Body.String(); !strings.Contains(body, "No traces match") || !strings.Contains(body, "<option selected>nobody</option>") {
		t.Error("a search that finds nothing does not say so, or forgets its service")
	}
}

func TestSpanNamesOfTheService(t *testing.T) {
	h := serveUI(Config{})
	if body := webtest.Get(t, h, "/?serviceName=gateway").Body.String(); !strings.Contains(body, "<option>get /visit of gateway</option>") {
		t.Error("the names of the service's spans are not offered")
	}
	if body := webtest.Get(t, h, "/").Body.String(); strings.Contains(body, "get /visit of") {
		t.Error("names of spans are offered without a service")
	}
}

func TestEveryControlHasALabel(t *testing.T) {
	body := webtest.Get(t, serveUI(Config{}), "/").Body.String()
	for _, part := range strings.Split(body, "<")[1:] {
		name, _, _ := strings.Cut(part, " ")
		if name != "input" && name != "select" || strings.Contains(part, `type="hidden"`) {
			continue
		}
		_, id, _ := strings.Cut(part, `id="`)
		id, _, _ = strings.Cut(id, `"`)
		if id == "" || !strings.Contains(body, `<label for="`+id+`"`) {
			t.Errorf("no label for <%s", part)
		}
	}
}

func TestJump(t *testing.T) {
	h := serveUI(Config{})
	for typed, want := range map[string]string{
		"AB":                                 "/traces/00000000000000ab",
		" 463ac35c9f6413ad48485a3953bb6124 ": "/traces/463ac35c9f6413ad48485a3953bb6124",
		"00-463ac35c9f6413ad48485a3953bb6124-0020000000000001-01": "/traces/463ac35c9f6413ad48485a3953bb6124",
	} {
		w := webtest.Get(t, h, "/?traceId="+url.QueryEscape(typed))
		if got := w.Header().Get("Location"); w.Code != http.StatusFound || got != want {
			t.Errorf("%q: %d to %q, want %q", typed, w.Code, got, want)
		}
	}
	w := webtest.Get(t, h, "/?traceId=zebra")
	if body := w.Body.String(); w.Code != http.StatusBadRequest || !strings.Contains(body, "zebra should be lower-hex encoded") || !strings.Contains(body, `value="zebra"`) {
		t.Errorf("a wrong id: status %d, or no reason, or not kept", w.Code)
	}
}
