package faults

import "sync"

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
	costs []Cost
	next  int // where the next is written once the log is full
	total int64
}

// maxCosts bounds a Log.
const maxCosts = 4096

func (l *Log) add(c Cost) {
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

// Of returns the costs of a trace that are still there, the oldest first.
func (l *Log) Of(traceID string) (costs []Cost) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.costs {
		if c := l.costs[(l.next+i)%len(l.costs)]; c.TraceID == traceID {
			costs = append(costs, c)
		}
	}
	return costs
}

// Total counts all faults that happened since the start.
func (l *Log) Total() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}
