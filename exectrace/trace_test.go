package exectrace

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"testing"

	"golang.org/x/exp/trace"

	"example.com/tracelab/internal/testbed/workload"
)

func index(t testing.TB, b []byte) *Trace {
	t.Helper()
	f, err := FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	x, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestIntervalsLeaveNoGap reads recordings of all kinds: the intervals of
// each goroutine leave no gap from its start to its end.
func TestIntervalsLeaveNoGap(t *testing.T) {
	for _, kind := range workload.Kinds() {
		t.Run(kind, func(t *testing.T) {
			x := index(t, record(t, kind, 3))
			for g := range x.Goroutines() {
				if err := whole(x, g); err != nil {
					t.Errorf("goroutine %d, %s: %v", g.ID, g.Name, err)
				}
			}
		})
	}
}

func whole(x *Trace, g Goroutine) error {
	at := g.Created
	for iv := range x.Intervals(g) {
		if iv.Start != at || iv.End <= iv.Start {
			return fmt.Errorf("at %d there is %+v", at, iv)
		}
		at = iv.End
	}
	end := x.until(g)
	if g.Ended != 0 && at > end { // it waits for ever
		at = end
	}
	if at != end {
		return fmt.Errorf("its intervals end at %d, want %d", at, end)
	}
	return nil
}

// large makes a trace with about so many bytes.
func large(b *testing.B) []byte {
	if path := os.Getenv("TRACE"); path != "" {
		data, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		return data
	}
	return record(b, "http", 150)
}

// BenchmarkRead indexes a trace, beside the decoder alone.
func BenchmarkRead(b *testing.B) {
	data := large(b)
	b.Run("decoder", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			rd, err := trace.NewReader(bytes.NewReader(data))
			if err != nil {
				b.Fatal(err)
			}
			for err == nil {
				_, err = rd.ReadEvent()
			}
			if err != io.EOF {
				b.Fatal(err)
			}
		}
	})
	b.Run("index", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		var x *Trace
		for b.Loop() {
			x = index(b, data)
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(x)
		x = nil
		runtime.GC()
		runtime.ReadMemStats(&before)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(data)), "heap/file")
	})
}
