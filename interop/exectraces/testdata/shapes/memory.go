package main

import (
	"io"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"time"
)

func init() {
	shape("gc", func() error { return collect(20, 11, 60) })
	shape("gc-heavy", func() error { return collect(5, 13, 10) })
	shape("gc-limit", limited)
	shape("stop-the-world", stopTheWorld)
	shape("finalizers", finalizers)
}

// collect makes trees, faster than they are collected: those who make them assist.
func collect(percent, depth, trees int) error {
	defer debug.SetGCPercent(debug.SetGCPercent(percent))
	return atOnce(4, func(int) error {
		for i := 0; i < trees; i++ {
			kept.Store(tree(depth))
		}
		return nil
	})
}

// limited collects all the time, as much as it may.
func limited() error {
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(int64(now.Sys-now.HeapReleased) + 1<<20))
	return collect(100, 10, 60)
}

// stopTheWorld does it in all ways that a program has.
func stopTheWorld() error {
	defer background(4, atMost(1000, func(int) { kept.Store(tree(6)); time.Sleep(100 * time.Microsecond) }))()
	procs := runtime.GOMAXPROCS(0)
	for i := 0; i < 2; i++ {
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		runtime.GC()
		runtime.GOMAXPROCS(procs + i%2)
		debug.SetGCPercent(debug.SetGCPercent(50))
		debug.FreeOSMemory()
		runtime.Stack(make([]byte, 1<<12), true)
		for _, name := range []string{"goroutine", "threadcreate", "heap", "allocs", "block", "mutex"} {
			if err := pprof.Lookup(name).WriteTo(io.Discard, 0); err != nil {
				return err
			}
		}
		time.Sleep(time.Millisecond)
	}
	runtime.GOMAXPROCS(procs)
	return nil
}

func finalizers() error {
	for i := 0; i < 3; i++ {
		for k := 0; k < 500; k++ {
			runtime.SetFinalizer(tree(2), func(*node) { runtime.Gosched() })
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	return nil
}
