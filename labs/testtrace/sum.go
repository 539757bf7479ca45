// Package testtrace is something whose test is worth tracing: work that is
// handed out in pieces, too small or large enough.
package testtrace

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Sum adds up the values with some workers, to whom it hands batches of so many
// values each over a channel. Workers and batch are 1 at least.
func Sum(values []int, workers, batch int) int {
	var total atomic.Int64
	batches := make(chan []int)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() { work(batches, &total) })
	}
	for some := range slices.Chunk(values, batch) {
		batches <- some
	}
	close(batches)
	running.Wait()
	return int(total.Load())
}

// work adds batches to the total until there are no more.
func work(batches <-chan []int, total *atomic.Int64) {
	for batch := range batches {
		var sum int
		for _, value := range batch {
			sum += value
		}
		total.Add(int64(sum))
	}
}
