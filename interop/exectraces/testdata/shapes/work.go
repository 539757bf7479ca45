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
