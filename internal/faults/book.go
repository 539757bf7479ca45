package faults

import "sync"

// Cost is what a fault really did to a request: for grading only.
type Cost struct {
	TraceID string `json:"trace_id"`
	Fault   string `json:"fault"`
	Began   int64  `json:"began_us"` // µs since the epoch
	Took    int64  `json:"took_us"`  // µs
}

// Book keeps the latest costs. Its zero value is ready.
type Book struct {
	mu    sync.Mutex
	costs []Cost
	next  int // where the next is written once the book is full
	total int64
}

// pages bounds a Book.
const pages = 4096

func (b *Book) write(c Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total++
	if len(b.costs) < pages {
		b.costs = append(b.costs, c)
		return
	}
	b.costs[b.next] = c
	b.next = (b.next + 1) % pages
}

// Of returns the costs of a trace that are still there, the oldest first.
func (b *Book) Of(traceID string) (costs []Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.costs {
		if c := b.costs[(b.next+i)%len(b.costs)]; c.TraceID == traceID {
			costs = append(costs, c)
		}
	}
	return costs
}

// Total counts all faults that happened since the start.
func (b *Book) Total() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.total
}
