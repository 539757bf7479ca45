package decode_test

import (
	"bytes"
	"io"
	"os"
	"testing"
	"time"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/workload"
)

// BenchmarkDecode reads a trace of a service, or the one that TRACE names, in turns with
// Go's decoder. It counts the processor's time.
func BenchmarkDecode(b *testing.B) {
	data, err := recorded()
	if err != nil {
		b.Fatal(err)
	}
	var ours, peer time.Duration
	n := 0
	for b.Loop() {
		peer += used(func() { readPeer(b, data) })
		ours += used(func() { n += readOurs(b, data) })
	}
	b.ReportMetric(float64(ours.Nanoseconds())/float64(n), "ns/event")
	b.ReportMetric(float64(peer.Nanoseconds())/float64(n), "ns/event-peer")
	b.ReportMetric(peer.Seconds()/ours.Seconds(), "x-less")
}

func recorded() ([]byte, error) {
	if path := os.Getenv("TRACE"); path != "" {
		return os.ReadFile(path)
	}
	return workload.Record("http", 500)
}

func readOurs(b *testing.B, data []byte) (n int) {
	err := decode.New(opened(b, data)).Run(true, func(_ *decode.Tables, events []decode.Event) bool {
		n += len(events)
		return true
	}, func(l decode.Loss) bool {
		b.Error(l)
		return false
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func readPeer(b *testing.B, data []byte) {
	r, err := trace.NewReader(bytes.NewReader(data))
	for err == nil {
		_, err = r.ReadEvent()
	}
	if err != io.EOF {
		b.Fatal(err)
	}
}

// used is the processor's time that do takes, with what is collected meanwhile.
func used(do func()) time.Duration {
	before := testbed.CPUTime()
	do()
	return testbed.CPUTime() - before
}
