//go:build go1.24

package main

import (
	"runtime"
	"strconv"
	"time"
	"unique"
	"weak"
)

func init() { shape("weak", weakPointers) }

// weakPointers has all that the runtime has goroutines of its own for.
func weakPointers() error {
	for i := 0; i < 3; i++ {
		var weaks []weak.Pointer[node]
		for k := 0; k < 300; k++ {
			n := tree(1)
			weaks = append(weaks, weak.Make(n))
			runtime.AddCleanup(n, func(k int) { runtime.Gosched() }, k)
			unique.Make(strconv.Itoa(i*1000 + k))
		}
		runtime.GC()
		for _, w := range weaks {
			w.Value()
		}
		time.Sleep(time.Millisecond)
	}
	return nil
}
