package reporter_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/tracing/reporter"
)

func TestFlushDoesNotLinger(t *testing.T) {
	c := newCollector(t)
	r := reporterTo(t, reporter.Config{URL: c.URL, Linger: time.Hour})
	for round := range 3 {
		send(r, 7, string(rune('a'+round)))
		if err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s := r.Stats(); c.count() != 7*(round+1) || s.Delivered != uint64(7*(round+1)) || s.Queued != 0 {
			t.Errorf("%d stored, %+v", c.count(), s)
		}
	}
	if err := r.Flush(t.Context()); err != nil {
		t.Errorf("nothing to flush: %v", err)
	}
}

func TestFlushWaitsNoLongerThanItsContext(t *testing.T) {
	c := newCollector(t)
	c.answerWith(func([]byte) int { return http.StatusServiceUnavailable })
	r := reporterTo(t, reporter.Config{URL: c.URL})
	send(r, 3, "s")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := r.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) || r.Stats().Queued != 3 {
		t.Errorf("%v, %+v", err, r.Stats())
	}
	c.answerWith(func([]byte) int { return http.StatusAccepted })
	if err := r.Flush(t.Context()); err != nil || c.count() != 3 {
		t.Errorf("%v, %d stored", err, c.count())
	}
}

// TestWhatIsDroppedIsFlushed gives spans up in each way that there is.
func TestWhatIsDroppedIsFlushed(t *testing.T) {
	c := newCollector(t)
	c.answerWith(func([]byte) int { return http.StatusBadRequest })
	// Without the long Linger some are sent, and make room, where sending them takes longer.
	r := reporterTo(t, reporter.Config{URL: c.URL, MaxSpans: 5, Linger: time.Hour})
	send(r, 9, "s")
	if err := r.Flush(t.Context()); err != nil || r.Stats().Dropped["rejected"] != 5 {
		t.Errorf("%v, %+v", err, r.Stats())
	}
	c.answerWith(func([]byte) int { return http.StatusServiceUnavailable })
	send(r, 2, "t")
	flushed := make(chan error)
	go func() { flushed <- r.Flush(context.Background()) }()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	r.Shutdown(ended)
	if err := <-flushed; err != nil || r.Stats().Dropped["shutdown"] != 2 {
		t.Errorf("%v, %+v", err, r.Stats())
	}
	send(r, 1, "late")
	if err := r.Flush(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestManyFlushAtOnce(t *testing.T) {
	c := newCollector(t)
	r := reporterTo(t, reporter.Config{URL: c.URL, BatchSpans: 10})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 50 {
				if i%2 == 0 {
					r.Send(named("s"))
				} else {
					r.SendEnded(ended(named("s")))
				}
				before := r.Stats().Accepted
				if err := r.Flush(t.Context()); err != nil || r.Stats().Delivered < before {
					t.Errorf("%v: %d were sent, %+v", err, before, r.Stats())
				}
			}
		})
	}
	all.Wait()
	addUp(t, r.Stats())
}
