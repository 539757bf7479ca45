package testbed

import (
	"sync"
	"time"
)

// Steadily calls do rate times a second, each time from a goroutine of its own,
// until stop is called, which waits for those that are under way. While there are
// 64 of these, calls are left out. A rate of zero does nothing.
func Steadily(rate float64, do func()) (stop func()) {
	if rate == 0 {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		var underWay sync.WaitGroup
		defer underWay.Wait()
		pace := time.NewTicker(time.Duration(float64(time.Second) / rate))
		defer pace.Stop()
		places := make(chan struct{}, 64)
		for {
			select {
			case <-done:
				return
			case <-pace.C:
			}
			select {
			case places <- struct{}{}:
				underWay.Go(func() { do(); <-places })
			default: // as many are under way as a stack that keeps up ever has
			}
		}
	}()
	return func() { close(done); <-ended }
}
