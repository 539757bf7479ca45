package dependencies_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/web/dependencies"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// remote is another Zipkin, with links of its own.
type remote struct {
	webtest.Reader
	links []zipkin.Link
}

func (r *remote) Dependencies(context.Context, time.Time, time.Duration) ([]zipkin.Link, error) {
	return r.links, r.Err
}

func get(t *testing.T, reader zipkinapi.Reader, path string) *httptest.ResponseRecorder {
	t.Helper()
	s := webtest.Shell("somewhere")
	pages := dependencies.New(s, dependencies.Config{Reader: reader, GatewayURL: "http://localhost:8080", Now: webtest.Now})
	return webtest.Get(t, webtest.Serve(s, pages), path)
}

// page gets it and fails the test unless it has the status; its text is as people see it.
func page(t *testing.T, reader zipkinapi.Reader, path string, status int) string {
	t.Helper()
	w := get(t, reader, path)
	if w.Code != status {
		t.Fatalf("%s: status %d, want %d: %s", path, w.Code, status, w.Body)
	}
	return html.UnescapeString(w.Body.String())
}

// visits are in a store of our own: each of 100 took the gateway's call i ms, and two of
// the writer's calls failed.
func visits(t *testing.T) zipkinapi.Reader {
	t.Helper()
	st := store.New(store.Config{})
	for i := 1; i <= 100; i++ {
		at := webtest.Noon.Add(-time.Duration(i) * time.Second).UnixMicro()
		redis := fmt.Sprintf("4<3 CLIENT writer>redis | @%d+%d", at+3, i*10)
		if i <= 2 {
			redis += " error=timeout"
		}
		spans := spantext.Spans(t,
			fmt.Sprintf("1 SERVER gateway | @%d+%d", at, i*1100),
			fmt.Sprintf("2<1 CLIENT gateway | @%d+%d", at+1, i*1000),
			fmt.Sprintf("3<2 SERVER writer>gateway | @%d+%d", at+2, i*900), redis)
		for k := range spans {
			spans[k].TraceID.Low = uint64(i)
		}
		st.Add(spans)
	}
	return zipkinapi.Local(st)
}

// rowsOf are the rows of the table: "caller called calls errors p50 p99".
func rowsOf(body string) (rows []string) {
	for _, row := range regexp.MustCompile(`(?s)<tr>\s*<th scope="row".*?</tr>`).FindAllString(body, -1) {
		rows = append(rows, strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(row, "")), " "))
	}
	return rows
}

func TestTheGraphAndItsTable(t *testing.T) {
	body := page(t, visits(t), "/dependencies", http.StatusOK)
	if rows, want := rowsOf(body), []string{"gateway writer 100 0 50.0 ms 99.0 ms", "writer redis 100 2 500 µs 990 µs"}; !slices.Equal(rows, want) {
		t.Errorf("rows %q, want %q", rows, want)
	}
	for _, want := range []string{
		"<strong>3 services</strong> · 200 calls", "in the last 1h",
		`href="/?remoteServiceName=gateway&serviceName=writer"`,                     // the writer names its caller, and the gateway's client nobody
		`href="/?annotationQuery=error&remoteServiceName=redis&serviceName=writer"`, // redis reports nothing
		`class="service" id="n1" href="/dependencies?serviceName=writer"`,
		`class="traces" href="/?serviceName=redis"`,
		`<title>writer calls redis: 100 calls, 2 errors, p50 500 µs, p99 990 µs</title>`,
		`<tspan class="bad">2 errors</tspan>`, "500 / 990 µs", `class="line failed"`,
		`stroke-width="3.8"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(body, "style=") || strings.Contains(body, "newest") {
		t.Errorf("the page has a style attribute, or says that it read a sample:\n%s", body)
	}
}

func TestOneServiceAndItsNeighbours(t *testing.T) {
	body := page(t, visits(t), "/dependencies?serviceName=Redis&lookback=15m&sort=p99", http.StatusOK)
	if rows := rowsOf(body); len(rows) != 1 || !strings.HasPrefix(rows[0], "writer redis") {
		t.Errorf("rows %q, want that of redis", rows)
	}
	for _, want := range []string{`<option selected>redis</option>`, `<option selected>15m</option>`, `node c`, " chosen",
		`href="/dependencies?lookback=15m&sort=p99"`, `href="/dependencies?lookback=15m&serviceName=redis&sort=errors"`, `href="/?lookback=15m&serviceName=redis"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestOrders(t *testing.T) {
	links := []zipkin.Link{{Parent: "a", Child: "z", CallCount: 1, ErrorCount: 1}, {Parent: "c", Child: "b", CallCount: 9}, {Parent: "b", Child: "c", CallCount: 5, ErrorCount: 3}}
	for sort, want := range map[string]string{"calls": "c b a", "errors": "b a c", "caller": "a b c", "called": "c b a", "p50": "a b c", "p99": "a b c"} {
		var callers []string
		for _, row := range rowsOf(page(t, &remote{links: links}, "/dependencies?sort="+sort, http.StatusOK)) {
			callers = append(callers, row[:1])
		}
		if got := strings.Join(callers, " "); got != want {
			t.Errorf("sort=%s: callers %s, want %s", sort, got, want)
		}
	}
}

func TestWhatIsSaid(t *testing.T) {
	call := [][]zipkin.Span{spantext.Spans(t, fmt.Sprintf("1 CLIENT gateway>redis | @%d+7", webtest.Noon.Add(-time.Minute).UnixMicro()))}
	link := []zipkin.Link{{Parent: "gateway", Child: "redis", CallCount: 30}}
	for _, c := range []struct {
		name   string
		reader zipkinapi.Reader
		query  string
		want   []string
	}{
		{"durations of some", &remote{webtest.Reader{Held: call}, link}, "", []string{`title="(of 1 call)">7 µs`, "30 calls, 0 errors, p50 7 µs, p99 7 µs (of 1 call)"}},
		{"a job that has not run", &remote{webtest.Reader{Held: call}, nil}, "", []string{"until their job has run: counted are the calls of its traces", "<strong>2 services"}},
		{"another service", &remote{webtest.Reader{}, link}, "?serviceName=mail", []string{"mail calls nobody, and nobody calls it", `<option selected>mail</option>`, `href="/dependencies">All services`}},
		{"no calls", &remote{webtest.Reader{Held: [][]zipkin.Span{spantext.Spans(t, "1 SERVER gateway | @5+7")}}, nil}, "", []string{"There are traces, but no calls between services", "b3 or traceparent"}},
		{"nothing", &remote{}, "?lookback=15m", []string{"No calls in this time", `href="/dependencies?lookback=7d"`, "curl 'http://localhost:8080/visit'"}},
		{"a time", &remote{links: link}, "?startTs=1700000000000&endTs=1700000060000", []string{"2023-11-14 22:13:20 UTC", "2023-11-14 22:14:20 UTC", `href="/dependencies">until now`, `name="endTs" value="1700000060000"`,
			`href="/?endTs=1700000060000&lookback=range&remoteServiceName=redis&serviceName=gateway&startTs=1700000000000"`}},
	} {
		body := page(t, c.reader, "/dependencies"+c.query, http.StatusOK)
		for _, want := range c.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the page lacks %s", c.name, want)
			}
		}
	}
}

