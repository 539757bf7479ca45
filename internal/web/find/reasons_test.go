package find

import (
	"context"
	"errors"
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

func TestWhyThereAreNoTraces(t *testing.T) {
	tagged := attendedBy("ann", webtest.Visit(0xab, 10*time.Minute, 20_000))
	reader := storeOf(5, tagged, webtest.Failing(webtest.Visit(0xcd, 20*time.Minute, 1000)), webtest.Visit(0xef, 30*24*time.Hour, 7_000_000))
	losses := func(context.Context) []string {
		return []string{"gateway has sampled none of 7 spans: its sampler is never."}
	}
	h := serveUI(Config{Reader: reader, Losses: losses})
	for query, want := range map[string][]string{
		"serviceName=gatewy&lookback=6h":                       {`No service "gatewy" has reported spans.`, `<a href="/?lookback=6h&serviceName=gateway">Search for gateway</a>`},
		"serviceName=zebra":                                    {`No service "zebra" has`, `<a href="/">Search without it</a>`},
		"serviceName=gateway&spanName=get+/visi":               {`The service "gateway" has no span "get /visi".`, `spanName=get+%2Fvisit">Search for get /visit</a>`},
		"minTrace=1s":                                          {"There are such traces at other times: the last began 30 days ago, at 2026-10-21 12:00:00 UTC.", "Search there", "Nothing in this time has minTrace=1s."},
		"attendee=ann&annotationQuery=error":                   {"Each condition alone finds traces, but no trace meets them all."},
		"attendee=ann&annotationQuery=error+and+nothing":       {"Nothing in this time has annotationQuery=nothing.", `<a href="/?annotationQuery=error&attendee=ann">Search without it</a>`},
		"remoteServiceName=bank&attendee=ann":                  {"Nothing in this time has remoteServiceName=bank."},
		"minDuration=1s&maxDuration=2s&attendee=ann":           {"Nothing in this time has minDuration=1s maxDuration=2s."},
		"serviceName=fetcher&spanName=get+/fetch&attendee=bob": {"Nothing in this time has attendee=bob."},
		"endTs=" + ms(-2*time.Hour):                            {"the last began", "gateway has sampled none of 7 spans: its sampler is never."},
	} {
		w := webtest.Get(t, h, "/?"+query)
		body := html.UnescapeString(w.Body.String())
		for _, text := range append(want, `class="reasons"`) {
			if w.Code != http.StatusOK || !strings.Contains(body, text) {
				_, reasons, _ := strings.Cut(body, `class="reasons"`)
				t.Errorf("%s: status %d, the page lacks %q: %.600s", query, w.Code, text, reasons)
			}
		}
	}
	none := serveUI(Config{Reader: zipkinapi.Local(store.New(store.Config{}))})
	if body := webtest.Get(t, none, "/?attendee=ann").Body.String(); !strings.Contains(body, "There is no trace at all yet") {
		t.Error("an empty store is not said to be one")
	}
}

// fussy answers one query, with nothing, and fails at all others.
type fussy struct {
	webtest.Reader
	answers string // annotations
}

func (f *fussy) Traces(_ context.Context, q zipkin.Query) ([][]zipkin.Span, error) {
	if q.AnnotationQuery != f.answers {
		return nil, errors.New("too slow")
	}
	return nil, nil
}

// TestWhatIsNotKnownIsNoReason: where the Reader fails, nothing is said of a condition.
func TestWhatIsNotKnownIsNoReason(t *testing.T) {
	w := webtest.Get(t, serveUI(Config{Reader: &fussy{answers: "error and other"}}), "/?annotationQuery=error+and+other")
	body := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(body, "Nothing meets every condition") || strings.Contains(body, "Nothing in this time has") || strings.Contains(body, "Each condition alone") {
		t.Errorf("status %d: %s", w.Code, body)
	}
}

// TestVeryManyConditions are one: each would be a search, and have a link with all others.
func TestVeryManyConditions(t *testing.T) {
	h := serveUI(Config{Reader: storeOf(5)})
	body := webtest.Get(t, h, "/?annotationQuery="+strings.Repeat("a+and+", 5000)+"a").Body.String()
	if n := strings.Count(body, "Nothing in this time has"); n != 1 || len(body) > 1<<20 {
		t.Errorf("%d conditions, %d bytes", n, len(body))
	}
}

// TestTheReasonLeadsThere: the link of another time finds what it promises.
func TestTheReasonLeadsThere(t *testing.T) {
	h := serveUI(Config{Reader: storeOf(5, webtest.Visit(0xef, 30*24*time.Hour, 7_000_000))})
	body := html.UnescapeString(webtest.Get(t, h, "/?minTrace=1s").Body.String())
	_, link, _ := strings.Cut(body, `UTC. <a href="`)
	link, _, _ = strings.Cut(link, `"`)
	if got := ids(t, h, link); got != "ef" {
		t.Errorf("%q finds %q", link, got)
	}
}

func TestCompareFromTheList(t *testing.T) {
	h := serveUI(Config{Reader: storeOf(3), Compares: true})
	for query, want := range map[string]string{
		"pick=00000000000000ab&pick=CD": "/compare?a=00000000000000ab&b=00000000000000cd",
	} {
		if w := webtest.Get(t, h, "/?"+query); w.Code != http.StatusFound || w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", query, w.Code, w.Header().Get("Location"), want)
		}
	}
	for _, query := range []string{"pick=ab", "pick=ab&pick=cd&pick=ef", "pick=ab&pick=zebra", "pick="} {
		if w := webtest.Get(t, h, "/?"+query); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "two can be compared") {
			t.Errorf("%s: status %d", query, w.Code)
		}
	}
	for query, want := range map[string]string{
		"":                                   `href="/compare?q=lookback%3D3600000&slow=p90"`,
		"serviceName=gateway&attendee=ann":   "",
		"minTrace=1us":                       "",
		"endTs=" + ms(0) + "&maxDuration=1s": `href="/compare?q=endTs%3D` + ms(0) + `%26lookback%3D3600000%26maxDuration%3D1000000%26minDuration%3D1&slow=p90"`,
		"spanName=GET+/visit&serviceName=gateway": `href="/compare?q=lookback%3D3600000%26serviceName%3Dgateway%26spanName%3Dget%2B%252Fvisit&slow=p90"`,
	} {
		body := html.UnescapeString(webtest.Get(t, h, "/?"+query).Body.String())
		if has := strings.Contains(body, "slow=p90"); has != (want != "") || !strings.Contains(body, want) {
			_, got, _ := strings.Cut(body, `href="/compare`)
			t.Errorf("%q leads to %.150q, want %q", query, got, want)
		}
	}
	if body := webtest.Get(t, serveUI(Config{Reader: storeOf(3)}), "/").Body.String(); strings.Contains(body, "/compare") || strings.Contains(body, `id="pick"`) {
		t.Error("the list leads to a comparison that there is not")
	}
}
