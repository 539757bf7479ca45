package workload

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime/trace"
	"sync"
	"time"
)

// Generations returns an execution trace of some generations, with goroutines
// and regions in each. It is recorded once.
var Generations = sync.OnceValues(func() ([]byte, error) {
	return recordGenerations(func(recorder *trace.FlightRecorder) error {
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
				return err
			}
		}
		return nil
	})
})

// RecordAll is Record of each of some kinds, and Generations as "generations".
func RecordAll(size int, kinds ...string) (map[string][]byte, error) {
	traces := map[string][]byte{}
	for _, kind := range kinds {
		b, err := Record(kind, size)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		traces[kind] = b
	}
	b, err := Generations()
	traces["generations"] = b
	return traces, err
}

// InGenerations is Record, of a workload that is run again and again until there are so many
// generations, each of which begins in the middle of what happens.
func InGenerations(kind string, generations int) ([]byte, error) {
	run, err := program(kind)
	if err != nil {
		return nil, err
	}
	return recordGenerations(func(recorder *trace.FlightRecorder) error {
		snapshots := make(chan error, 1)
		go func() { snapshots <- takeSnapshots(recorder, generations) }()
		for {
			if err := run(1); err != nil {
				return err
			}
			select {
			case err := <-snapshots:
				return err
			default:
			}
		}
	})
}

// recordGenerations returns the execution trace of what do does, with a flight recorder
// beside it.
func recordGenerations(do func(*trace.FlightRecorder) error) ([]byte, error) {
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
	if err := do(recorder); err != nil {
		return nil, err
	}
	recorder.Stop()
	trace.Stop()
	return b.Bytes(), nil
}

// takeSnapshots ends generations, each about 20 ms after the one before.
func takeSnapshots(recorder *trace.FlightRecorder, n int) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range n {
		<-tick.C
		if _, err := recorder.WriteTo(io.Discard); err != nil {
			return err
		}
	}
	return nil
}