func TestWrongAddresses(t *testing.T) {
	for query, want := range map[string]string{
		"lookback=soon":       `"soon" is not a time to look back`,
		"sort=name":           "sort=name is not an order of this page: use called, caller, calls, errors, p50, p99",
		"servicename=gateway": "no parameter servicename: did you mean serviceName?",
		"sort=p50&sort=p99":   "sort is given twice",
		"startTs=2&endTs=1":   "later than the end",
		"serviceName=a;b":     "The query cannot be read",
		"endTs=tomorrow":      "endTs=tomorrow is not a moment",
	} {
		if body := page(t, visits(t), "/dependencies?"+query, http.StatusBadRequest); !strings.Contains(body, want) || strings.Contains(body, "<svg") {
			t.Errorf("%s: the page lacks %q, or has a graph", query, want)
		}
	}
	if body := page(t, &remote{Reader: webtest.Reader{Err: errors.New("connection refused")}}, "/dependencies", http.StatusBadGateway); !strings.Contains(body, "connection refused") {
		t.Errorf("the page does not say why: %s", body)
	}
}

// TestZipkinsLinks: those that Zipkin's pages of several years have in their address bar.
func TestZipkinsLinks(t *testing.T) {
	for from, want := range map[string]string{
		"":                             "/dependencies",
		"?startTime=1&endTime=2":       "/dependencies?endTs=2&startTs=1",
		"?startTs=1&endTs=2":           "/dependencies?endTs=2&startTs=1",
		"?endTs=2&lookback=60000":      "/dependencies?endTs=2&lookback=60000",
		"?startTime=1%26x&endTime=//a": "/dependencies?endTs=%2F%2Fa&startTs=1%26x",
	} {
		w := get(t, &remote{}, "/zipkin/dependency"+from)
		if to := w.Header().Get("Location"); w.Code != http.StatusFound || to != want {
			t.Errorf("%q leads to %d %q, want %q", from, w.Code, to, want)
		}
	}
}

// TestHostileNames: they are text, and the page stays small.
func TestHostileNames(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for _, name := range []string{`"><script>alert(1)</script>`, "javascript:alert(1)", "日本語のとても長いサービス名です", "a\x00\u202e\nb", long, ""} {
		w := get(t, &remote{links: []zipkin.Link{{Parent: name, Child: "b", CallCount: 1}}}, "/dependencies")
		body := w.Body.String()
		if w.Code != http.StatusOK || strings.Contains(body, "<script>") || strings.Contains(body, `href="javascript`) {
			t.Errorf("%.40q: status %d\n%.3000s", name, w.Code, body)
		}
		if len(body) > 40_000 {
			t.Errorf("%.40q: the page has %d bytes", name, len(body))
		}
	}
}

func TestChinese(t *testing.T) {
	r := httptest.NewRequestWithContext(t.Context(), "GET", "http://localhost/dependencies", nil)
	r.Header.Set("Accept-Language", "zh-CN")
	s := webtest.Shell("somewhere")
	w := webtest.Ask(webtest.Serve(s, dependencies.New(s, dependencies.Config{Reader: visits(t), Now: webtest.Now})), r)
	for _, want := range []string{"3 个服务", "200 次调用", "2 个错误", "writer 调用 redis：100 次调用，2 个错误，p50 500 µs", "依赖关系"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// A search for the traces of an edge finds them, whichever end has the name of the other.
func TestLinksToTracesFindThem(t *testing.T) {
	reader := visits(t)
	body := page(t, reader, "/dependencies", http.StatusOK)
	links := regexp.MustCompile(`<a class="edge" href="/\?([^"]*)"`).FindAllStringSubmatch(body, -1)
	for _, link := range links {
		q, err := zipkinapi.ParseSearch(link[1], webtest.Noon)
		if err != nil {
			t.Fatal(err)
		}
		q.Limit = 1
		traces, err := reader.Traces(t.Context(), q)
		if v, _ := url.ParseQuery(link[1]); err != nil || len(traces) == 0 {
			t.Errorf("%v finds %d traces: %v", v, len(traces), err)
		}
	}
	if len(links) != 2 {
		t.Errorf("%d edges have a link, want 2", len(links))
	}
}
