package flight

import (
	"maps"
	"sync"
	"time"
)

// reasonRead is why a snapshot is taken that Take alone wants.
const reasonRead = "read"

// refusal is why there is no snapshot: a word for the counters, and a sentence.
type refusal struct{ why, text string }

func (r *refusal) Error() string { return r.text }

var (
	refusedOff         = &refusal{"off", "the flight recorder does not run"}
	refusedBusy        = &refusal{"busy", "too many snapshots are wanted of this process at once"}
	refusedAbsent      = &refusal{"absent", "no span of that trace ran here in the last " + window.String()}
	refusedEnding      = &refusal{"ending", "the process is ending"}
	refusedQueueFull   = &refusal{"queue_full", "the snapshot was dropped: too many waited for the server"}
	refusedRejected    = &refusal{"rejected", "the server refused the snapshot"}
	refusedUndelivered = &refusal{"undelivered", "the snapshot was dropped: the server did not take it for " + tryFor.String()}
)

// Counts tells what became of all that was wanted. At every moment the snapshots
// Taken for debug, slow and asked are Sent, Waiting or Dropped.
type Counts struct {
	Recording  bool
	Taken      map[string]uint64 // snapshots, by reason
	Bytes      uint64            // of all snapshots
	Seconds    float64           // in which they were taken
	Samples    uint64            // of the kernel's times
	Sampling   float64           // seconds that these took
	Sent       uint64            // snapshots that the server took
	Waiting    uint64            // for the server
	Dropped    map[string]uint64 // snapshots that the server will not get, by why
	Refused    map[string]uint64 // wishes without a snapshot, by why
	Unanswered uint64            // of these, the ones that the server will not hear of
}

// Counts returns the counters as of now.
func (r *Recorder) Counts() Counts { return r.tally.counts() }

// tally keeps Counts.
type tally struct {
	mu  sync.Mutex
	now Counts
}

func newTally() *tally {
	return &tally{now: Counts{Taken: map[string]uint64{}, Dropped: map[string]uint64{}, Refused: map[string]uint64{}}}
}

func (t *tally) counts() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.now
	c.Taken, c.Dropped, c.Refused = maps.Clone(c.Taken), maps.Clone(c.Dropped), maps.Clone(c.Refused)
	return c
}

func (t *tally) recording() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now.Recording
}

func (t *tally) change(do func(*Counts)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	do(&t.now)
}

func (t *tally) took(reason string, bytes int, took time.Duration) {
	t.change(func(c *Counts) {
		c.Taken[reason]++
		c.Bytes += uint64(bytes)
		c.Seconds += took.Seconds()
		if reason != reasonRead {
			c.Waiting++
		}
	})
}

func (t *tally) sampled(took time.Duration) {
	t.change(func(c *Counts) { c.Samples++; c.Sampling += took.Seconds() })
}

func (t *tally) sent() {
	t.change(func(c *Counts) { c.Waiting--; c.Sent++ })
}

func (t *tally) dropped(why string) {
	t.change(func(c *Counts) { c.Waiting--; c.Dropped[why]++ })
}

func (t *tally) refused(why *refusal, wishes int) {
	t.change(func(c *Counts) { c.Refused[why.why] += uint64(wishes) })
}

func (t *tally) unanswered(wishes int) {
	t.change(func(c *Counts) { c.Unanswered += uint64(wishes) })
}

func (t *tally) setRecording(on bool) {
	t.change(func(c *Counts) { c.Recording = on })
}
