package lanes_test

import (
	"bytes"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/testbed/workload"
)

func recorded(b *testing.B, kind string) (*exectrace.File, *lanes.Lanes) {
	raw, err := workload.Record(kind, 200)
	if err != nil {
		b.Fatal(err)
	}
	f, err := exectrace.NewFile(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		b.Fatal(err)
	}
	l, err := lanes.Read(f)
	if err != nil {
		b.Fatal(err)
	}
	return f, l
}

func BenchmarkRead(b *testing.B) {
	for _, kind := range []string{"http", "sync"} {
		b.Run(kind, func(b *testing.B) {
			f, _ := recorded(b, kind)
			b.SetBytes(f.Size())
			for b.Loop() {
				if _, err := lanes.Read(f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkColumns sums up all processors, threads and 40 goroutines over the whole trace.
func BenchmarkColumns(b *testing.B) {
	for _, kind := range []string{"http", "sync"} {
		_, l := recorded(b, kind)
		width := l.Trace.Duration()/1024 + 1
		for name, list := range map[string][]lanes.Lane{"processors": l.Processors(), "threads": l.Threads(), "goroutines": goroutines(l, 40)} {
			b.Run(kind+"/"+name, func(b *testing.B) {
				for b.Loop() {
					for _, lane := range list {
						l.Columns(lane, l.Trace.Start, width, 1024)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(list))/1024, "µs/column")
			})
		}
	}
}

// goroutines are the n that changed their states most often.
func goroutines(l *lanes.Lanes, n int) (list []lanes.Lane) {
	type busy struct {
		lane lanes.Lane
		n    int
	}
	var most []busy
	for g := range l.Trace.Goroutines() {
		x := busy{lane: lanes.Lane{Kind: lanes.Goroutine, ID: int64(g.ID)}}
		for range l.Trace.Intervals(g) {
			x.n++
		}
		at := len(most)
		for at > 0 && most[at-1].n < x.n {
			at--
		}
		if at < n {
			most = append(most[:at], append([]busy{x}, most[at:min(len(most), n-1)]...)...)
		}
	}
	for _, x := range most {
		list = append(list, x.lane)
	}
	return list
}
