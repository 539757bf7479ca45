package comparison_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/httpapi"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/comparison"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

const (
	idA   = "463ac35c9f6413ad48485a3953bb6124"
	idB   = "7d2e1f0a9c8b47566f5e4d3c2b1a0918"
	write = "gateway get /visit > gateway put > writer rediswrite"
)

// comparer answers, and counts.
type comparer struct {
	answer *labapi.Comparison
	err    error
	asked  []labapi.ComparisonQuery
	hold   chan struct{} // if it is there, answers wait for it
	gone   chan struct{} // is closed when a caller has gone
}

func (c *comparer) Comparison(ctx context.Context, q labapi.ComparisonQuery) (*labapi.Comparison, error) {
	c.asked = append(c.asked, q)
	if c.hold != nil {
		select {
		case <-c.hold:
		case <-ctx.Done():
			close(c.gone)
			return nil, ctx.Err()
		}
	}
	return c.answer, c.err
}

// serve serves the page.
func serve(c *comparer, patience time.Duration) http.Handler {
	s := webtest.Shell("the embedded store")
	r := &webtest.Reader{Held: [][]zipkin.Span{webtest.Failing(webtest.Visit(0xab, time.Minute, 9000))}}
	return webtest.Serve(s, comparison.New(s, comparison.Config{Reader: r, Comparer: c, Explains: true, Now: webtest.Now, Patience: patience}))
}

// ask asks as a browser does.
func ask(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "GET", "http://localhost"+path, nil)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	return webtest.Ask(h, r)
}

func ptr[T any](v T) *T { return &v }

// sets is a comparison of two sets.
func sets() *labapi.Comparison {
	return &labapi.Comparison{
		Kind: labapi.CompareSets, A: labapi.ComparedSet{Label: "annotationQuery=variant=A", N: 120, MeanRootUS: 20_000, P50RootUS: 19_000, P95RootUS: 31_000, First: 1, Last: 2},
		B: labapi.ComparedSet{Label: "annotationQuery=variant=B", N: 118, MeanRootUS: 50_000, P50RootUS: 49_000, P95RootUS: 70_000, Errors: 4, Skipped: 2}, DeltaRootUS: 30_000, DeltaPercent: 150,
		Sentences: []string{"writer rediswrite got slower: +31 ms.", "A request takes longer."}, Warnings: []string{"A was measured before B."},
		Verdict: labapi.Verdict{Claimed: true, Service: "writer", Operation: "rediswrite", Path: write, Mechanism: labapi.SlowerCalls, P: ptr(0.0001), DeltaUS: 31_000, NA: 120, NB: 118, DetectableUS: 1100},
		Bridge: []labapi.Change{
			{Path: write, Service: "writer", Operation: "rediswrite", AUS: 1000, BUS: 32_000, DeltaUS: 31_000, LowUS: ptr(int64(29_000)), HighUS: ptr(int64(33_000)), P: ptr(0.0001), Mechanism: labapi.SlowerCalls, SlowerUS: 31_000, CallsA: 1, CallsB: 1, ExemplarsA: []string{idA}, ExemplarsB: []string{idB}},
			{Path: "gateway get /visit > fetcher get", Service: "fetcher", Operation: "get", DeltaUS: -2000, LowUS: ptr(int64(-4000)), HighUS: ptr(int64(500)), P: ptr(0.3), Mechanism: labapi.MoreCalls, CallsUS: 1000, SlowerUS: -3000, CallsA: 1, CallsB: 4.04},
			{Path: "gateway get /visit > writer log", Service: "writer", Operation: "log", AUS: 9, BUS: 9, P: ptr(0.001), CallsA: 1, CallsB: 1},
			{Path: labapi.MixPath, DeltaUS: 900}, {Path: labapi.OtherPath, DeltaUS: 100, Paths: 7},
		},
		Errors:        &labapi.ErrorChange{RateA: 0, RateB: 0.034, Paths: []labapi.ErrorPath{{Path: write, Service: "writer", Operation: "rediswrite", B: 4, P: ptr(0.04), ExemplarsB: []string{idB}}}},
		States:        []labapi.StateChange{{Service: "writer", State: "sync", AUS: 100, BUS: 30_000, DeltaUS: 29_900}},
		StatesMissing: &labapi.StatesMissing{ExplainedA: 5, ExplainedB: 4},
		Strata:        []labapi.Stratum{{Key: "gateway get /visit", NA: 100, NB: 100, Used: true}, {Key: "gateway get /x", NA: 20, NB: 18}},
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

// words are what a reader sees, in one line.
func words(body string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("&#43;", "+", "&amp;", "&", "&lt;", "<", "&gt;", ">", "&#39;", "'", "&#34;", `"`).Replace(tags.ReplaceAllString(body, " "))), " ")
}

