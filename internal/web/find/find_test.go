package find

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// storeOf holds n visits of 1 ms, one a second before webtest.Noon, and then the others.
func storeOf(n int, others ...[]zipkin.Span) zipkinapi.Reader {
	st := store.New(store.Config{})
	for i := range n {
		st.Add(webtest.Visit(uint64(0x1000+i), time.Duration(i+1)*time.Second, 1000))
	}
	for _, spans := range others {
		st.Add(spans)
	}
	return zipkinapi.Local(st)
}

func attendedBy(name string, spans []zipkin.Span) []zipkin.Span {
	spans[0].Tags = append(spans[0].Tags, zipkin.Tag{Key: "attendee", Value: name})
	return spans
}

var listedID = regexp.MustCompile(`<a href="/traces/0*([0-9a-f]+)"><b>`)

// ids are those of the traces that a page lists, in order.
func ids(t *testing.T, h http.Handler, path string) string {
	t.Helper()
	w := webtest.Get(t, h, path)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: status %d", path, w.Code)
	}
	var all []string
	for _, m := range listedID.FindAllStringSubmatch(w.Body.String(), -1) {
		all = append(all, m[1])
	}
	return strings.Join(all, " ")
}

// TestTheLongestOfTheWindow, however old, and not only of the newest; a trace that
// spans an hour because two requests of it do is as long as the longer.
func TestTheLongestOfTheWindow(t *testing.T) {
	apart := append(webtest.Visit(0xee, 50*time.Minute, 70_000), webtest.Visit(0xee, time.Minute, 2000)...)
	for i := range 3 {
		apart[3+i].ID += 10
		if apart[3+i].ParentID != 0 {
			apart[3+i].ParentID += 10
		}
	}
	reader := storeOf(1500, webtest.Visit(0xab, 40*time.Minute, 90_000), webtest.Visit(0xcd, 45*time.Minute, 80_000), apart, webtest.Visit(0xef, 2*time.Hour, 5_000_000))
	h := serveUI(Config{Reader: reader})
	if got := ids(t, h, "/?sort=longest&limit=4"); !strings.HasPrefix(got, "ab cd ee 1") {
		t.Errorf("the longest are %s", got)
	}
	if got := ids(t, h, "/?sortOrder=duration-desc&limit=1&lookback=1d"); got != "ef" {
		t.Errorf("the longest of a day is %s", got)
	}
	body := webtest.Get(t, h, "/?sort=longest&limit=4").Body.String()
	for _, want := range []string{"<strong>1,503</strong> traces in the last 1h", "4 of 1,503 are listed.", "one of 2 requests", `<span class="value">70.0 ms</span>`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if got := ids(t, h, "/?limit=2"); got != "1000 1001" {
		t.Errorf("the newest are %s", got)
	}
}

// TestAnAttendeesTraces are found whichever service is searched.
func TestAnAttendeesTraces(t *testing.T) {
	both := append(attendedBy("ann", webtest.Visit(0xee, 10*time.Minute, 3000)), attendedBy("bob", webtest.Visit(0xee, 11*time.Minute, 3000))...)
	reader := storeOf(600, attendedBy("ann", webtest.Visit(0xab, 20*time.Minute, 90_000)), attendedBy("ann", webtest.Failing(webtest.Visit(0xcd, 30*time.Minute, 2000))),
		attendedBy("this and that", webtest.Visit(0xde, 31*time.Minute, 2000)), attendedBy("annette", webtest.Visit(0xdf, 32*time.Minute, 2000)), both)
	h := serveUI(Config{Reader: reader})
	for query, want := range map[string]string{
		"attendee=ann":                                                  "ee ab cd",
		"attendee=ann&serviceName=fetcher":                              "ee ab cd",
		"attendee=bob&serviceName=fetcher":                              "ee",
		"attendee=ann&serviceName=fetcher&limit=1":                      "ee",
		"attendee=ann&sort=longest&limit=1":                             "ab",
		"attendee=ann&serviceName=fetcher&annotationQuery=error":        "cd",
		"attendee=ann&annotationQuery=error%3D502":                      "cd",
		"attendee=ann&annotationQuery=attendee%3Dbob":                   "ee",
		"attendee=ann&minDuration=50ms":                                 "ab",
		"attendee=this+and+that":                                        "de",
		"attendee=ann&serviceName=fetcher&endTs=" + ms(-25*time.Minute): "cd",
		"attendee=zoe": "",
	} {
		if got := ids(t, h, "/?"+query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	body := html.UnescapeString(webtest.Get(t, h, "/?limit=1000&serviceName=gateway").Body.String())
	if !strings.Contains(body, `<a href="/?attendee=this+and+that&limit=1000&serviceName=gateway" title="Traces of this attendee">this and that</a>`) {
		t.Error("an attendee does not lead to his traces")
	}
	if body := webtest.Get(t, serveUI(Config{Reader: storeOf(3)}), "/").Body.String(); strings.Contains(body, `class="traces attended"`) {
		t.Error("there is a column of attendees where none is known")
	}
}

// ms is a moment relative to webtest.Noon, as Zipkin's links have it.
func ms(after time.Duration) string { return fmt.Sprint(webtest.Noon.Add(after).UnixMilli()) }

// TestWhatATraceCalled, and how it was answered.
func TestWhatATraceCalled(t *testing.T) {
	trace := webtest.Failing(webtest.Visit(0xab, time.Minute, 40_000))
	trace[0].Tags = []zipkin.Tag{{Key: "http.status_code", Value: "200"}}
	call := func(id zipkin.SpanID, url, status string) zipkin.Span {
		s := webtest.Kind(webtest.Span(id, 3, trace[2].Timestamp+int64(id), 10), zipkin.Client, "fetcher")
		s.TraceID, s.Tags = trace[0].TraceID, []zipkin.Tag{{Key: "http.status_code", Value: status}, {Key: "http.url", Value: url}}
		return s
	}
	trace = append(trace, call(4, "http://third/a", "404"), call(5, "http://third/a", "200"), call(6, "http://third/b", "200"))
	body := webtest.Get(t, serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{trace}}}), "/").Body.String()
	for _, want := range []string{`<td class="url">http://third/a <b>404</b> and 1 more</td>`, `data-label="status">200</td>`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// slowReader has the newest traces at once, and the others too late.
type slowReader struct {
	webtest.Reader
	searches int
}

func (r *slowReader) Traces(ctx context.Context, q zipkin.Query) ([][]zipkin.Span, error) {
	switch r.searches++; r.searches {
	case 1: // as many as it may, of a time that is to be split
		return slices.Repeat(r.Held, q.Limit)[:q.Limit], nil
	case 2:
		return r.Held, nil
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestAListThatTakesTooLong shows what it has, and says so.
func TestAListThatTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &slowReader{Reader: webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, time.Minute, 10), webtest.Visit(0xcd, time.Minute, 20)}}}
		body := webtest.Get(t, serveUI(Config{Reader: r}), "/?sort=longest").Body.String()
		if !strings.Contains(body, "not all of its traces could be read in time") || !strings.Contains(body, "<strong>2</strong> traces") {
			t.Error("the page does not say what it lacks")
		}
	})
}

