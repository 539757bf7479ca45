package fetcher

import (
	"context"
	"sync"
	"time"
)

// register books fetches before they are made. One clerk writes it, an entry at
// a time, and there is no desk to leave entries on: who comes holds his own
// until the clerk takes it.
type register struct {
	entries chan entry
	clerk   sync.WaitGroup
}

type entry struct {
	takes time.Duration // to write
}

// openRegister puts the clerk to work. Once ctx has ended, no entry takes time.
func openRegister(ctx context.Context) *register {
	g := &register{entries: make(chan entry)}
	g.clerk.Add(1)
	// A timer starts the clerk: he works for whoever comes, and not for who opened
	// the register alone.
	time.AfterFunc(0, func() {
		defer g.clerk.Done()
		for e := range g.entries {
			until(ctx, time.Now().Add(e.takes))
		}
	})
	return g
}

// enter returns when the clerk has taken the entry.
func (g *register) enter(e entry) { g.entries <- e }

// close returns when the clerk has written what he took.
func (g *register) close() {
	close(g.entries)
	g.clerk.Wait()
}
