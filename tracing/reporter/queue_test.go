package reporter_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/tracing/reporter"
)

// TestBoundsOfTheQueue sends ten spans to queues of several sizes.
func TestBoundsOfTheQueue(t *testing.T) {
	span, err := json.Marshal(named("s")) // as long as this package's encoding
	if err != nil {
		t.Fatal(err)
	}
	encoded := len(span)
	for name, test := range map[string]struct {
		cfg    reporter.Config
		queued uint64
	}{
		"of the usual size":   {reporter.Config{}, 10},
		"as many spans":       {reporter.Config{MaxSpans: 10}, 10},
		"fewer spans":         {reporter.Config{MaxSpans: 4}, 4},
		"no spans":            {reporter.Config{MaxSpans: -1}, 0},
		"as many bytes":       {reporter.Config{MaxBytes: 10 * encoded}, 10},
		"one byte too few":    {reporter.Config{MaxBytes: 10*encoded - 1}, 9},
		"less than one span":  {reporter.Config{MaxBytes: encoded - 1}, 0},
		"batches of one span": {reporter.Config{BatchSpans: 1, MaxSpans: 4}, 4},
		"batches of one byte": {reporter.Config{BatchBytes: 1, MaxSpans: 4}, 4},
	} {
		c := newCollector(t)
		let := make(chan struct{})
		c.answerWith(func([]byte) int { <-let; return 202 })
		test.cfg.URL = c.URL
		r := reporterTo(t, test.cfg)
		for range 10 {
			r.Send(named("s"))
		}
		s := r.Stats()
		if s.Queued != test.queued || s.Dropped[reporter.DroppedQueueFull] != 10-test.queued {
			t.Errorf("%s: %+v; want %d queued", name, s, test.queued)
		}
		addUp(t, s)
		close(let)
		if err := r.Flush(t.Context()); err != nil || r.Stats().Delivered != test.queued {
			t.Errorf("%s: %v, %+v; want %d delivered", name, err, r.Stats(), test.queued)
		}
	}
}

// TestSendKeepsNothing changes a span after it was sent.
func TestSendKeepsNothing(t *testing.T) {
	c := newCollector(t)
	var body string
	c.answerWith(func(b []byte) int { body = string(b); return 202 })
	r := reporterTo(t, reporter.Config{URL: c.URL, Linger: time.Hour})
	s := named("s")
	s.Tags = map[string]string{"key": "before"}
	r.Send(s)
	s.Tags["key"] = "after"
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(body, "before") || strings.Contains(body, "after") {
		t.Errorf("sent was %s", body)
	}
}