func TestTwoSets(t *testing.T) {
	c := &comparer{answer: sets()}
	w := ask(t, serve(c, time.Minute), "/compare?a=annotationQuery%3Dvariant%3DA&b=annotationQuery%3Dvariant%3DB&strata=size,kind&quantile=p95")
	if want := (labapi.ComparisonQuery{A: "annotationQuery=variant=A", B: "annotationQuery=variant=B", Strata: []string{"size", "kind"}, Quantile: "p95"}); len(c.asked) != 1 || c.asked[0].Values().Encode() != want.Values().Encode() {
		t.Errorf("asked %+v, want %+v", c.asked, want)
	}
	if w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	text := words(w.Body.String())
	for _, want := range []string{"writer rediswrite got slower: +31 ms. sure A request takes longer.", "Explain a trace that shows it", "A was measured before B.",
		"120 20.0 ms 19.0 ms 31.0 ms", "2 more have no known duration", "+31.0 ms +155.0 % +29.0 ms … +33.0 ms sure p < 0.001 slower calls",
		"−2.00 ms −10.0 % −4.00 ms … +500 µs may be chance p = 0.300 more calls (1.0 → 4.0) calls +1.00 ms time of a call −3.00 ms", "writer log 9 µs 9 µs 0 µs +0.0 % sure, but small p = 0.001", "another mix of requests", "other call paths",
		"sync of writer waited for a mutex", "Of 5 requests of A and 4 of B the execution traces were read.", "0.0 % of the requests of A fail, and 3.4 % of those of B.",
		"With 120 against 118 requests it sees, four times in five, a change of 1.10 ms or more.", "gateway get /x: 20 of A, 18 of B, too few to be compared"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, address := range []string{`"/traces/` + idB + `?explain=1#explanation"`, `"/compare?a=` + idA + `&amp;b=` + idB + `"`, `"/traces/` + idA + `"`, `"/?annotationQuery=variant=B"`, `"/tracelab/v1/pprof?q=annotationQuery%3Dvariant%3DA"`} {
		if !strings.Contains(w.Body.String(), address) {
			t.Errorf("no link to %s", address)
		}
	}
}

// TestTooFew are described: nothing is called sure.
func TestTooFew(t *testing.T) {
	c := sets()
	c.Verdict.NB, c.Verdict.Claimed = 1, false
	text := words(ask(t, serve(&comparer{answer: c}, time.Minute), "/compare?a=limit%3D1&b="+idB).Body.String())
	if !strings.Contains(text, "too few to tell A request takes") || !strings.Contains(text, "+155.0 % too few to tell slower calls") || strings.Contains(text, "p < 0.001") {
		t.Errorf("the page says %s", text)
	}
}

var drawn = regexp.MustCompile(`class="bar-row ([^"]*)">[\s\S]*?<rect x="([\d.]+)%" y="25%" width="([\d.]+)%"`)

// TestTheBarsAddUp: each begins where the one before ended, from the mean of A to that of B.
func TestTheBarsAddUp(t *testing.T) {
	c := sets()
	for range 20 { // more than have a bar
		c.Bridge = slices.Insert(c.Bridge, 2, labapi.Change{Path: "gateway get /visit > s o", DeltaUS: 500, P: ptr(0.9)})
	}
	c.B.MeanRootUS += 10_000
	bars := drawn.FindAllStringSubmatch(ask(t, serve(&comparer{answer: c}, time.Minute), "/compare?a=limit%3D1&b=limit%3D2").Body.String(), -1)
	if len(bars) != 15 {
		t.Fatalf("%d bars: %v", len(bars), bars)
	}
	at := 0.0
	for i, bar := range bars {
		x, _ := strconv.ParseFloat(bar[2], 64)
		width, _ := strconv.ParseFloat(bar[3], 64)
		from, to := x, x+width
		if strings.Contains(bar[1], "less") {
			from, to = to, from
		}
		if strings.Contains(bar[1], "mean") {
			from = at
		}
		if i > 0 && (from-at > 0.2 || at-from > 0.2) || i == len(bars)-1 && (to-at > 0.2 || at-to > 0.2) {
			t.Errorf("bar %d, %s, is from %v to %v, and the one before ends at %v", i, bar[1], from, to, at)
		}
		at = to
	}
	if !strings.Contains(bars[1][1], "named") || !strings.Contains(bars[2][1], "less chance") {
		t.Errorf("%v", bars)
	}
}

// TestEqualMeans have bars of the same length, which can be seen.
func TestEqualMeans(t *testing.T) {
	c := sets()
	c.B.MeanRootUS, c.DeltaRootUS = c.A.MeanRootUS, 0
	c.Bridge = []labapi.Change{{Path: "gateway get /visit", Service: "gateway", Operation: "get /visit"}}
	bars := drawn.FindAllStringSubmatch(ask(t, serve(&comparer{answer: c}, time.Minute), "/compare?a=limit%3D1&b=limit%3D2").Body.String(), -1)
	if len(bars) != 3 || bars[0][2] != "0" || bars[0][3] != "100" || bars[2][3] != "100" {
		t.Errorf("%v", bars)
	}
}

// TestTheFormLeadsToAnAddress that says the same.
func TestTheFormLeadsToAnAddress(t *testing.T) {
	h := serve(&comparer{answer: sets()}, time.Minute)
	const none = "lookback=900000"
	for typed, want := range map[string]labapi.ComparisonQuery{
		"kind=sets&do=compare&a.serviceName=gateway&a.spanName=&a.annotationQuery=variant%3DA&a.lookback=900000&a.endTs=&a.more=limit%3D7&b.serviceName=writer&b.lookback=60000&b.endTs=2026-11-20T12:00&strata=x,+y&quantile=": {
			A: "annotationQuery=variant=A&lookback=900000&serviceName=gateway&limit=7", B: "endTs=1795176000000&lookback=60000&serviceName=writer", Strata: []string{"x", "y"}},
		"kind=sets&do=swap&a.serviceName=a&b.serviceName=b":                                           {A: "serviceName=b", B: "serviceName=a"},
		"kind=sets&do=1h&a.serviceName=a&a.lookback=900000&b.lookback=900000":                         {A: "endTs=1795172400000&lookback=900000&serviceName=a", B: "endTs=1795176000000&lookback=900000&serviceName=a"},
		"kind=sets&do=24h&a.lookback=900000&b.serviceName=b&b.endTs=2026-11-20T11:00:00.500Z":         {A: "endTs=1795086000500&serviceName=b", B: "endTs=1795172400500&serviceName=b"},
		"kind=slow&do=compare&q.lookback=900000&slow=p95":                                             {Q: none, Slow: "p95"},
		"kind=tag&do=compare&q.lookback=900000&by=*&slow=":                                            {Q: none, By: "*"},
		"kind=traces&do=compare&a=+" + strings.ToUpper(idA) + "&b=00-" + idB + "-b7ad6b7169203331-01": {A: idA, B: idB},
		"kind=sets&do=compare&a.lookback=60000&b.lookback=60000&b.more=" + idB:                        {A: "lookback=60000", B: idB},
		"kind=sets&do=compare&a.endTs=yesterday&b.more=%26limit%3D7":                                  {A: "endTs=yesterday", B: "limit=7"},
	} {
		w := ask(t, h, "/compare?"+typed)
		to, err := url.Parse(w.Header().Get("Location"))
		if err != nil || w.Code != http.StatusSeeOther || to.Path != "/compare" || to.RawQuery != want.Values().Encode() {
			t.Errorf("%s: %d to %s, want %s", typed, w.Code, to, want.Values().Encode())
		}
	}
}

// TestTheFormHasWhatTheAddressSays, and what the Reader knows.
func TestTheFormHasWhatTheAddressSays(t *testing.T) {
	h := serve(&comparer{answer: sets()}, time.Minute)
	for path, want := range map[string][]string{
		"/compare?a=serviceName%3Dgateway%26lookback%3D60000%26endTs%3D1795176000000%26minDuration%3D5&b=limit%3D3": {`<option selected>gateway</option>`, `value="60000" selected`, `value="2026-11-20T12:00:00.000"`, `value="minDuration=5"`, `value="limit=3"`, `<option>get /visit of gateway</option>`},
		"/compare?a=serviceName%3Dother&b=limit%3D3":                                                                {`<option selected>other</option>`, `value="86400000" selected`},
		"/compare?a=limit%3D3&b=" + idB:                                                                             {`name="b.more" value="` + idB + `"`},
		"/compare?a=%25&b=limit%3D3":                                                                                {`value="%"`},
		"/compare":                                                                                                  {`value="900000" selected`, `<option>error</option>`, `aria-current="true">Two searches`},
		"/compare?kind=traces":                                                                                      {`<option value="00000000000000ab">gateway get /visit, 9.00 ms, 60 s ago</option>`, `aria-current="true">Two traces`},
		"/compare?kind=tag":                                                                                         {`name="by" value=""`, `name="q.serviceName"`},
	} {
		body := ask(t, h, path).Body.String()
		for _, text := range want {
			if !strings.Contains(body, text) {
				t.Errorf("%s lacks %s", path, text)
			}
		}
	}
	if w := ask(t, h, "/compare/names?service=Fetcher"); w.Body.String() != "<option>get /visit of fetcher</option>" {
		t.Errorf("names: %s", w.Body)
	}
}

func TestWhatIsWrongIsSaidAtItsField(t *testing.T) {
	for path, test := range map[string]struct {
		err    error
		status int
		want   string
	}{
		"/compare?a=limit%3D0&b=limit%3D1": {httpapi.InvalidField("a", "a: want a number"), 400, `<p class="wrong" id="a-wrong">a: want a number</p>`},
		"/compare?slow=p1":                 {httpapi.InvalidField("slow", "slow: want p50"), 400, `aria-invalid="true" aria-describedby="f-slow-wrong"`},
		"/compare?a=" + idA:                {httpapi.InvalidField("b", "b: it is missing"), 400, `id="f-b-wrong">b: it is missing</p>`},
		"/compare?by=x":                    {httpapi.InvalidField("q", "q: want a query"), 400, `id="q-wrong">q: want a query`},
		"/compare?by=y":                    {&httpapi.Error{Code: httpapi.NotFound, Detail: "nothing is found"}, 404, `There is no answer.</b> nothing is found`},
		"/compare?by=z":                    {&httpapi.Error{Code: httpapi.Busy, Detail: "2 are under way"}, 503, `<a class="button" href="">Try again</a>`},
		"/compare?by=u":                    {httpapi.Failed("zipkin", httpapi.Unreachable, errors.New("refused")), 502, "The traces cannot be read"},
		"/compare?by=t":                    {&httpapi.Error{Code: httpapi.Timeout, Detail: "it takes more than 45 s"}, 504, "it takes more than 45 s"},
		"/compare?lookbak=1":               {nil, 400, "This page has no parameter &#34;lookbak&#34;"},
		"/compare?strat=1":                 {nil, 400, "is strata meant?"},
		"/compare?by=x&by=y":               {nil, 400, "by is given twice"},
		"/compare?by=%ff":                  {nil, 400, "is not UTF-8"},
		"/compare?by=%zz":                  {nil, 400, "The query cannot be read"},
		"/compare?kind=x":                  {nil, 400, "kind=x is not known: want one of sets, slow, tag, traces."},
		"/compare?by=x&view=x":             {nil, 400, "view=x is not known: want side or merged."},
	} {
		c := &comparer{answer: sets(), err: test.err}
		w := ask(t, serve(c, time.Minute), path)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
			t.Errorf("%s: %d, want %d with %s:\n%s", path, w.Code, test.status, test.want, w.Body)
		}
		if test.err == nil && len(c.asked) > 0 {
			t.Errorf("%s: it is asked nevertheless", path)
		}
		if busy := w.Header().Get("Retry-After") != ""; busy != (test.status == 503) {
			t.Errorf("%s: Retry-After %v", path, w.Header())
		}
	}
}

