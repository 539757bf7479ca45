package lanes_test

import (
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/wiretest"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/testbed/workload"
)

// FuzzLanes reads bytes as a trace: segments are in order, and no column has less than
// nothing; that of a processor no more than its width.
func FuzzLanes(f *testing.F) {
	for _, b := range wiretest.GoldenDamage(f) {
		f.Add(b)
	}
	for _, kind := range []string{"syscall", "gc", "tasks"} {
		b, err := workload.Record(kind, 1)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := exectrace.FromBytes(b)
		if err != nil {
			return
		}
		l, err := lanes.Read(file)
		if err != nil {
			return
		}
		for _, lane := range all(l) {
			if lane.Kind == lanes.Goroutine {
				continue // several with one number of a damaged trace may overlap
			}
			list, _ := l.Segments(lane, l.Trace.Start, l.Trace.End, 1000)
			for i, s := range list {
				if s.From >= s.To || i > 0 && s.From < list[i-1].To {
					t.Fatalf("%+v: %+v after %+v", lane, s, list[max(i-1, 0)])
				}
			}
		}
		width := l.Trace.Duration()/7 + 1
		for _, lane := range all(l) {
			for _, c := range l.Columns(lane, l.Trace.Start, width, 7) {
				var sum time.Duration
				for state, d := range c {
					if sum += d; d < 0 {
						t.Fatalf("%+v is %v for %v", lane, lanes.State(state), d)
					}
				}
				if (lane.Kind == lanes.Processor || lane.Kind == lanes.Task) && sum > width {
					t.Fatalf("%+v has %v in %v", lane, sum, width)
				}
			}
		}
		l.Counters(l.Trace.Start, width, 7)
	})
}
