package plan_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/reporting"
	"example.com/tracelab/services/fetcher/internal/egress"
	"example.com/tracelab/services/fetcher/internal/plan"
	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/tracetest"
)

// asking is the context of a request that asks for faults.
func asking(t *testing.T, text string, log *costs.Log) context.Context {
	t.Helper()
	injections, err := faults.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return faults.With(t.Context(), "", "fetcher", injections, log)
}

// costs compares the log with the faults in want, each of which took least or
// longer.
func checkCosts(t *testing.T, log *costs.Log, least time.Duration, want ...string) {
	t.Helper()
	found := log.Of("")
	for i, c := range found {
		if i >= len(want) || c.Fault != want[i] || c.Took < least.Microseconds() {
			t.Errorf("cost %d is %+v; want %v of %s", i+1, c, want, least)
		}
	}
	if len(found) != len(want) {
		t.Errorf("%d costs, want %v", len(found), want)
	}
}

func TestAPlainFetchIsCarriedOutAsItIs(t *testing.T) {
	var log costs.Log
	for name, ctx := range map[string]context.Context{"nothing": t.Context(), "another's": asking(t, "writer=slow-disk", &log)} {
		if got := plan.BeforeFetch(ctx); got != ctx {
			t.Errorf("%s: the context is another", name)
		}
	}
	checkCosts(t, &log, 0)
}

// TestBeforeAFetch has both of what takes time happen, in their order.
func TestBeforeAFetch(t *testing.T) {
	var log costs.Log
	ctx := asking(t, "fetcher=gc-pressure;ms=20,fetcher=narrow-channel;ms=30", &log)
	began := time.Now()
	if got := plan.BeforeFetch(ctx); got != ctx {
		t.Error("the fetch leaves by another way")
	}
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Errorf("it took %s", took)
	}
	checkCosts(t, &log, 20*time.Millisecond, "narrow-channel", "gc-pressure")
}

// TestTheClockOfATrace sets it for spans that have begun, and for no other trace.
func TestTheClockOfATrace(t *testing.T) {
	var spans tracetest.Recorder
	reporter := reporting.Wrap(&spans)
	provider, err := tracing.Start(tracing.Config{Service: "fetcher", Sampler: "always", Reporter: reporter})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { provider.Shutdown(context.Background()) })
	began := time.Now()
	for fault, want := range map[string]time.Duration{"fetcher=clock-skew;ms=60000": time.Minute, "fetcher=narrow-channel;ms=1": 0} {
		ctx, span := trace.StartSpan(reporting.NewContext(asking(t, fault, new(costs.Log)), reporter), "httpRequest")
		plan.BeforeFetch(ctx)
		span.End()
		got := spans.Take()
		if off := began.Sub(got[0].Timestamp); off > want || off < want-time.Since(began) {
			t.Errorf("%s: the span begins %s before the test", fault, off)
		}
	}
}

// TestTheWayOfAFetch counts the connections to a target that sends on once, and
// to which the fetch goes a second time.
func TestTheWayOfAFetch(t *testing.T) {
	var connections atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		io.WriteString(w, "hello")
	}))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	srv.Start()
	defer srv.Close()
	const late = 30 * time.Millisecond
	for _, test := range []struct {
		fault       string
		connections int64
		takes       time.Duration
		costs       []string
	}{
		{"fetcher=cold-connections;n=2", 2 + 1 + 1, 0, []string{"cold-connections", "cold-connections"}},
		{"fetcher=slow-third-party;ms=30", 2, late, []string{"slow-third-party"}},
		{"fetcher=cold-connections;n=2,fetcher=slow-third-party;ms=30", 2 + 1 + 1, late, []string{"cold-connections", "slow-third-party", "cold-connections"}},
	} {
		transport := egress.New(new(net.Dialer).DialContext, func(dial egress.Dial) *http.Transport { return &http.Transport{DialContext: dial} })
		client := http.Client{Transport: transport}
		var log costs.Log
		before, began := connections.Load(), time.Now()
		r, err := http.NewRequestWithContext(plan.BeforeFetch(asking(t, test.fault, &log)), "GET", srv.URL+"/away", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		client.CloseIdleConnections()
		if n := connections.Load() - before; string(body) != "hello" || err != nil || n != test.connections || time.Since(began) < test.takes {
			t.Errorf("%s: %q, %v over %d connections after %s; want %d", test.fault, body, err, n, time.Since(began), test.connections)
		}
		checkCosts(t, &log, 0, test.costs...)
	}
}
