package workload

import (
	"bytes"
	"context"
	"io"
	"math"
	"runtime/trace"
	"strconv"
	"sync/atomic"
	"time"
)

// RecordTo runs these kinds at once, again and again, for more than a second and until
// their execution trace has some size bytes, and writes it to w.
func RecordTo(w io.Writer, size int64, kinds ...string) error {
	written := &counter{w: w}
	if err := trace.Start(written); err != nil {
		return err
	}
	defer trace.Stop()
	began := time.Now()
	return repeat(kinds, func() bool { return written.n.Load() >= size && time.Since(began) > 1200*time.Millisecond })
}

// Snapshot runs these kinds at once, again and again, until a flight recorder's snapshot
// of them has size bytes, and returns it.
func Snapshot(size int, kinds ...string) ([]byte, error) {
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: time.Hour, MaxBytes: math.MaxInt64})
	if err := recorder.Start(); err != nil {
		return nil, err
	}
	defer recorder.Stop()
	var b bytes.Buffer
	for b.Len() < size {
		began := time.Now()
		err := repeat(kinds, func() bool { return time.Since(began) > time.Second })
		if err != nil {
			return nil, err
		}
		b.Reset()
		if _, err := recorder.WriteTo(&b); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// repeat runs each kind until it is enough.
func repeat(kinds []string, enough func() bool) error {
	return atOnce(len(kinds), func(me int) error {
		for !enough() {
			if err := runs[kinds[me]](1); err != nil {
				return err
			}
		}
		return nil
	})
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n atomic.Int64
}

func (c *counter) Write(b []byte) (int, error) {
	c.n.Add(int64(len(b)))
	return c.w.Write(b)
}

// jobs has a thousand goroutines, with a task, a region and a log each.
func jobs(size int) error {
	return atOnce(1000*size, func(me int) error {
		ctx, task := trace.NewTask(context.Background(), "job")
		defer task.End()
		trace.WithRegion(ctx, "work", func() { trace.Log(ctx, "number", strconv.Itoa(me)) })
		return nil
	})
}
