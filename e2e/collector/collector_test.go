package collector

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// poison is the tag of a span that the collector refuses.
const poison = "poison"

// collector takes spans as Zipkin does, but for what its fault makes of it.
type collector struct {
	*httptest.Server
	fault func(c *collector, w http.ResponseWriter, r *http.Request, body []byte)
	well  atomic.Bool   // it has recovered
	gone  chan struct{} // closed with the test
	asked atomic.Int64  // requests

	mu     sync.Mutex
	bodies map[string]bool // taken, and never answered
	spans  map[string]int  // taken: how often, by their exact bytes
}

func newCollector(t testing.TB, fault func(*collector, http.ResponseWriter, *http.Request, []byte)) *collector {
	c := &collector{fault: fault, gone: make(chan struct{}), bodies: map[string]bool{}, spans: map[string]int{}}
	c.Server = httptest.NewServer(http.HandlerFunc(c.ServeHTTP))
	t.Cleanup(func() {
		close(c.gone)
		c.CloseClientConnections()
		c.Close()
	})
	return c
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.asked.Add(1)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the service gave up
	}
	if r.Header.Get("Content-Encoding") == "gzip" {
		body = unpack(body)
	}
	if c.well.Load() {
		take(c, w, r, body)
		return
	}
	c.fault(c, w, r, body)
}

// unpack returns nothing of what is not gzip, which then is not JSON either.
func unpack(body []byte) []byte {
	packed, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	body, _ = io.ReadAll(packed)
	return body
}

// store keeps spans once each, by their bytes.
func (c *collector) store(body []byte) error {
	var spans []json.RawMessage
	if err := json.Unmarshal(body, &spans); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range spans {
		c.spans[string(s)]++
	}
	return nil
}

// stored counts the spans that are kept, and those that came again. It fails
// where two of them are one span in different bytes.
func (c *collector) stored() (once, again int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := map[string]bool{}
	for raw, times := range c.spans {
		var s struct{ TraceID, ID string }
		if err := json.Unmarshal([]byte(raw), &s); err != nil {
			return 0, 0, err
		}
		if ids[s.TraceID+s.ID] {
			return 0, 0, fmt.Errorf("span %s came in different bytes: %s", s.ID, raw)
		}
		ids[s.TraceID+s.ID] = true
		again += times - 1
	}
	return len(c.spans), again, nil
}

// The faults.

func take(c *collector, w http.ResponseWriter, _ *http.Request, body []byte) {
	if err := c.store(body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func hang(c *collector, _ http.ResponseWriter, r *http.Request, _ []byte) {
	select {
	case <-r.Context().Done():
	case <-c.gone:
	}
}

// slow takes what it answers: spans of a caller that has gone are not stored.
func slow(c *collector, w http.ResponseWriter, r *http.Request, body []byte) {
	timer := time.NewTimer(1500 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		take(c, w, r, body)
	case <-r.Context().Done():
	case <-c.gone:
	}
}

func answer(status int) func(*collector, http.ResponseWriter, *http.Request, []byte) {
	return func(_ *collector, w http.ResponseWriter, _ *http.Request, _ []byte) {
		http.Error(w, "as the test says", status)
	}
}

func reset(_ *collector, w http.ResponseWriter, _ *http.Request, _ []byte) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	conn.(*net.TCPConn).SetLinger(0) // the peer gets a reset, and nothing that is unsent
	conn.Close()
}

// everyOther fails with a 500, and takes what comes between.
func everyOther(c *collector, w http.ResponseWriter, r *http.Request, body []byte) {
	if c.asked.Load()%2 == 1 {
		answer(http.StatusInternalServerError)(c, w, r, body)
		return
	}
	take(c, w, r, body)
}

// takeAndReset takes each body and resets the connection without an answer, until
// the body comes again.
func takeAndReset(c *collector, w http.ResponseWriter, r *http.Request, body []byte) {
	c.mu.Lock()
	known := c.bodies[string(body)]
	c.bodies[string(body)] = true
	c.mu.Unlock()
	if known {
		take(c, w, r, body)
		return
	}
	if c.store(body) == nil {
		reset(c, w, r, body)
	}
}

func refusePoison(c *collector, w http.ResponseWriter, r *http.Request, body []byte) {
	if bytes.Contains(body, []byte(poison)) {
		answer(http.StatusBadRequest)(c, w, r, body)
		return
	}
	take(c, w, r, body)
}
