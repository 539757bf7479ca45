package collector

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/zipkintest"
)

// TestRealZipkin reports to the released server, which must have every span.
func TestRealZipkin(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Zipkin server")
	}
	zipkin := zipkintest.Start(t)
	s := start(t, zipkin.URL)
	stop := s.watch()
	o := steady(*duration).drive(s.url)
	stop()
	end := s.end(20 * time.Second)
	s.stop()
	spans := uint64(len(o.took) * spansPerRequest)
	if len(o.bad) > 0 || end.Delivered != spans || end.Error != "" {
		t.Errorf("%d bad answers, of %d spans %d delivered: %+v", len(o.bad), spans, end.Delivered, end)
	}
	if err := testbed.Eventually(func() error { return zipkinHas(zipkin.URL, spans) }); err != nil {
		t.Error(err)
	}
	t.Logf("%d requests, p99 %s, %d spans, all in Zipkin; log: %q", len(o.took), o.quantile(0.99), spans, s.lines())
}

// TestRealZipkinDies kills the released server in the middle of the load and
// starts it again at its address. It keeps spans in memory, so what it had taken
// until then is lost with it, and it is not the reporter's to know. All that it
// took afterwards it must have, once each: also of the batch that was on its way
// when it died, which was sent again. What the reporter gave up while nobody
// listened is in its counters.
func TestRealZipkinDies(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Zipkin server, twice")
	}
	zipkin := zipkintest.Start(t)
	s := start(t, zipkin.URL)
	stop := s.watch()
	half, done := make(chan struct{}), make(chan outcome)
	l := steady(2 * *duration)
	path := l.path
	l.path = func(i int) string {
		if i == l.count/2 {
			close(half)
		}
		return path(i)
	}
	go func() { done <- l.drive(s.url) }()
	<-half
	s.delivers(t)
	zipkin.Stop()
	before := s.settled(t)
	zipkin.Start()
	// Where its start takes longer than the reporter tries, only these are delivered.
	o, later := <-done, steady(*duration/2).drive(s.url)
	o.took, o.bad = append(o.took, later.took...), append(o.bad, later.bad...)
	slices.Sort(o.took)
	stop()
	end := s.end(time.Minute)
	s.stop()
	if err := addUp(before, end.state); err != nil {
		t.Error(err)
	}
	spans := uint64(len(o.took) * spansPerRequest)
	if len(o.bad) > 0 || end.Sampled != spans || end.Open+end.Queued != 0 {
		t.Errorf("%d bad answers, of %d spans this became: %+v", len(o.bad), spans, end)
	}
	if before.Delivered == 0 || end.Delivered == before.Delivered {
		t.Errorf("%d spans were delivered before, %d in all: the test does not test what it says", before.Delivered, end.Delivered)
	}
	after := end.Delivered - before.Delivered
	if err := testbed.Eventually(func() error { return zipkinHas(zipkin.URL, after) }); err != nil {
		t.Error(err)
	}
	t.Logf("%d requests, p99 %s, %d spans: %d delivered before it died, %d after and in Zipkin, dropped: %s; log: %q", len(o.took), o.quantile(0.99),
		spans, before.Delivered, after, reasons(end.Dropped), s.lines())
}

// delivers waits until the service has delivered a span.
func (s *service) delivers(t *testing.T) {
	t.Helper()
	err := testbed.Eventually(func() error {
		if st, err := s.state(); err != nil || st.Delivered == 0 {
			return fmt.Errorf("no span is delivered: %+v, %v", st, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// steady is the usual load.
func steady(d time.Duration) load {
	return load{rate: rate(), count: int(d.Seconds() * float64(rate())), path: func(int) string { return "/work" }}
}

// settled is the service's state when no answer of a collector that is dead is
// still being read: ten looks in a row, the same number is delivered.
func (s *service) settled(t *testing.T) (last state) {
	t.Helper()
	same := 0
	err := testbed.Eventually(func() error {
		now, err := s.state()
		if err != nil {
			return err
		}
		if same++; now.Delivered != last.Delivered {
			same = 0
		}
		if last = now; same < 10 {
			return fmt.Errorf("%d spans are delivered, as at %d looks before", now.Delivered, same)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return last
}

// zipkinHas is satisfied when Zipkin answers with this number of spans, and
// with none of them twice.
func zipkinHas(base string, spans uint64) error {
	q := url.Values{"serviceName": {"shop"}, "limit": {"100000"}, "lookback": {"3600000"}}
	resp, err := http.Get(base + "/api/v2/traces?" + q.Encode())
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var traces [][]struct{ TraceID, ID string }
	if err := json.NewDecoder(resp.Body).Decode(&traces); err != nil {
		return fmt.Errorf("%s: %w", resp.Status, err)
	}
	seen := map[string]bool{}
	for _, trace := range traces {
		for _, s := range trace {
			if seen[s.TraceID+s.ID] {
				return fmt.Errorf("Zipkin has span %s of trace %s twice", s.ID, s.TraceID)
			}
			seen[s.TraceID+s.ID] = true
		}
	}
	if uint64(len(seen)) != spans {
		return fmt.Errorf("Zipkin has %d spans of %d", len(seen), spans)
	}
	return nil
}
