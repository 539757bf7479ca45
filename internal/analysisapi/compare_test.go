package analysisapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	pprof "github.com/google/pprof/profile"

	"example.com/tracelab/internal/analysisapi"
	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/store"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/spantext"
	"example.com/tracelab/internal/zipkin"
	"example.com/tracelab/internal/zipkinapi"
)

// stored has 30 requests of each variant, of which those of B take 6 ms more, and one that
// has no duration.
func stored() zipkinapi.Reader {
	st := store.New(store.Config{})
	end := time.Now().Add(-time.Minute)
	for _, traces := range [][][]zipkin.Span{spantext.Visits(1, 30, end, "A", 3*time.Millisecond), spantext.Visits(1001, 30, end.Add(time.Millisecond), "B", 9*time.Millisecond)} {
		for _, spans := range traces {
			st.Add(spans)
		}
	}
	st.Add([]zipkin.Span{{TraceID: zipkin.TraceID{Low: 5000}, ID: 1, Name: "lost", Timestamp: end.UnixMicro(), Local: zipkin.Endpoint{ServiceName: "lost"}}})
	return zipkinapi.Local(st)
}

// serve serves the handlers, as the server does.
func serve(t *testing.T, reader zipkinapi.Reader) (base string) {
	h := analysisapi.New(analysisapi.Config{Reader: reader})
	router := httpapi.NewRouter([]httpapi.Route{
		{Pattern: "GET " + labapi.ComparePath, Handler: httpapi.ForTerminals(httpapi.Query(h.Compare, labapi.ComparisonParameters()...))},
		{Pattern: "GET " + labapi.PprofPath, Handler: httpapi.ForTerminals(httpapi.Query(h.Pprof, "q"))},
	}, httpapi.Options{})
	srv := httptest.NewServer(router)
	t.Cleanup(srv.Close)
	return srv.URL
}