func TestALinkOfZipkinsPages(t *testing.T) {
	end := time.UnixMilli(webtest.Noon.Add(-30 * time.Minute).UnixMilli())
	hour := zipkin.Query{EndTs: end, Lookback: time.Hour, Limit: 20}
	for query, want := range map[string]zipkin.Query{
		"lookback=1h&endTs=" + ms(-30*time.Minute):                                                hour,
		"lookback=3600000&endTs=" + ms(-30*time.Minute):                                           hour,
		"lookback=millis&millis=3600000&endTs=" + ms(-30*time.Minute):                             hour,
		"lookback=range&startTs=" + ms(-90*time.Minute) + "&endTs=" + ms(-30*time.Minute):         hour,
		"lookback=custom&startTs=" + ms(-90*time.Minute) + "&endTs=" + ms(-30*time.Minute):        hour,
		"startTs=" + ms(-90*time.Minute) + "&endTs=" + ms(-30*time.Minute):                        hour,
		"lookback=3600000&startTs=" + ms(-80*time.Minute) + "&endTs=" + ms(-30*time.Minute):       hour,
		"endTs=" + ms(-30*time.Minute) + "&serviceName=all&spanName=all&sortOrder=timestamp-desc": hour,
		"lookback=2d&limit=10": {EndTs: webtest.Noon.Add(time.Millisecond), Lookback: 48 * time.Hour, Limit: 10},
		"remoteServiceName=Writer&serviceName=gateway": {ServiceName: "gateway", RemoteServiceName: "writer",
			EndTs: webtest.Noon.Add(time.Millisecond), Lookback: time.Hour, Limit: 20},
	} {
		r := &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, time.Minute, 10)}}
		w := webtest.Get(t, serveUI(Config{Reader: r}), "/?"+query)
		want.Limit = 500 // whatever the list shows: the chart shows all
		want.EndTs = time.UnixMilli(want.EndTs.UnixMilli())
		if w.Code != http.StatusOK || r.Asked == nil || *r.Asked != want {
			t.Errorf("%s: status %d, asked %+v, want %+v", query, w.Code, r.Asked, want)
		}
	}
}

