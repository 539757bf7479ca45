package plan_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"go.opencensus.io/trace"

	"example.com/tracelab/internal/costs"
	"example.com/tracelab/internal/faults"
	"example.com/tracelab/internal/reporting"
	"example.com/tracelab/services/writer/internal/plan"
	"example.com/tracelab/tracing"
	"example.com/tracelab/tracing/reporter"
)

// newPlanner plans for a writer of a Redis of the test's own.
func newPlanner(t *testing.T) (*plan.Planner, *miniredis.Miniredis) {
	t.Helper()
	server := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr(), MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}})
	t.Cleanup(func() { rdb.Close() })
	if err := rdb.Ping(t.Context()).Err(); err != nil { // connects
		t.Fatal(err)
	}
	return plan.New(rdb, 10*time.Second), server
}

// asking is the context of a request that asks for faults.
func asking(t *testing.T, text string, log *costs.Log) context.Context {
	t.Helper()
	injections, err := faults.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return faults.With(t.Context(), "", "writer", injections, log)
}

func set(ctx context.Context, rdb redis.Cmdable, key, value string) error {
	return rdb.Set(ctx, key, value, 0).Err()
}

// TestAPlainRequestIsCarriedOutAsItIs has a fault of another service asked for.
func TestAPlainRequestIsCarriedOutAsItIs(t *testing.T) {
	planner, server := newPlanner(t)
	var log costs.Log
	for name, ctx := range map[string]context.Context{"nothing": t.Context(), "another's": asking(t, "gateway=quadratic", &log)} {
		p := planner.For(ctx)
		p.OnSpanStart(ctx)
		p.Waited(ctx, time.Hour)
		if early := p.Early(0); early != 0 {
			t.Errorf("%s: a message is due in %s", name, early)
		}
		before := server.CommandCount()
		if err := p.Store(ctx, "key", "value", set); err != nil {
			t.Fatal(err)
		}
		if n := server.CommandCount() - before; n != 1 {
			t.Errorf("%s: a value is stored by %d commands", name, n)
		}
		failed := errors.New("failed")
		if err := p.Store(ctx, "key", "value", func(context.Context, redis.Cmdable, string, string) error { return failed }); err != failed {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := server.Get("key"); err != nil || got != "value" || log.Total() != 0 {
		t.Errorf("Redis holds %q, %v; %d costs", got, err, log.Total())
	}
}

// TestAMessageThatIsEarly is begun when it has waited long enough.
func TestAMessageThatIsEarly(t *testing.T) {
	planner, _ := newPlanner(t)
	var log costs.Log
	ctx := asking(t, "writer=slow-queue;ms=300", &log)
	p := planner.For(ctx)
	for waited, want := range map[time.Duration]time.Duration{0: 300 * time.Millisecond, 100 * time.Millisecond: 200 * time.Millisecond} {
		if early := p.Early(waited); early != want {
			t.Errorf("after %s it is due in %s, want %s", waited, early, want)
		}
	}
	if early := p.Early(time.Second); early > 0 {
		t.Errorf("after a second it is due in %s", early)
	}
	p.OnSpanStart(ctx) // of the request that queued it: it has not waited
	p.Waited(ctx, 310*time.Millisecond)
	if costs := log.Of(""); len(costs) != 1 || costs[0].Fault != "slow-queue" || costs[0].Took != 310_000 {
		t.Errorf("the log has %+v", costs)
	}
}

// TestAroundTheStore stores one value with each.
func TestAroundTheStore(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fault, name string
		takes       time.Duration
		commands    int // at least
		refused     bool
	}{
		{"writer=lock-contention;ms=30", "lock-contention", 30 * time.Millisecond, 1, false},
		{"writer=slow-disk;ms=30", "slow-disk", 30 * time.Millisecond, 1, false},
		{"writer=pool-exhaustion;ms=30", "pool-exhaustion", 30 * time.Millisecond, 1, false},
		{"writer=n-plus-one;n=20", "n-plus-one", 0, 21, false},
		{"writer=failing-dependency", "failing-dependency", 0, 1, true},
	} {
		planner, server := newPlanner(t)
		var log costs.Log
		ctx := asking(t, test.fault, &log)
		before := server.CommandCount()
		err := planner.For(ctx).Store(ctx, "key", "value", set)
		_, missing := server.Get("key")
		var refusal redis.Error
		if errors.As(err, &refusal) != test.refused || (missing != nil) != test.refused || (err != nil) != test.refused {
			t.Errorf("%s: %v, and then %v", test.name, err, missing)
		}
		if n := server.CommandCount() - before; n < test.commands {
			t.Errorf("%s: %d commands, want %d", test.name, n, test.commands)
		}
		costs := log.Of("")
		if len(costs) != 1 || costs[0].Fault != test.name || costs[0].Took < test.takes.Microseconds() {
			t.Errorf("%s: the log has %+v", test.name, costs)
		}
	}
}

// TestSeveralAtOnce has the last refused, on the way of the one before it.
func TestSeveralAtOnce(t *testing.T) {
	t.Parallel()
	planner, server := newPlanner(t)
	var log costs.Log
	ctx := asking(t, "writer=failing-dependency,writer=pool-exhaustion;ms=20,writer=n-plus-one;n=3,writer=lock-contention;ms=20", &log)
	if err := planner.For(ctx).Store(ctx, "key", "value", set); err == nil {
		t.Error("it is not refused")
	}
	var order []string
	for _, c := range log.Of("") {
		order = append(order, c.Fault)
	}
	want := []string{"lock-contention", "n-plus-one", "failing-dependency", "pool-exhaustion"} // as they end
	if len(order) != len(want) || order[0] != want[0] || order[1] != want[1] || order[2] != want[2] || order[3] != want[3] {
		t.Errorf("they end in the order %v, want %v", order, want)
	}
	if _, err := server.Get("key"); err == nil {
		t.Error("the value is stored")
	}
}

// newReporter reports the spans of this process until the test ends.
func newReporter(t *testing.T) *reporting.Reporter {
	t.Helper()
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
	t.Cleanup(collector.Close)
	r, err := reporting.New(reporter.Config{URL: collector.URL})
	if err != nil {
		t.Fatal(err)
	}
	provider, err := tracing.Start(tracing.Config{Service: "writer", Reporter: r, Sampler: "always"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { provider.Shutdown(context.Background()) })
	return r
}

// TestRoomForOthers drops the spans of one trace of two.
func TestRoomForOthers(t *testing.T) {
	planner, _ := newPlanner(t)
	var log costs.Log
	r := newReporter(t)
	for _, ctx := range []context.Context{t.Context(), asking(t, "writer=dropped-spans", &log)} {
		ctx, span := trace.StartSpan(reporting.NewContext(ctx, r), "PUT /values/{key}")
		planner.For(ctx).OnSpanStart(ctx)
		span.End()
	}
	if s := r.Stats(); s.Accepted != 2 || s.Dropped["queue_full"] != 1 || log.Total() != 1 {
		t.Errorf("%+v, and %d costs; want one of two dropped", s, log.Total())
	}
}
