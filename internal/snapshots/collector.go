// Package snapshots has what processes know of traces: it takes the execution
// traces that they upload, cuts and stores them, within bounds, requests a
// process's part in a trace over its control stream, and serves what it has.
package snapshots

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"example.com/tracelab/internal/control"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/metrics"
	"example.com/tracelab/internal/zipkin"
)

// Control reaches the processes.
type Control interface {
	// Processes lists those that there are.
	Processes() []control.Process
	// Send sends one of them a message, and does not wait.
	Send(instance, kind string, body any) error
}

// Observer observes what processes upload unrequested.
type Observer interface {
	// Triggered says that a process found a trace slow, or that it is flagged debug.
	Triggered(trace zipkin.TraceID, debug bool)
}

// Collector collects snapshots. Its methods may be called at the same time.
type Collector struct {
	control  Control
	observer Observer
	token    string

	store     store
	requester requester
	order     order

	uploading *semaphore.Weighted // bytes that are in memory and not stored yet
	cutting   chan struct{}       // holds a token for each that is being cut

	rejected atomic.Int64 // uploads
	panics   atomic.Int64 // that reading execution traces ended in
}

// New makes a collector. An empty token takes uploads from all clients: only for a
// listener that others cannot reach.
func New(control Control, observer Observer, token string) *Collector {
	const cutters = 2
	return &Collector{control: control, observer: observer, token: token,
		store: store{changed: make(chan struct{})}, requester: requester{send: control.Send},
		uploading: semaphore.NewWeighted(maxUploading), cutting: make(chan struct{}, cutters)}
}

// All returns the snapshots that are stored, the oldest first.
func (c *Collector) All() []*Snapshot { return c.store.list() }

// Best returns for each process the snapshot that covers most of its part in a
// trace, the latest of several, by service and instance.
func (c *Collector) Best(id zipkin.TraceID) []*Snapshot { return c.store.best(id, Window{}) }

// BestAt returns for each process the snapshot that covers most of a time, of those
// that were taken for a trace: it may have several requests, minutes apart.
func (c *Collector) BestAt(id zipkin.TraceID, during Window) []*Snapshot {
	return c.store.best(id, during)
}

// Changed returns a channel that is closed when there is one more snapshot.
func (c *Collector) Changed() <-chan struct{} { return c.store.change() }

// Services returns the names of the services whose processes are connected, of those
// with a recorder and of those without one.
func (c *Collector) Services() (recorded, bare []string) {
	for _, p := range c.control.Processes() {
		if p.Recorder {
			recorded = append(recorded, p.Service)
		} else {
			bare = append(bare, p.Service)
		}
	}
	return recorded, bare
}

// trigger requests from the others their part in what one process uploaded
// unrequested.
func (c *Collector) trigger(s *Snapshot) {
	if s.Reason == labapi.ReasonAsked {
		return
	}
	for _, part := range s.parts {
		for _, other := range c.control.Processes() {
			if other.Recorder && other.Instance != s.Instance {
				c.requester.requestOnce(part.trace, other.Instance, part.End)
			}
		}
		if !part.plain {
			c.observer.Triggered(part.trace, s.Reason == labapi.ReasonDebug)
		}
	}
}

// Guard is to be deferred: it makes a panic an error. Execution traces come
// from outside and are read by much code; the server must survive all of it.
func (c *Collector) Guard(err *error, what, id string) {
	if p := recover(); p != nil {
		c.panics.Add(1)
		slog.Error("reading an execution trace failed", what, id, "panic", p, "stack", string(debug.Stack()))
		*err = fmt.Errorf("%s %s: %v", what, id, p)
	}
}

// Panics counts what Guard caught.
func (c *Collector) Panics() int64 { return c.panics.Load() }

// WriteMetrics adds what is stored and what was taken, rejected and requested.
func (c *Collector) WriteMetrics(p *metrics.Page) {
	n, bytes := c.store.size()
	p.Gauge("tracelab_snapshots_stored", "Snapshots that are stored.", float64(n))
	p.Gauge("tracelab_snapshots_stored_bytes", "Bytes of the snapshots that are stored.", float64(bytes))
	p.Counter("tracelab_snapshots_received_total", "Snapshots that processes uploaded and that were stored.", float64(c.store.received.Load()))
	p.Counter("tracelab_snapshots_rejected_total", "Uploads that were rejected.", float64(c.rejected.Load()))
	p.Counter("tracelab_snapshots_evicted_total", "Snapshots that made room for newer ones.", float64(c.store.evicted.Load()))
	p.Counter("tracelab_snapshot_requests_total", "Requests to processes for their snapshot of a trace.", float64(c.requester.sent.Load()))
	p.Counter("tracelab_snapshot_requests_unanswered_total", "Of these requests those that were not answered in time.", float64(c.requester.countUnanswered()))
}
