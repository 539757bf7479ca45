package reporter_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/model"
	zipkin "github.com/openzipkin/zipkin-go/reporter"

	"example.com/tracelab/tracing/reporter"
)

// ended is a span that has its model already.
type ended model.SpanModel

func (e ended) SendTo(to zipkin.Reporter) { to.Send(model.SpanModel(e)) }

// TestEndedSpansArrive lingers for spans that have no model yet: alone,
// after another, and so many that some are sent at once.
func TestEndedSpansArrive(t *testing.T) {
	for name, row := range map[string]struct{ before, ended int }{
		"one":                {0, 1},
		"one after another":  {1, 1},
		"a few":              {0, 63},
		"enough":             {0, 64},
		"more than are kept": {0, 400},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCollector(t)
			r := reporterTo(t, reporter.Config{URL: c.URL, Linger: time.Millisecond})
			for range row.before {
				r.Send(named("first"))
			}
			for i := range row.ended {
				r.SendEnded(ended(named(strings.Repeat("x", i+1))))
				addUp(t, r.Stats())
			}
			want := row.before + row.ended
			eventually(t, "stored", func() bool { addUp(t, r.Stats()); return c.count() == want && r.Stats().Delivered == uint64(want) })
		})
	}
}

// TestEndedSpansAreSentOnShutdown by the sender's goroutine, or dropped by it.
func TestEndedSpansAreSentOnShutdown(t *testing.T) {
	for _, inTime := range []bool{true, false} {
		c := newCollector(t)
		if !inTime {
			c.answerWith(func([]byte) int { return http.StatusServiceUnavailable })
		}
		r := reporterTo(t, reporter.Config{URL: c.URL, Linger: time.Hour})
		for range 5 {
			r.SendEnded(ended(named("s")))
		}
		ctx, cancel := context.WithCancel(t.Context())
		if !inTime {
			cancel()
		}
		r.Shutdown(ctx)
		cancel()
		r.SendEnded(ended(named("late")))
		s := r.Stats()
		if s.Accepted != 6 || s.Queued != 0 || inTime && s.Delivered != 5 || s.Dropped[reporter.DroppedShutdown] != 6-s.Delivered {
			t.Errorf("in time %v: %+v", inTime, s)
		}
	}
}

// TestEndedSpansAreBounded fills the queue with spans of either kind, and has some that
// cannot be encoded.
func TestEndedSpansAreBounded(t *testing.T) {
	c := newCollector(t)
	r := reporterTo(t, reporter.Config{URL: c.URL, MaxSpans: 10, Linger: time.Hour})
	send(r, 30, "s")
	if s := r.Stats(); s.Queued != 10 || s.Dropped[reporter.DroppedQueueFull] != 20 {
		t.Errorf("%+v", s)
	}
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	nameless := named("s")
	nameless.ID = 0
	r.SendEnded(ended(nameless))
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := r.Stats(); s.Delivered != 10 || s.Dropped[reporter.DroppedInvalid] != 1 {
		t.Errorf("%+v", s)
	}
	addUp(t, r.Stats())
}

// TestEndedSpansOfMany ends spans in many goroutines, while others look and flush.
func TestEndedSpansOfMany(t *testing.T) {
	c := newCollector(t)
	var order sync.Mutex
	var bodies []string
	c.answerWith(func(body []byte) int {
		order.Lock()
		defer order.Unlock()
		bodies = append(bodies, string(body))
		return http.StatusAccepted
	})
	r := reporterTo(t, reporter.Config{URL: c.URL, BatchSpans: 50, Linger: time.Millisecond})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 500 {
				r.SendEnded(ended(named("s")))
				if i%100 == 0 {
					addUp(t, r.Stats())
					r.Flush(t.Context())
				}
			}
		})
	}
	all.Wait()
	if err := r.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := r.Stats(); s.Delivered != 4000 {
		t.Errorf("%+v", s)
	}
	if n := strings.Count(strings.Join(slices.Clone(bodies), ""), `"id":`); n != 4000 {
		t.Errorf("the collector was sent %d spans; want 4000", n)
	}
}

// TestAFullBatchWaitsForNothing, whether the sender had looked at its first spans or not.
func TestAFullBatchWaitsForNothing(t *testing.T) {
	c := newCollector(t)
	r := reporterTo(t, reporter.Config{URL: c.URL, BatchSpans: 10, Linger: time.Hour, LingerMax: time.Hour})
	for round := range uint64(200) {
		send(r, 10, "s")
		eventually(t, "delivered", func() bool { return r.Stats().Delivered == 10*(round+1) })
	}
}
