package workload

import (
	"bytes"
	"context"
	"io"
	"runtime/trace"
	"sync"
	"time"
)

// Generations returns an execution trace of some generations, with goroutines
// and regions in each. It is recorded once.
var Generations = sync.OnceValues(func() ([]byte, error) {
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		return nil, err
	}
	defer trace.Stop()
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{})
	if err := recorder.Start(); err != nil {
		return nil, err
	}
	defer recorder.Stop()
	for range 9 {
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				trace.WithRegion(context.Background(), "work", func() { time.Sleep(10 * time.Microsecond) }) // what is recorded
			})
		}
		wg.Wait()
		// A snapshot ends the generation.
		if _, err := recorder.WriteTo(io.Discard); err != nil {
			return nil, err
		}
	}
	recorder.Stop()
	trace.Stop()
	return b.Bytes(), nil
})