// TestALongComparisonSaysSo: the browser gets a page at once, which fetches the answer;
// what does not read HTML waits.
func TestALongComparisonSaysSo(t *testing.T) {
	c := &comparer{answer: sets(), hold: make(chan struct{}), gone: make(chan struct{})}
	h := serve(c, time.Microsecond)
	w := ask(t, h, "/compare?slow=p95&all=1")
	next, isRefresh := strings.CutPrefix(w.Header().Get("Refresh"), "0;url=")
	if w.Code != http.StatusAccepted || !isRefresh || !strings.Contains(w.Body.String(), `<p role="status">The traces are read and compared.`) {
		t.Fatalf("%d, Refresh %q: %s", w.Code, w.Header().Get("Refresh"), w.Body)
	}
	if next != "/compare?all=1&slow=p95&wait=1" {
		t.Errorf("the browser is told to fetch %s", next)
	}
	close(c.hold)
	if w := ask(t, h, next); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "rediswrite got slower") || len(c.asked) != 1 {
		t.Errorf("%d, asked %d times: %s", w.Code, len(c.asked), w.Body)
	}
	r := httptest.NewRequestWithContext(t.Context(), "GET", "http://localhost/compare?by=x", nil)
	r.Header.Set("Accept", "*/*")
	if w := webtest.Ask(h, r); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "rediswrite got slower") {
		t.Errorf("curl: %d", w.Code)
	}
}

