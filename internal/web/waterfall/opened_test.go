package waterfall

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkin/codec"
)

// send posts a file as a browser does.
func send(t *testing.T, h http.Handler, field, text string, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, "trace.json")
	if err != nil {
		t.Fatal(err)
	}
	part.Write([]byte(text))
	form.Close()
	r := httptest.NewRequestWithContext(t.Context(), "POST", "http://localhost/traces", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	if change != nil {
		change(r)
	}
	return webtest.Ask(h, r)
}

// TestDownloadedTracesCanBeOpened: what the page of a trace gives as a file, and what
// others give, leads to a page of the same rows, which no store has.
func TestDownloadedTracesCanBeOpened(t *testing.T) {
	trace := several()
	elsewhere := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{trace}}})
	file := webtest.Get(t, elsewhere, "/traces/ab/json").Body.String()
	v1 := `[{"traceId":"ab","id":"1","name":"get /visit","timestamp":1000,"duration":50,"binaryAnnotations":[{"key":"sa","value":true,"endpoint":{"serviceName":"redis"}}]}]`
	for name, text := range map[string]string{"list": file, "search": "[" + file + "]", "byte order mark": "\ufeff \n" + file, "v1": v1} {
		h := serveUI(Config{})
		w := send(t, h, "file", text, nil)
		if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/traces/"+anID+"?opened=1" {
			t.Fatalf("%s: status %d to %q: %s", name, w.Code, to, w.Body)
		}
		body := webtest.Get(t, h, "/traces/ab?opened=1").Body.String()
		if !strings.Contains(body, ": get /visit") || !strings.Contains(body, "opened from a file") || !strings.Contains(body, "/json?opened=1") {
			t.Errorf("%s: the page is not of the trace, or does not say that it is of a file", name)
		}
		if name != "v1" && webtest.Get(t, h, "/traces/ab/rows?opened=1").Body.String() != webtest.Get(t, elsewhere, "/traces/ab/rows").Body.String() {
			t.Errorf("%s: the rows differ from those of the store that it is from", name)
		}
		for _, path := range []string{"/traces/ab", "/traces/cd?opened=1"} {
			if w := webtest.Get(t, h, path); w.Code != http.StatusNotFound {
				t.Errorf("%s: %s: status %d", name, path, w.Code)
			}
		}
	}
}

// TestLinksOfAnOpenedTrace lead to that, and not to a store that has none of its id.
func TestLinksOfAnOpenedTrace(t *testing.T) {
	h := serveUI(Config{})
	file := `[{"traceId":"ab","id":"3","name":"get","timestamp":1000,"duration":50,"tags":{"go.why":"a mutex"}}]`
	if w := send(t, h, "file", file, nil); w.Code != http.StatusSeeOther {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	body := webtest.Get(t, h, "/traces/ab?opened=1").Body.String()
	for _, want := range []string{`<a href="?opened=1&amp;span=0000000000000003#span-0000000000000003">Why it took so long`, `<input type="hidden" name="opened" value="1">`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestFilesThatCannotBeOpened(t *testing.T) {
	other := webtest.Visit(0xcd, 0, 10)
	two := string(codec.AppendTraces(nil, [][]zipkin.Span{webtest.Visit(0xab, 0, 10), other}))
	huge := "[" + strings.Repeat(`{"traceId":"ab","id":"1"},`, maxSpans) + `{"traceId":"ab","id":"1"}]`
	h := serveUI(Config{})
	for text, want := range map[string]string{
		"":                                       "want a list of spans",
		"{}":                                     "begins with &#34;{}&#34;",
		"[]":                                     "it has no spans",
		"[[]]":                                   "it has no spans",
		two:                                      "spans of several traces, such as 00000000000000ab and 00000000000000cd",
		huge:                                     "it has 200001 spans: want at most 200000",
		`[{"traceId":"xyz"}]`:                    "xyz should be lower-hex encoded",
		"[{":                                     "reading List",
		"\x0a\x00":                               "want a list of spans",
		"[" + strings.Repeat(" ", maxFile) + "]": "more than 32 MB",
	} {
		w := send(t, h, "file", text, nil)
		if status := w.Code; status != http.StatusBadRequest && (status != http.StatusRequestEntityTooLarge || len(text) < maxFile) || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%.40q: status %d, and not %s: %s", text, w.Code, want, w.Body)
		}
	}
	if w := send(t, h, "upload", "[]", nil); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "no field &#34;file&#34;") {
		t.Errorf("another field: %d", w.Code)
	}
	if w := send(t, h, "file", "[]", func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }); w.Code != http.StatusBadRequest {
		t.Errorf("no form: %d", w.Code)
	}
	if w := send(t, h, "file", "[]", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }); w.Code != http.StatusForbidden {
		t.Errorf("from another site: %d", w.Code)
	}
	if w := send(t, h, "file", "[]", func(r *http.Request) { r.Host = "evil.example" }); w.Code != http.StatusForbidden {
		t.Errorf("for another host: %d", w.Code)
	}
	if body := webtest.Get(t, h, "/traces").Body.String(); !strings.Contains(body, `enctype="multipart/form-data"`) {
		t.Error("there is no form to open a file")
	}
}