// TestAnotherOrderKeepsTheSearch, and its time.
func TestAnotherOrderKeepsTheSearch(t *testing.T) {
	r := &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, 40*time.Minute, 10)}}
	const query = "lookback=range&remoteServiceName=writer&startTs=1795608000000&endTs=1795609000000&attendee=ann&limit=7&minDuration=1us"
	body := html.UnescapeString(webtest.Get(t, serveUI(Config{Reader: r}), "/?"+query).Body.String())
	for _, want := range []string{
		`<a href="/?attendee=ann&endTs=1795609000000&limit=7&lookback=range&minDuration=1us&remoteServiceName=writer&sort=longest&startTs=1795608000000">longest</a>`,
		`<a href="/?attendee=ann&limit=7&minDuration=1us&remoteServiceName=writer">until now</a>`, `name="endTs" value="2026-11-25 12:16:40"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestUnknownParametersAreNamed(t *testing.T) {
	for query, want := range map[string]string{
		"servicename=gateway":       "no parameter <code>servicename</code>: did you mean <code>serviceName</code>?",
		"utm_source=x&limit=7":      "no parameter <code>utm_source</code>.",
		"tagQuery=error":            "no parameter <code>tagQuery</code>.",
		"limit=5&limit=6":           "limit is given twice: give it once",
		"a;b":                       "The query cannot be read: invalid semicolon separator in query. Write ; as %3B",
		"attendee=%ff":              `"attendee=\xff" is not UTF-8`,
		"endTs=soon":                "endTs=soon is not a moment",
		"lookback=range":            "startTs= is not a moment",
		"lookback=millis":           `"" is not a time to look back`,
		"sortOrder=duration-asc":    "sortOrder=duration-asc is not an order of this page",
		"endTs=9999999999999999999": "is not a moment",
		"startTs=" + ms(0) + "&endTs=" + ms(-time.Hour): "swap startTs and endTs",
	} {
		r := &webtest.Reader{}
		w := webtest.Get(t, serveUI(Config{Reader: r}), "/?"+query)
		if body := html.UnescapeString(w.Body.String()); w.Code != http.StatusBadRequest || r.Asked != nil || !strings.Contains(body, want) {
			t.Errorf("%s: status %d, asked %v, or the page lacks %q", query, w.Code, r.Asked, want)
		}
	}
	body := webtest.Get(t, serveUI(Config{}), "/?utm_source=x&limit=7").Body.String()
	if !strings.Contains(body, `<a href="/?limit=7">Search without it</a>`) {
		t.Error("the page does not lead on")
	}
	if body := webtest.Get(t, serveUI(Config{}), "/?lookback=1h&startTs="+ms(-time.Hour)).Body.String(); !strings.Contains(body, "<code>startTs</code> is not used") {
		t.Error("the page does not say that startTs is not used")
	}
}

// TestAnExplanationIsNoSpan has an explanation that came as a report of its own counted
// with its span.
func TestAnExplanationIsNoSpan(t *testing.T) {
	trace := webtest.Failing(webtest.Visit(0xab, time.Minute, 40_000))
	why := zipkin.Span{TraceID: trace[2].TraceID, ID: trace[2].ID, Local: trace[2].Local, Tags: []zipkin.Tag{{Key: "why", Value: "of itself"}}}
	h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{append(trace, why)}}})
	list := webtest.Get(t, h, "/").Body.String()
	for _, want := range []string{`data-label="spans">3</td>`, `fetcher <span class="count">1</span>`, "40.0 ms"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %s", want)
		}
	}
}
