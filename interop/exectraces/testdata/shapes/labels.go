package main

import (
	"context"
	"runtime/pprof"
	"runtime/trace"
	"time"
)

var bg = context.Background()

// labels has goroutines with labels of a profile.
func labels() error {
	return atOnce(4, func(me int) error {
		pprof.Do(bg, pprof.Labels("who", string(rune('a'+me))), func(ctx context.Context) {
			trace.WithRegion(ctx, "labelled", func() { time.Sleep(time.Millisecond) })
		})
		return nil
	})
}