// TestNobodyWaits: then nothing is computed.
func TestNobodyWaits(t *testing.T) {
	c := &comparer{hold: make(chan struct{}), gone: make(chan struct{})}
	h := serve(c, time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, "GET", "http://localhost/compare?by=x", nil)
	done := make(chan struct{})
	go func() { defer close(done); webtest.Ask(h, r) }()
	cancel()
	<-done
	<-c.gone
}

// TestTwoTraces beside each other, and as one tree.
func TestTwoTraces(t *testing.T) {
	c := &labapi.Comparison{
		Kind: labapi.CompareTraces, DeltaRootUS: -30_000, Sentences: []string{"Two traces differ."}, A: labapi.ComparedSet{Label: "trace " + idA, N: 1, MeanRootUS: 50_000}, B: labapi.ComparedSet{Label: "trace " + idB, N: 1, MeanRootUS: 20_000},
		Spans: []labapi.AlignedSpan{
			{Service: "gateway", Operation: "get /visit", A: "1", B: "2", DurationAUS: 50_000, DurationBUS: 20_000, OnPathAUS: 3000, OnPathBUS: 3000},
			{Depth: 1, Service: "writer", Operation: "write", A: "3", B: "4", StartAUS: 10_000, DurationAUS: 25_000, StartBUS: 5000, DurationBUS: 15_000, OnPathAUS: 25_000, DeltaUS: -25_000},
			{Depth: 2, Service: "writer", Operation: "old", A: "5", DurationAUS: 9000, OnPathAUS: 9000, DeltaUS: -9000},
			{Depth: 2, Service: "writer", Operation: "fresh", B: "6", DurationBUS: 4000, OnPathBUS: 4000, DeltaUS: 4000}},
	}
	h := serve(&comparer{answer: c}, time.Minute)
	w := ask(t, h, "/compare?a="+idA+"&b="+idB)
	text := words(w.Body.String())
	for _, want := range []string{"writer write 25.0 ms 25.0 ms on the path 15.0 ms −25.0 ms", "writer old only in A 9.00 ms 9.00 ms on the path −9.00 ms", "writer fresh only in B 4.00 ms 4.00 ms on the path +4.00 ms", "All 50.0 ms 20.0 ms −30.0 ms"} {
		if !strings.Contains(text, want) {
			t.Errorf("beside each other: no %q in %s", want, text)
		}
	}
	for _, want := range []string{`<rect class="on" x="20%" y="15%" width="50%"`, `<rect class="off" x="10%" y="15%" width="30%"`, `"/traces/` + idA + `?span=3"`, `"/compare?a=` + idA + `&amp;b=` + idB + `&amp;view=merged"`, `"/compare?a=` + idB + `&amp;b=` + idA + `"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("beside each other: no %s", want)
		}
	}
	merged := ask(t, h, "/compare?a="+idA+"&b="+idB+"&view=merged").Body.String()
	for _, want := range []string{`<rect class="delta" x="0%" y="20%" width="50%"`, `<rect class="delta" x="50%" y="20%" width="8%"`} {
		if !strings.Contains(merged, want) {
			t.Errorf("merged: no %s", want)
		}
	}
}

// TestLargeTraces show what changed, with its callers, and all on demand.
func TestLargeTraces(t *testing.T) {
	c := &labapi.Comparison{Kind: labapi.CompareTraces, DeltaRootUS: 1000, A: labapi.ComparedSet{Label: "trace " + idA}, B: labapi.ComparedSet{Label: "trace " + idB}}
	c.Spans = []labapi.AlignedSpan{{A: "1", B: "1", Operation: "root"}}
	for range 3000 {
		c.Spans = append(c.Spans, labapi.AlignedSpan{A: "2", B: "2", Depth: 1, Operation: "same"}, labapi.AlignedSpan{A: "3", B: "3", Depth: 2, Operation: "same"})
	}
	c.Spans = append(c.Spans, labapi.AlignedSpan{A: "4", B: "4", Depth: 1, Operation: "caller"}, labapi.AlignedSpan{A: "5", B: "5", Depth: 2, Operation: "slower", DeltaUS: 1000})
	h := serve(&comparer{answer: c}, time.Minute)
	body := ask(t, h, "/compare?a="+idA+"&b="+idB).Body.String()
	if rows := strings.Count(body, `<th scope="row" class="d`); rows != 3 || !strings.Contains(body, "6000 spans changed by less") || !strings.Contains(body, "</b> caller") {
		t.Errorf("%d rows", rows)
	}
	all := ask(t, h, "/compare?a="+idA+"&b="+idB+"&all=1").Body.String()
	if rows := strings.Count(all, `<th scope="row" class="d`); rows != 5000 || !strings.Contains(all, "1003 more spans are not shown") {
		t.Errorf("of all %d rows", rows)
	}
}

