// Package register lists fetches before they are made.
package register

import (
	"context"
	"sync"
	"time"
)

// Enter enters a fetch into a register of its own, after an entry that takes so
// long to write. Once ctx has ended, no entry takes time.
func Enter(ctx context.Context, takes time.Duration) {
	r := open(ctx)
	defer r.close()
	first := make(chan struct{})
	go func() {
		defer close(first)
		r.enter(entry{takes})
	}()
	<-first
	r.enter(entry{})
}

// register is written by one goroutine, an entry at a time. Nothing is queued:
// who comes keeps his entry until it is taken.
type register struct {
	entries chan entry
	writer  sync.WaitGroup
}

type entry struct {
	takes time.Duration // to write
}

// open starts the writer. A timer starts it, so that no goroutine of a
// request has created its goroutine.
func open(ctx context.Context) *register {
	r := &register{entries: make(chan entry)}
	r.writer.Add(1)
	time.AfterFunc(0, func() {
		defer r.writer.Done()
		for e := range r.entries {
			select {
			case <-time.After(e.takes):
			case <-ctx.Done():
			}
		}
	})
	return r
}

// enter returns when the writer has taken the entry.
func (r *register) enter(e entry) { r.entries <- e }

// close returns when the writer has written what it took.
func (r *register) close() {
	close(r.entries)
	r.writer.Wait()
}
