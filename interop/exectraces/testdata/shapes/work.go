package main

import (
	"sync"
	"sync/atomic"
	"time"
)

// atOnce runs do in n goroutines and returns the first error.
func atOnce(n int, do func(me int) error) error {
	errs := make(chan error, n)
	for me := 0; me < n; me++ {
		me := me
		go func() { errs <- do(me) }()
	}
	var first error
	for i := 0; i < n; i++ {
		if err := <-errs; first == nil {
			first = err
		}
	}
	return first
}

// background runs do again and again, in n goroutines, until stop is called.
func background(n int, do func(me int)) (stop func()) {
	var done atomic.Bool
	var running sync.WaitGroup
	running.Add(n)
	for me := 0; me < n; me++ {
		me := me
		go func() {
			defer running.Done()
			for !done.Load() {
				do(me)
			}
		}()
	}
	return func() {
		done.Store(true)
		running.Wait()
	}
}

// atMost is do for background, so often in all; from then on it sleeps. What is recorded
// is not to grow with the time that a busy machine takes.
func atMost(n int64, do func(me int)) func(me int) {
	var done atomic.Int64
	return func(me int) {
		if done.Add(1) > n {
			time.Sleep(10 * time.Millisecond)
			return
		}
		do(me)
	}
}

// spin computes for so long.
func spin(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
	}
}

// node is something to collect.
type node struct {
	left, right *node
	rest        [6]int
}

func tree(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{left: tree(depth - 1), right: tree(depth - 1)}
}

var kept atomic.Pointer[node]
