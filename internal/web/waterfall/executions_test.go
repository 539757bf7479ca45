package waterfall

import (
	"fmt"
	"html"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// TestAnExplanationLeadsToItsExecutionTraces: to each that it was read from, and from a row
// to the goroutine, where it is known in which of them it is.
func TestAnExplanationLeadsToItsExecutionTraces(t *testing.T) {
	x := lockedVisit()
	x.Snapshots = []labapi.Source{
		{ID: "s1", Service: "fetcher", WindowUS: 2_000_000}, {ID: "s2", Service: "gateway"}, {ID: "s3", Service: "gateway"},
		{Service: "writer"}, // read from a file
	}
	const lane = `"/exec/s1/span?span=0000000000000003&trace=` + anID + `"`
	for name, c := range map[string]struct {
		pages       func(string) string
		want, lacks []string
	}{
		"with pages": {func(id string) string { return "/exec/" + id },
			[]string{`href="/exec/s1">fetcher`, `href="/exec/s2"`, `href="/exec/s3"`, lane, "2.00 s", `href="/all/00000000000000ab/0000000000000003/5"`}, []string{`href="/exec/"`, "/exec/s2/span", "/exec/s3/span"}},
		"without": {nil, []string{"It took 40.0 ms"}, []string{"/exec/", "/all/"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fakeExplainer{execution: labapi.Execution{State: labapi.ExecutionStored}, explanation: x}
			all := func(trace zipkin.TraceID, at zipkin.SpanAt) string {
				return fmt.Sprint("/all/", trace, "/", at.ID, "/", at.Timestamp)
			}
			h := serveUI(Config{Reader: &webtest.Reader{Held: [][]zipkin.Span{webtest.Visit(0xab, time.Second, 40_000)}}, Explainer: f, Execution: c.pages, Goroutines: all})
			body := html.UnescapeString(webtest.Get(t, h, "/traces/ab?explain=3&start_us=5").Body.String())
			for _, want := range c.want {
				if !strings.Contains(body, want) {
					t.Errorf("the page lacks %s", want)
				}
			}
			for _, lacks := range c.lacks {
				if strings.Contains(body, lacks) {
					t.Errorf("the page has %s", lacks)
				}
			}
		})
	}
}