// get asks as curl does, or as a program that takes JSON.
func get(t *testing.T, address string, query url.Values, accept string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"?"+query.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", accept)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

const (
	inA = "annotationQuery=variant=A"
	inB = "annotationQuery=variant=B"
)

func TestCompareAnswers(t *testing.T) {
	base := serve(t, stored())
	for name, test := range map[string]struct {
		query labapi.ComparisonQuery
		kind  string
	}{
		"sets":   {labapi.ComparisonQuery{A: inA, B: inB, Quantile: "p90", Strata: []string{"http.method"}}, labapi.CompareSets},
		"traces": {labapi.ComparisonQuery{A: "0000000000000001", B: "00000000000003e9"}, labapi.CompareTraces},
		"slow":   {labapi.ComparisonQuery{Slow: "p50", Q: "serviceName=gateway"}, labapi.CompareSlow},
		"tag":    {labapi.ComparisonQuery{By: "variant"}, labapi.CompareTag},
	} {
		resp, body := get(t, base+labapi.ComparePath, test.query.Values(), "application/json")
		var c labapi.Comparison
		if err := json.Unmarshal([]byte(body), &c); err != nil || resp.StatusCode != http.StatusOK || c.Kind != test.kind {
			t.Errorf("%s: %d, %v: %s", name, resp.StatusCode, err, body)
			continue
		}
		if test.kind != labapi.CompareTag && (c.Verdict.Path != "gateway get /visit > gateway put > writer put /values/{key}" || c.DeltaRootUS < 4000) {
			t.Errorf("%s: %+v, %d µs", name, c.Verdict, c.DeltaRootUS)
		}
		resp, text := get(t, base+labapi.ComparePath, test.query.Values(), "*/*")
		if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") || !strings.Contains(text, "\nhow sure\n") || !strings.Contains(text, base+"/zipkin/traces/") {
			t.Errorf("%s: %d: %s", name, resp.StatusCode, text)
		}
		for line := range strings.Lines(text) {
			if len([]rune(strings.TrimRight(line, "\n"))) > 80 {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}

func TestCompareRefuses(t *testing.T) {
	base := serve(t, stored())
	for query, want := range map[string]struct {
		status int
		text   string
	}{
		"":                                      {400, "a: want two queries"},
		"a=limit=1":                             {400, "b: it is missing"},
		"a=limit=1&b=limit=1":                   {400, "b: it is the same"},
		"a=limit=1&b=lookbak=1":                 {400, "is lookback meant?"},
		"slow=p10":                              {400, `slow: "p10": want p50`},
		"before=x":                              {400, `"before" is no parameter`},
		"a=0000000000000001&b=00000000000000ff": {404, "no trace has the id 00000000000000ff"},
		"a=limit=1&b=serviceName=nobody":        {404, `answers the query "serviceName=nobody"`},
		"a=" + inA + "&b=serviceName=lost":      {404, "no request of a known duration in serviceName=lost"},
		"slow=p95&q=serviceName=lost":           {404, "no request of a known duration in serviceName=lost"},
	} {
		values, _ := url.ParseQuery(query)
		if resp, body := get(t, base+labapi.ComparePath, values, "application/json"); resp.StatusCode != want.status || !strings.Contains(strings.ReplaceAll(body, `\"`, `"`), want.text) {
			t.Errorf("%s: %d: %s, want %d: %s", query, resp.StatusCode, body, want.status, want.text)
		}
	}
}

func (waiting) Trace(context.Context, zipkin.TraceID) ([]zipkin.Span, error) {
	return nil, zipkinapi.ErrNotFound
}

// waiting is a Zipkin whose answers have to be waited for, or that has gone.
type waiting struct {
	zipkinapi.Reader
	asked chan struct{}
	err   error
}

func (w waiting) Traces(ctx context.Context, _ zipkin.Query) ([][]zipkin.Span, error) {
	if w.err != nil {
		return nil, w.err
	}
	w.asked <- struct{}{}
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestTwoAreMadeAtATime, and who asks for a third is told when to come again.
func TestTwoAreMadeAtATime(t *testing.T) {
	w := waiting{asked: make(chan struct{})}
	base := serve(t, w)
	ctx, leave := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	for _, path := range []string{labapi.ComparePath + "?slow=p95", labapi.PprofPath} {
		go func() {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
			if err == nil {
				_, err = http.DefaultClient.Do(req)
			}
			ended <- err
		}()
		<-w.asked
	}
	for _, path := range []string{labapi.ComparePath, labapi.PprofPath} {
		query := url.Values{}
		if path == labapi.ComparePath {
			query.Set("by", "*")
		}
		resp, body := get(t, base+path, query, "*/*")
		if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") != "2" || !strings.Contains(body, "2 comparisons are under way") {
			t.Errorf("%s: %d, Retry-After %q: %s", path, resp.StatusCode, resp.Header.Get("Retry-After"), body)
		}
	}
	leave()
	for range 2 {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	// Their places are given back.
	if err := testbed.Eventually(func() error {
		if resp, body := get(t, base+labapi.PprofPath, url.Values{"q": {"00000000000000ff"}}, "*/*"); resp.StatusCode != http.StatusNotFound {
			return errors.New(body)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestAZipkinThatHasGoneIsNamed(t *testing.T) {
	base := serve(t, waiting{err: errors.New("connection refused")})
	for address, query := range map[string]url.Values{base + labapi.ComparePath: {"slow": {"p95"}}, base + labapi.PprofPath: {}} {
		resp, body := get(t, address, query, "*/*")
		if resp.StatusCode != http.StatusBadGateway || !strings.Contains(body, "zipkin does not answer") {
			t.Errorf("%s: %d: %s", address, resp.StatusCode, body)
		}
	}
}

func TestPprof(t *testing.T) {
	base := serve(t, stored())
	for asked, n := range map[string]int{inB: 3, "0000000000000001": 3, "serviceName=gateway&limit=2": 3} {
		note := ""
		if strings.Contains(asked, "limit") {
			note = "The set is not all that the search finds: its limit is 2. It is the newest 2 traces."
		}
		resp, body := get(t, base+labapi.PprofPath, url.Values{"q": {asked}}, "*/*")
		p, err := pprof.ParseData([]byte(body))
		if err != nil || resp.StatusCode != http.StatusOK || len(p.Sample) != n || !strings.HasSuffix(strings.Join(p.Comments, ""), asked+note) {
			t.Errorf("%s: %d, %v: %+v", asked, resp.StatusCode, err, p)
		}
	}
	for asked, want := range map[string]int{"gateway": 400, "limit=none": 400, "00000000000000ff": 404, "serviceName=nobody": 404} {
		if resp, body := get(t, base+labapi.PprofPath, url.Values{"q": {asked}}, "*/*"); resp.StatusCode != want {
			t.Errorf("%s: %d: %s", asked, resp.StatusCode, body)
		}
	}
}
