package request_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// mailed is a span of a service that has no execution trace, and of the visit, in the time
// of what was recorded.
func mailed(t *testing.T) []zipkin.Span {
	x := executiontest.Open(t, "shop", recorded()["shop"])
	var spans []zipkin.Span
	for s := range x.Trace.Spans() {
		k, _ := x.Trace.Task(s.Task)
		if zipkin.SpanIDOf(s.ID) == call {
			at := x.Trace.Wall(k.Start).UnixMicro()
			mail := webtest.Kind(webtest.Span(7, call, at+1, max(k.End.Sub(k.Start).Microseconds()-2, 1)), zipkin.Server, "mail")
			mail.Name = "post /mail"
			spans = append(spans, mail)
		}
	}
	for i := range spans {
		spans[i].TraceID.Low = ours
	}
	return spans
}

// TestARequestOverProcesses: spans by process, their goroutines, who held what was waited
// for, and what no execution trace covers.
func TestARequestOverProcesses(t *testing.T) {
	s := serve(t, recorded(), both(), mailed(t)...)
	page := s.page(address, http.StatusOK)
	s.has(page, "trace 000000000000002a", "It took long.", "Because.", "shown, from 0 to")
	s.has(page, `>shop</b>`, "i1", `href="/exec/shop">execution trace`,
		`id="span-0000000000000001"`, `href="/traces/000000000000002a?span=0000000000000001">get /visit</a>`, `href="/exec/shop/timeline?by=goroutine&from=`, "its own",
		`id="span-0000000000000002"`, "waiting for another goroutine",
		"it waited for a mutex", "sync.(*Mutex).Lock", "ended the wait", "of this time it slept", `for <a href="/traces/000000000000002b?span=0000000000000009">other order</a> of trace 000000000000002b`,
		`href="/exec/request?span=0000000000000009&trace=000000000000002b">its goroutines`,
		`id="span-0000000000000003"`, "request_test.part", "started for it", "request_test.slowest", "and 10 more goroutines")
	s.has(page, `>bank</b>`, `href="/exec/bank">execution trace`, "Its clock does not fit: ", "in the middle of its caller's span", `id="span-0000000000000004"`, "(place not sure)")
	s.has(page, `>mail</b>`, "No execution trace covers this: it has no recorder.", `id="span-0000000000000007"`, "post /mail")
	if strings.Count(page, `class="held"`) < 3 { // in the legend, in the lane of who waited, and in that of the holder
		t.Error("the wait is not marked")
	}
	if len(regexp.MustCompile(`<title>waiting for another goroutine, [^<]*: sync\.\(\*Mutex\)\.Lock|<title>waiting for another goroutine, [^<]*request_test`).FindAllString(page, -1)) == 0 {
		t.Error("no segment says where it waited")
	}
}

// TestLanesEndWithTheirSpan: what a goroutine did before and after is not drawn.
func TestLanesEndWithTheirSpan(t *testing.T) {
	page := serve(t, recorded(), both()).page(address, http.StatusOK)
	place := regexp.MustCompile(`<rect class="(s\d+|bar c\d+)"[^>]* x="([\d.]+)%" width="([\d.]+)%"`)
	n := 0
	for _, article := range strings.Split(page, "<article")[1:] {
		var begins, ends float64
		for _, m := range place.FindAllStringSubmatch(article, -1) {
			x, _ := strconv.ParseFloat(m[2], 64)
			width, _ := strconv.ParseFloat(m[3], 64)
			if strings.HasPrefix(m[1], "bar") {
				begins, ends = x, x+width
			} else if n++; x < begins-.001 || x+width > ends+.002 { // what is too short to be seen is drawn wider
				t.Errorf("a segment is from %f to %f, and its span from %f to %f", x, x+width, begins, ends)
			}
		}
	}
	if n == 0 {
		t.Error("there are no segments")
	}
}

// TestTheTimeShown is in the address, and links lead to other parts of it.
func TestTheTimeShown(t *testing.T) {
	s := serve(t, recorded(), both())
	page := s.page(address, http.StatusOK)
	zoomed := regexp.MustCompile(`data-move="w" href="([^"]*)"`).FindStringSubmatch(page)
	if zoomed == nil || strings.Contains(page, `data-move="s"`) || strings.Contains(page, `data-move="0"`) {
		t.Fatalf("the whole can be zoomed in alone: %.3000s", page)
	}
	in := s.page(zoomed[1], http.StatusOK)
	s.has(in, `data-move="w"`, `data-move="s"`, `data-move="a"`, `data-move="d"`, `data-move="0" href="`+address+`"`)
	chosen := regexp.MustCompile(`class="zoom" href="([^"]*span=0000000000000004[^"]*)"`).FindStringSubmatch(page)
	if chosen == nil {
		t.Fatal("no link shows the time of the bank's span")
	}
	s.has(page, `class="zoom" href="/exec/request?span=0000000000000001&trace=000000000000002a"`) // which takes all of the time
	of := s.page(chosen[1], http.StatusOK)
	s.has(of, `chosen`, `id="span-0000000000000004" aria-current="true"`, `segments of goroutine`)
	beyond := s.page(address+"&from=1&to=9223372036854775807", http.StatusOK)
	s.has(beyond, "shown, from 0 to")
	begin := s.page(address+"&from=5&to=6", http.StatusOK)
	if s.has(begin, "1.00 µs shown, from 5 ns to", "get /visit", "outside of the time shown"); strings.Contains(begin, "span-0000000000000003") {
		t.Error("what began later is in the first microsecond")
	}
}

