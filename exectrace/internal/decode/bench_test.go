package decode_test

import (
	"bytes"
	"io"
	"os"
	"testing"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/internal/testbed/workload"
)

// BenchmarkDecode reads a trace of a service, with Go's decoder as the peer.
func BenchmarkDecode(b *testing.B) {
	data, err := recorded()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		n := 0
		for b.Loop() {
			f, err := container.New(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				b.Fatal(err)
			}
			err = decode.New(f).Run(true, func(_ *decode.Tables, events []decode.Event) bool { n += len(events); return true },
				func(l decode.Loss) bool { b.Error(l); return false })
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/event")
	})
	b.Run("peer", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		n := 0
		for b.Loop() {
			r, err := trace.NewReader(bytes.NewReader(data))
			if err != nil {
				b.Fatal(err)
			}
			for {
				_, err := r.ReadEvent()
				if err == io.EOF {
					break
				}
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/event")
	})
}

func recorded() ([]byte, error) {
	if path := os.Getenv("TRACE"); path != "" {
		return os.ReadFile(path)
	}
	return workload.Record("http", 500)
}
