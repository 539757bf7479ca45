package calltree_test

import (
	"bytes"
	"testing"
	"time"

	"example.com/tracelab/exectrace/calltree"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/testbed/workload"
)

// BenchmarkSum sums up 3 ms, and all of the time, of a server and its clients and of workers
// beside them.
func BenchmarkSum(b *testing.B) {
	var raw bytes.Buffer
	if err := workload.RecordTo(&raw, 16<<20, "http", "sync", "jobs"); err != nil {
		b.Fatal(err)
	}
	_, l := read(b, raw.Bytes())
	middle := l.Trace.Start.Add(l.Trace.Duration() / 2)
	short := calltree.Selection{From: middle, To: middle.Add(3 * time.Millisecond), Parts: 60}
	onProcessor := short
	onProcessor.Lane = &l.Processors()[0]
	for name, s := range map[string]calltree.Selection{"3ms": short, "3ms of a processor": onProcessor, "all of a processor": {From: l.Trace.Start, To: l.Trace.End, Parts: 60, Lane: onProcessor.Lane}, "all": {From: l.Trace.Start, To: l.Trace.End, Parts: 60}} {
		b.Run(name, func(b *testing.B) {
			calltree.Sum(l, short) // which goroutines were when is known from then on
			for b.Loop() {
				p := calltree.Sum(l, s)
				p.Tree(calltree.Measure{State: lanes.Sync}, calltree.Filter{})
			}
		})
	}
}