// TestOpenedTracesAreBounded: the oldest go.
func TestOpenedTracesAreBounded(t *testing.T) {
	h := serveUI(Config{})
	for i := range uint64(maxOpened + 2) {
		if w := send(t, h, "file", string(codec.AppendSpans(nil, webtest.Visit(i+1, 0, 10))), nil); w.Code != http.StatusSeeOther {
			t.Fatalf("status %d", w.Code)
		}
	}
	for i := range maxOpened + 2 {
		want := http.StatusOK
		if i < 2 {
			want = http.StatusNotFound
		}
		if w := webtest.Get(t, h, fmt.Sprintf("/traces/%x?opened=1", i+1)); w.Code != want {
			t.Errorf("the %d. is answered with %d, want %d", i+1, w.Code, want)
		}
	}
	filler := newOpened()
	for i := range uint64(3) {
		filler.keep(openedTrace{webtest.Visit(i+1, 0, 10), maxFile})
	}
	if filler.trace(zipkin.TraceID{Low: 1}) != nil || filler.trace(zipkin.TraceID{Low: 2}) == nil {
		t.Error("three files of the largest size: the oldest is to go, and no other")
	}
}

func TestPeers(t *testing.T) {
	for _, c := range []struct {
		others int
		want   string
	}{
		{0, "Of the last hour, 0 others of its name were found: too few to say how usual 10.0 ms is."},
		{150, "Slower than 66 % of 150 others of its name, in the newest 151 traces of the last hour that have one; their median is 7.50 ms."},
	} {
		held := [][]zipkin.Span{webtest.Visit(0xab, 0, 40_000)}
		for i := range c.others {
			held = append(held, webtest.Visit(uint64(0x1000+i), time.Minute, int64(i+1)*400))
		}
		reader := &webtest.Reader{Held: held}
		h := serveUI(Config{Reader: reader})
		if got := webtest.Get(t, h, "/traces/ab/peers?span=3").Body.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
		if q := reader.Asked; q.ServiceName != "fetcher" || q.SpanName != "get /fetch" || q.Lookback != time.Hour || q.Limit > mostTraces {
			t.Errorf("asked %+v", q)
		}
		if body := webtest.Get(t, h, "/traces/ab?span=3&peers=1").Body.String(); !strings.Contains(body, c.want) {
			t.Error("the page without scripts does not say it")
		}
	}
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, 0, 40_000)}}})
	if w := webtest.Get(t, h, "/traces/ab/peers?span=99"); w.Code != http.StatusNotFound {
		t.Errorf("of no span: %d", w.Code)
	}
	if body := webtest.Get(t, h, "/traces/ab/details?span=1").Body.String(); !strings.Contains(body, `href="/compare?a=lookback%3D3600000%26serviceName%3Dgateway%26spanName%3Dget%2B%252Fvisit&amp;b=00000000000000ab"`) {
		t.Errorf("there is no link to the comparison: %s", body)
	}
}
