//go:build go1.25

package main

import (
	"io"
	"runtime/trace"
	"strconv"
	"time"
)

func init() {
	shapes["flight"] = flight
	shapes["flight-and-trace"] = flightAndTrace
}

// flight takes snapshots of a busy program.
func flight(r *recorder) error {
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: time.Hour, MaxBytes: 512 << 10})
	if err := recorder.Start(); err != nil {
		return err
	}
	defer recorder.Stop()
	defer busy()()
	for i := 1; i <= 3; i++ {
		time.Sleep(3 * time.Millisecond)
		if err := r.snapshot("-"+strconv.Itoa(i), recorder); err != nil {
			return err
		}
	}
	return nil
}

func (r *recorder) snapshot(suffix string, recorder *trace.FlightRecorder) error {
	return r.file(suffix, func(w io.Writer) error {
		_, err := recorder.WriteTo(w)
		return err
	})
}

// flightAndTrace records both: each snapshot ends a generation of the trace, too.
func flightAndTrace(r *recorder) error {
	return r.record("", func() error {
		recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: time.Hour})
		if err := recorder.Start(); err != nil {
			return err
		}
		defer recorder.Stop()
		defer background(2, atMost(8, func(int) { tasks(); channels(); time.Sleep(time.Millisecond) }))()
		for i := 0; i < 6; i++ {
			time.Sleep(2 * time.Millisecond)
			if _, err := recorder.WriteTo(io.Discard); err != nil {
				return err
			}
		}
		return nil
	})
}