func TestAddressesThatAreWrong(t *testing.T) {
	s := serve(t, recorded(), both())
	for query, status := range map[string]int{
		"":                                  http.StatusBadRequest,
		"?trace=xyz":                        http.StatusBadRequest,
		"?trace=2a&span=xyz":                http.StatusBadRequest,
		"?trace=2a&start_us=x":              http.StatusBadRequest,
		"?trace=2a&from=x":                  http.StatusBadRequest,
		"?trace=2a&to=-1":                   http.StatusBadRequest,
		"?trace=2a&from=5&to=5":             http.StatusBadRequest,
		"?trace=2a&to=99999999999999999999": http.StatusBadRequest,
		"?trace=2a&more=1":                  http.StatusBadRequest,
		"?trace=2a&%zz":                     http.StatusBadRequest,
		"?trace=2a&span=77":                 http.StatusNotFound,
		"?trace=77":                         http.StatusNotFound,
		"?trace=2a&span=4&from=0&to=999":    http.StatusOK,
	} {
		page := s.page("/exec/request"+query, status)
		if status == http.StatusBadRequest && !strings.Contains(page, "A parameter of the address is wrong") {
			t.Errorf("%s: the page does not say what to do: %.2000s", query, page)
		}
	}
}

// TestNothingCanBeExplained where the explainer fails.
func TestNothingCanBeExplained(t *testing.T) {
	for status, err := range map[int]error{
		http.StatusNotFound:           &httpapi.Error{Code: httpapi.NotFound, Detail: "nobody knows it"},
		http.StatusBadGateway:         &httpapi.Error{Code: httpapi.Unreachable, Detail: "nobody answers"},
		http.StatusServiceUnavailable: errors.New("it ended"),
	} {
		if page := serve(t, recorded(), &explained{err: err}).page(address, status); !strings.Contains(page, err.Error()) {
			t.Errorf("the page does not say %q", err)
		}
	}
	e := both()
	e.is.Snapshots[0].ID, e.is.Snapshots[1].ID = "evicted", "damaged"
	s := serve(t, map[string][]byte{"damaged": []byte("this is no execution trace")}, e, webtest.Visit(ours, 0, 1000)...)
	for i, service := range []string{"gateway", "fetcher"} {
		e.is.Snapshots[i].Service = service
	}
	s.has(s.page(address, http.StatusOK), ">gateway</b>", "No execution trace covers this: its execution trace has made room for newer ones", "get /visit", ">fetcher</b>", "cannot be read")
}

func TestOnlyTheTrustedSeeARequest(t *testing.T) {
	s := serve(t, recorded(), both())
	for _, path := range []string{address, "/exec/shop/span?trace=2a&span=1"} {
		r := httptest.NewRequest("GET", "http://localhost"+path, nil)
		r.Header.Set("X-Forwarded-For", "192.0.2.1")
		w := webtest.Ask(s, r)
		if body := w.Body.String(); w.Code != http.StatusForbidden || strings.Contains(body, "reserve") || !strings.Contains(body, `action="/exec/token"`) {
			t.Errorf("%s: %d %s", path, w.Code, body)
		}
	}
}

// TestHostileNamesAreText of services, spans, functions, files and sentences.
func TestHostileNamesAreText(t *testing.T) {
	const hostile = `</title></script><script>alert(1)</script><img src=x onerror="alert(2)">`
	e := both()
	e.is.Sentences, e.is.Missing[0].Reason, e.is.Snapshots[0].Instance, e.is.Snapshots[0].Service = []string{hostile}, hostile, hostile, hostile
	e.is.Missing[0].Service = hostile
	spans := webtest.Visit(ours, 0, 1000)
	for i := range spans {
		spans[i].Name, spans[i].Local.ServiceName = hostile, strings.ToLower(hostile)
	}
	raw := executiontest.RecordSpan(t, hostile, id(ours, byte(spans[0].ID), 0), nothing)
	w := webtest.Get(t, serve(t, map[string][]byte{"shop": raw, "bank": raw}, e, spans...), address)
	if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, "&lt;img") || strings.Contains(body, "<img") || strings.Contains(body, "<script>") {
		t.Errorf("%d, and names are markup, or not there: %.3000s", w.Code, body)
	}
}

