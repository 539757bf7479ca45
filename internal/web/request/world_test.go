package request_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/testbed/executiontest"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/request"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/webtest"
	"example.com/tracelab/internal/zipkin"
)

// The traces of the tests, and the ids of their spans.
const (
	ours, theirs           = 0x2a, 0x2b
	visit, lock, call, put = 1, 2, 3, 4
	held                   = 9
)

// id is that of a span in an execution trace.
func id(trace, span, parent byte) userlog.Span {
	return userlog.Span{TraceID: [16]byte{15: trace}, ID: [8]byte{7: span}, Parent: [8]byte{7: parent}}
}

// shop records a visit that waits for a mutex that another request holds, starts goroutines,
// and calls another process.
func shop(t testing.TB) []byte {
	return executiontest.Record(t, func(ctx context.Context) {
		executiontest.WhileHeld(func(hold func()) {
			executiontest.Span(ctx, "other order", id(theirs, held, 0), func(context.Context) { hold() })
		}, func(take func()) {
			executiontest.Span(ctx, "get /visit", id(ours, visit, 0), func(ctx context.Context) {
				executiontest.Span(ctx, "reserve", id(ours, lock, 0), func(context.Context) { take() })
				executiontest.Span(ctx, "put", id(ours, call, 0), func(context.Context) {
					var parts sync.WaitGroup
					for range 20 {
						parts.Go(part)
					}
					parts.Go(slowest)
					parts.Wait()
				})
			})
		})
	})
}

func slowest() { time.Sleep(100 * time.Millisecond) } // what is waited for

func part() { time.Sleep(time.Millisecond) } // so that there is something to see of it

// bank records the server of the call, later than it was made.
func bank(t testing.TB) []byte {
	return executiontest.Record(t, func(ctx context.Context) {
		executiontest.Span(ctx, "put /order", id(ours, put, call), func(context.Context) { part() })
	})
}

// recorded are both, for all tests.
var recorded = sync.OnceValue(func() map[string][]byte {
	t := new(testing.B)
	return map[string][]byte{"shop": shop(t), "bank": bank(t)}
})

// explained are the explanations of a test.
type explained struct {
	is  labapi.Explanation
	err error
}

func (e *explained) Explanation(context.Context, zipkin.TraceID, zipkin.SpanAt) (*labapi.Explanation, error) {
	return &e.is, e.err
}

// site has pages.
type site struct {
	t *testing.T
	http.Handler
}

// serve serves the pages of execution traces, of spans that were reported and of what is
// explained. Nil: nothing is.
func serve(t *testing.T, traces map[string][]byte, e *explained, spans ...zipkin.Span) site {
	s := webtest.Shell("")
	pages := execution.New(s, execution.Config{Library: executiontest.Library(traces), Timeline: true, Trust: trust(s), SpanPath: func(trace zipkin.TraceID, span zipkin.SpanID) string {
		return fmt.Sprint("/traces/", trace, "?span=", span)
	}})
	cfg := request.Config{Reader: &webtest.Reader{}}
	if len(spans) > 0 {
		cfg.Reader = &webtest.Reader{Held: [][]zipkin.Span{spans}}
	}
	if e != nil {
		cfg.Explainer = e
	}
	return site{t, webtest.Serve(s, request.New(pages, cfg))}
}

// trust is in whoever does not come through a proxy.
func trust(s *shell.Shell) *shell.Trust {
	return s.NewTrust(func(r *http.Request) bool { return r.Header.Get("X-Forwarded-For") == "" }, execution.Path)
}

// page is the text of a page that has a status.
func (s site) page(path string, status int) string {
	s.t.Helper()
	w := webtest.Get(s.t, s, path)
	if w.Code != status {
		s.t.Fatalf("%s: status %d, want %d: %.1000s", path, w.Code, status, w.Body)
	}
	return html.UnescapeString(w.Body.String())
}

// has reports what a page lacks, of some texts in their order.
func (s site) has(page string, texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		before, after, ok := strings.Cut(page, text)
		if !ok {
			s.t.Fatalf("the page lacks %q after %.60q: %.6000s", text, before, page)
		}
		page = after
	}
}

// both is the explanation of a visit from two execution traces.
func both() *explained {
	return &explained{is: labapi.Explanation{Sentences: []string{"It took long.", "Because."}, Snapshots: []labapi.Source{{ID: "shop", Service: "shop", Instance: "i1"}, {ID: "bank", Service: "bank", Instance: "i2"}},
		Missing: []labapi.Missing{{Service: "mail", Reason: "it has no recorder"}}, Execution: labapi.Execution{State: labapi.ExecutionPartial}}}
}

const address = "/exec/request?trace=000000000000002a"

func nothing(context.Context) {}

// handOver has two goroutines wait for each other, again and again.
func handOver(context.Context) {
	there, back := make(chan int), make(chan int)
	go func() {
		defer close(back)
		for n := range there {
			back <- n
		}
	}()
	for n := range 5000 {
		there <- n
		<-back
	}
	close(there)
	<-back
}
