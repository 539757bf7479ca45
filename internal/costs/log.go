// Package costs keeps what faults really cost the requests that they happened to: for
// grading only. What runs here runs on the goroutine of a faulty request, within its
// span, and may be in the stacks that explain it. So its names are ordinary.
package costs

import (
	"encoding/hex"
	"sync"
	"time"

	"go.opencensus.io/trace"
)

// Cost is what a fault really did to a request: for grading only.
type Cost struct {
	TraceID string `json:"traceId"`
	Fault   string `json:"fault"`
	Began   int64  `json:"began_us"` // µs since the epoch
	Took    int64  `json:"took_us"`  // µs
}

// Log keeps the latest costs. Its zero value is ready.
type Log struct {
	mu    sync.Mutex
	costs []cost
	next  int // where the next is written once the log is full
	total int64
}

// cost is a Cost whose ids and times are still to be written out. That is done
// when it is asked for: a cost is added while the span of its request is open, and
// what is done there may be seen in the stacks that explain it.
type cost struct {
	id    trace.TraceID // zero: it happened outside a span
	of    *Meter
	began time.Time
	took  time.Duration
}

// maxCosts bounds a Log.
const maxCosts = 4096

func (l *Log) add(c cost) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total++
	if len(l.costs) < maxCosts {
		l.costs = append(l.costs, c)
		return
	}
	l.costs[l.next] = c
	l.next = (l.next + 1) % maxCosts
}

// Of returns the costs of a trace that are still there, the oldest first; those
// of no trace, if traceID is empty.
func (l *Log) Of(traceID string) (costs []Cost) {
	id, ok := parseTraceID(traceID)
	if !ok {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.costs {
		if c := l.costs[(l.next+i)%len(l.costs)]; c.id == id {
			costs = append(costs, Cost{traceID, c.of.Fault, c.began.UnixMicro(), c.took.Microseconds()})
		}
	}
	return costs
}

func parseTraceID(text string) (id trace.TraceID, ok bool) {
	b, err := hex.DecodeString(text)
	copy(id[:], b)
	return id, err == nil && (len(b) == len(id) || len(b) == 0)
}

// Total counts all faults that happened since the start.
func (l *Log) Total() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}