// TestWhatIsTooMuchIsCounted: spans, goroutines and segments.
func TestWhatIsTooMuchIsCounted(t *testing.T) {
	spans := webtest.Visit(ours, 0, 1_000_000)
	for i := range 150 {
		one := webtest.Span(zipkin.SpanID(100+i), 1, spans[0].Timestamp+int64(i), int64(1000-i))
		one.TraceID.Low = ours
		spans = append(spans, one)
	}
	spans = append(spans, zipkin.Span{TraceID: spans[0].TraceID, ID: 300, ParentID: 1, Name: "whenever", Kind: zipkin.Client, Local: spans[0].Local})
	s := serve(t, nil, both(), spans...)
	page := s.page(address+"&span=f9", http.StatusOK) // the shortest
	s.has(page, `id="span-00000000000000f9" aria-current`, "53 shorter spans are left out", "1 spans do not say when they were")
	if n := strings.Count(page, "<article"); n != 100 {
		t.Errorf("%d spans are drawn", n)
	}
	busy := executiontest.RecordSpan(t, "busy", id(ours, visit, 0), handOver)
	e := both()
	page = serve(t, map[string][]byte{"shop": busy, "bank": nil}, e).page(address, http.StatusOK)
	if !strings.Contains(page, `viewBox="0 0 1024 20"`) {
		t.Error("many segments are not drawn as shares")
	}
	if n := strings.Count(page, "<rect"); n > 4000 {
		t.Errorf("%d boxes are drawn", n)
	}
	x := executiontest.Open(t, "busy", busy)
	var many []zipkin.Span
	for i := range 99 {
		one := webtest.Span(zipkin.SpanID(100+i), visit, x.Trace.Wall(x.Trace.Start).UnixMicro(), x.Trace.Duration().Microseconds())
		one.TraceID.Low = ours
		many = append(many, one)
	}
	page = serve(t, map[string][]byte{"shop": busy, "bank": nil}, e, many...).page(address, http.StatusOK)
	for _, lane := range regexp.MustCompile(`(?s)<svg class="draw".*?</svg></div>`).FindAllString(page, -1) {
		if n := strings.Count(lane, `class="counted"`); n > 24 {
			t.Errorf("the explanation goes by a lane of a full page in %d places", n)
		}
	}
}

// TestTheSpanOfAnExecutionTrace: its goroutines, without any report, and the way to its
// request.
func TestTheSpanOfAnExecutionTrace(t *testing.T) {
	const asked = "/exec/shop/span?trace=000000000000002a&span=0000000000000003"
	s := serve(t, recorded(), both())
	page := s.page(asked, http.StatusOK)
	s.has(page, "shop.trace", "The goroutines of a span", `href="/exec/shop/timeline"`, `href="/exec/request?span=0000000000000003&trace=000000000000002a">its request`,
		`id="span-0000000000000003" aria-current="true"`, "its own", "started for it", "request_test.part", "and 10 more goroutines")
	if strings.Contains(page, "reserve") || strings.Contains(page, "No execution trace") {
		t.Errorf("it has what is not below the span: %s", page)
	}
	var lane, from, to int64
	link := regexp.MustCompile(`/exec/shop/timeline\?by=goroutine&from=(\d+)&lane=g(\d+)&to=(\d+)`).FindStringSubmatch(page)
	for i, n := range []*int64{&from, &lane, &to} {
		*n, _ = strconv.ParseInt(link[i+1], 10, 64)
	}
	x := executiontest.Open(t, "shop", recorded()["shop"])
	for one := range x.Trace.Spans() {
		if k, _ := x.Trace.Task(one.Task); zipkin.SpanIDOf(one.ID) == call &&
			(k.BegunBy != exectrace.GoID(lane) || int64(k.Start-x.Trace.Began) != from || int64(k.End-x.Trace.Began) != to) {
			t.Errorf("%s is not the lane of %+v", link[0], k)
		}
	}
	if page := serve(t, recorded(), nil).page(asked, http.StatusOK); strings.Contains(page, "/exec/request") {
		t.Error("it leads to a page of requests, which there is not")
	}
	for path, want := range map[string]int{
		"/exec/shop/span":                        http.StatusBadRequest,
		"/exec/shop/span?trace=2a":               http.StatusBadRequest,
		"/exec/shop/span?trace=xyz&span=7":       http.StatusBadRequest,
		"/exec/shop/span?trace=2a&span=3&more=1": http.StatusBadRequest,
		"/exec/shop/span?trace=2a&span=4":        http.StatusNotFound,
		"/exec/shop/span?trace=2c&span=3":        http.StatusNotFound,
		"/exec/other/span?trace=2a&span=3":       http.StatusNotFound,
	} {
		s.page(path, want)
	}
	if w := webtest.Get(t, serve(t, recorded(), nil), address); w.Code != http.StatusNotFound {
		t.Errorf("without an explainer there is a page of requests: %d", w.Code)
	}
}

// TestInChinese the page has no English of its own.
func TestInChinese(t *testing.T) {
	r := httptest.NewRequest("GET", "http://localhost"+address, nil)
	r.Header.Set("Accept-Language", "zh")
	body := webtest.Ask(serve(t, recorded(), both()), r).Body.String()
	for _, want := range []string{`lang="zh"`, "一个请求的 goroutine", "为它启动", "结束了等待"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(body, "started for it") {
		t.Error("the page is in English")
	}
}
