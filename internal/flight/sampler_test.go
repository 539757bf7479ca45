package flight

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/tracing"
)

// samples are the kernel's times of a thread, one for each message with it.
func samples(t *testing.T, x *exectrace.Trace, tid int) (ran []uint64) {
	t.Helper()
	for l := range x.Logs() {
		if l.Category != userlog.ThreadsCategory {
			continue
		}
		for thread := range userlog.Threads(l.Message) {
			if thread.ID == int64(tid) {
				ran = append(ran, uint64(thread.Ran))
			}
		}
	}
	return ran
}

// TestTheKernelsTimes holds a thread busy during a request, and then has none.
func TestTheKernelsTimes(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux measures how long a thread waited for a CPU")
	}
	r := record(t, "")
	tid := os.Getpid() // the first thread, which a process always has
	for n := 1; n <= 3; n++ {
		// Only those for snapshots: they are taken with a pause between them.
		if got := len(samples(t, takeNow(t, r), tid)); got != n {
			t.Fatalf("%d samples with %d snapshots and no request", got, n)
		}
	}
	root := tracing.Root{TraceID: id(1), Start: time.Now()}
	r.RootStarted(root)
	burn(250 * time.Millisecond)
	r.RootEnded(root)
	x := takeNow(t, r)
	ran := samples(t, x, tid)
	if len(ran) < 7 { // four for snapshots, the request's beginning and end, and one between
		t.Errorf("%d samples with a request of 250 ms", len(ran))
	}
	for i := range ran[1:] {
		if ran[i+1] < ran[i] {
			t.Errorf("the thread's time goes back: %v", ran)
		}
	}
	if !x.KnowsCPU() {
		t.Error("the reader does not understand them")
	}
}

// BenchmarkSample is one sample of all threads in a row of them; %core is what they
// take of a core at most. In a process that does other work meanwhile a sample
// takes several times as long: see tracelab_flight_recorder_thread_sample_seconds_total.
func BenchmarkSample(b *testing.B) {
	r := record(b, "")
	b.Run(fmt.Sprintf("threads=%d", len(r.sampler.threads.read())), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.sampler.sample()
		}
		b.ReportMetric(100*float64(b.Elapsed())/float64(b.N)/float64(samplePeriod), "%core")
	})
}
