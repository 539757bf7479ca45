// Package stat has the statistics of comparisons: permutation tests of many measures
// at once, the bootstrap, ranks, quantiles, and the correction for many values tried.
//
// All of it is deterministic. Random numbers come from a seed and the number of the
// round, so that the answer does not depend on how many goroutines compute it.
package stat

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
)

// Plan says how often something is drawn at random, and from which seed.
type Plan struct {
	Rounds int
	Seed   uint64
	// Tick is called after each round, by several goroutines. It may be nil.
	Tick func()
}

// run does each round with a worker. A worker belongs to one goroutine, and what it does
// in a round depends on nothing but the number of the round and its random numbers.
func (p Plan) run(ctx context.Context, worker func() func(round int, r *rand.Rand)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), p.Rounds) {
		wg.Go(func() {
			source := rand.NewPCG(0, 0)
			r := rand.New(source)
			work := worker()
			for ctx.Err() == nil {
				round := int(next.Add(1)) - 1
				if round >= p.Rounds {
					return
				}
				source.Seed(p.Seed, uint64(round))
				work(round, r)
				if p.Tick != nil {
					p.Tick()
				}
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