func TestSlowAndTags(t *testing.T) {
	slow := sets()
	slow.Kind, slow.Errors, slow.Strata, slow.States, slow.Verdict = labapi.CompareSlow, nil, nil, nil, labapi.Verdict{Path: write}
	for i := range slow.Bridge {
		slow.Bridge[i].Share, slow.Bridge[i].P, slow.Bridge[i].LowUS = ptr(0.25), nil, nil
	}
	w := ask(t, serve(&comparer{answer: slow}, time.Minute), "/compare?slow=p95")
	text := words(w.Body.String())
	for _, want := range []string{"described, not tested", "Of the variance", "25.0 % of the variance", "B, the slow ones", "named above"} {
		if !strings.Contains(text, want) {
			t.Errorf("slow: no %q", want)
		}
	}
	if strings.Contains(text, "95 % sure between") || strings.Contains(text, "may be chance") {
		t.Error("slow ones were chosen by being slow, and it is said how sure that is")
	}
	tags := &labapi.Comparison{Kind: labapi.CompareTag, Sentences: []string{"region=eu goes with slowness."}, TagsTried: 42, Verdict: labapi.Verdict{Claimed: true},
		Tags: []labapi.TagValue{{Tag: "region", Value: "eu", Service: "gateway", SlowWith: 26, Slow: 28, FastWith: 12, Fast: 240, WithUS: 90_000, WithoutUS: 20_000, DeltaUS: 70_000, P: ptr(0.002), Claimed: true, ExemplarsA: []string{idA}, ExemplarsB: []string{idB}}}}
	if !strings.Contains(w.Body.String(), `name="slow" value="p95"`) {
		t.Error("the form has not what was asked")
	}
	w = ask(t, serve(&comparer{answer: tags}, time.Minute), "/compare?by=*&q=annotationQuery%3Derror%26lookback%3D60000")
	text = words(w.Body.String())
	for _, want := range []string{"region=eu of gateway 93 % 26 / 28 5 % 12 / 240 90.0 ms 20.0 ms +70.0 ms sure p = 0.002", "42 values of tags were tried."} {
		if !strings.Contains(text, want) {
			t.Errorf("tags: no %q in %s", want, text)
		}
	}
	if !strings.Contains(w.Body.String(), `"/?annotationQuery=error&#43;and&#43;region%3Deu&amp;lookback=60000&amp;serviceName=gateway"`) {
		t.Error("no link to the traces with the tag")
	}
}

