package flight

import (
	"maps"
	"sync"
	"time"

	"example.com/tracelab/internal/labapi"
)

// reasonRead is the reason of a snapshot that was taken for Take only.
const reasonRead = "read"

// Stats counts what became of all requests for snapshots. At every moment the
// snapshots Taken for debug, slow, asked and early are Sent, Waiting or Dropped.
type Stats struct {
	Recording  bool
	Taken      map[string]uint64 // snapshots, by reason
	Bytes      uint64            // of all snapshots
	Seconds    float64           // in which they were taken
	Samples    uint64            // of the kernel's times
	Sampling   float64           // seconds that these took
	Sent       uint64            // snapshots that the server took
	Waiting    uint64            // for the server
	Dropped    map[string]uint64 // snapshots that the server will not get, by reason
	Rejected   map[string]uint64 // requests without a snapshot, by reason
	Unanswered uint64            // of these, the ones whose rejection the server will not get
}

// Stats returns the counters as of now.
func (r *Recorder) Stats() Stats { return r.stats.copy() }

// counters keeps Stats.
type counters struct {
	mu  sync.Mutex
	now Stats
}

// newCounters has every reason from the start: what reads a rate from a counter
// that begins with its first event misses that event.
func newCounters() *counters {
	return &counters{now: Stats{
		Taken:    zero(labapi.ReasonDebug, labapi.ReasonSlow, labapi.ReasonAsked, labapi.ReasonEarly, reasonRead),
		Dropped:  zero(errQueueFull.reason, errRejected.reason, errUndelivered.reason, errEnding.reason),
		Rejected: zero(errOff.reason, errBusy.reason, errUnchanged.reason, errForgotten.reason, errAbsent.reason, errAgain.reason, errEnding.reason, errQueueFull.reason, errUndelivered.reason, reasonFailed),
	}}
}

func zero(reasons ...string) map[string]uint64 {
	all := map[string]uint64{}
	for _, reason := range reasons {
		all[reason] = 0
	}
	return all
}

func (c *counters) copy() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.now
	s.Taken, s.Dropped, s.Rejected = maps.Clone(s.Taken), maps.Clone(s.Dropped), maps.Clone(s.Rejected)
	return s
}

func (c *counters) recording() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now.Recording
}

func (c *counters) change(do func(*Stats)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	do(&c.now)
}

func (c *counters) took(reason string, bytes int, took time.Duration) {
	c.change(func(s *Stats) {
		s.Taken[reason]++
		s.Bytes += uint64(bytes)
		s.Seconds += took.Seconds()
		if reason != reasonRead {
			s.Waiting++
		}
	})
}

func (c *counters) sampled(took time.Duration) {
	c.change(func(s *Stats) { s.Samples++; s.Sampling += took.Seconds() })
}

func (c *counters) sent() {
	c.change(func(s *Stats) { s.Waiting--; s.Sent++ })
}

func (c *counters) dropped(why *rejection) {
	c.change(func(s *Stats) { s.Waiting--; s.Dropped[why.reason]++ })
}

func (c *counters) rejected(why *rejection, requests int) {
	c.change(func(s *Stats) { s.Rejected[why.reason] += uint64(requests) })
}

func (c *counters) unanswered(requests int) {
	c.change(func(s *Stats) { s.Unanswered += uint64(requests) })
}

func (c *counters) setRecording(on bool) {
	c.change(func(s *Stats) { s.Recording = on })
}
