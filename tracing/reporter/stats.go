package reporter

import "maps"

// Reasons for which a span never reached the collector: the keys of
// Stats.Dropped.
const (
	DroppedQueueFull   = "queue_full"  // it came faster than the collector took it
	DroppedUndelivered = "undelivered" // the collector did not take it for as long as Config.RetryFor
	DroppedRejected    = "rejected"    // the collector refuses this very span, or whatever it is sent: by a redirect, a page, a status of 4xx
	DroppedInvalid     = "invalid"     // it cannot be encoded
	DroppedShutdown    = "shutdown"    // the process ended first
)

// Stats counts spans. At every moment
//
//	Accepted = Queued + Delivered + the sum of Dropped
type Stats struct {
	Accepted  uint64            // given to Send or SendEnded
	Queued    uint64            // waiting, or on their way
	Delivered uint64            // taken by the collector
	Dropped   map[string]uint64 // by reason
}

// Stats returns a consistent copy of the counters.
func (r *Reporter) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.stats
	s.Queued = uint64(r.spans + r.unencoded)
	s.Dropped = maps.Clone(s.Dropped)
	return s
}

// drop counts n spans as lost; r.mu is held.
func (r *Reporter) drop(reason string, n int) {
	r.stats.Dropped[reason] += uint64(n)
	r.unlogged += uint64(n)
}

// account counts what became of a batch's spans: delivered, if reason is empty,
// or dropped.
func (r *Reporter) account(b *batch, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spans -= b.len()
	r.settle(b.len())
	r.bytes -= len(b.body) - b.len() // without the separators
	if reason == "" {
		r.stats.Delivered += uint64(b.len())
	} else {
		r.drop(reason, b.len())
	}
}