// TestHostileNames are text, and bounded.
func TestHostileNames(t *testing.T) {
	evil := `"><script>alert(1)</script>` + strings.Repeat("w", 1<<20)
	c := sets()
	c.A.Label, c.Warnings[0], c.Sentences[1], c.States[0].State, c.States[0].Service, c.Strata[0].Key = evil, evil, evil, evil, evil, evil
	c.Bridge[0].Path, c.Bridge[0].Service, c.Bridge[0].Operation, c.Bridge[0].Mechanism, c.Bridge[0].ExemplarsA = evil, evil, evil, evil, []string{evil}
	pair := &labapi.Comparison{Kind: labapi.CompareTraces, A: labapi.ComparedSet{Label: evil}, Spans: []labapi.AlignedSpan{{Service: evil, Operation: evil, A: "1", DurationAUS: 1<<63 - 1, StartAUS: 1 << 62}}}
	tags := &labapi.Comparison{Kind: labapi.CompareTag, Tags: []labapi.TagValue{{Tag: evil, Value: evil, Service: evil}}}
	for _, answer := range []*labapi.Comparison{c, pair, tags} {
		body := ask(t, serve(&comparer{answer: answer}, time.Minute), "/compare?by=x").Body.String()
		if strings.Contains(body, "<script>alert") || len(body) > 200_000 {
			t.Errorf("%s: %d bytes", answer.Kind, len(body))
		}
	}
}
