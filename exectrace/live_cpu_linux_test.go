package exectrace_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	rt "runtime/trace"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"go.opencensus.io/trace"

	"example.com/tracelab/exectrace"
)

// Sleeps here are waits that the tests inject, and find again in a trace.

// sampleCPU has the system's numbers of this process's threads logged every
// period until the test ends.
func sampleCPU(t *testing.T, period time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan bool)
	go func() {
		defer close(done)
		tick := time.NewTicker(period)
		defer tick.Stop()
		for {
			logSchedule(ctx)
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
}

func logSchedule(ctx context.Context) {
	files, _ := filepath.Glob("/proc/self/task/*/schedstat")
	var message []byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		var ran, waited uint64
		if _, scanned := fmt.Sscan(string(text), &ran, &waited); err != nil || scanned != nil {
			continue // a thread that has ended
		}
		tid, _ := strconv.ParseUint(filepath.Base(filepath.Dir(file)), 10, 64)
		for _, n := range []uint64{tid, ran, waited} {
			message = binary.AppendUvarint(message, n)
		}
		if len(message) > 900 {
			rt.Log(ctx, "schedstat", string(message))
			message = message[:0]
		}
	}
	rt.Log(ctx, "schedstat", string(message))
}

// nanosleep sleeps in a system call.
var nanosleep = func(d time.Duration) {
	ts := syscall.NsecToTimespec(int64(d))
	syscall.Nanosleep(&ts, nil)
}

// threadCPU is how long this thread has run.
func threadCPU() time.Duration {
	const clockThreadCPUTime = 3 // CLOCK_THREAD_CPUTIME_ID of clock_gettime(2)
	var ts syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPUTime, uintptr(unsafe.Pointer(&ts)), 0)
	return time.Duration(ts.Nano())
}

// TestCPUTakenAway has a thread compute beside others of other processes, and
// compares what explanations say of that with what the thread's own clock does.
func TestCPUTakenAway(t *testing.T) {
	unhurried(t)
	if text, err := os.ReadFile("/proc/self/schedstat"); err != nil || strings.HasPrefix(string(text), "0 0 ") {
		t.Skip("this kernel does not count how long threads wait for a CPU: it needs CONFIG_SCHED_INFO")
	}
	for _, c := range []struct {
		hogs         int
		period, span time.Duration
	}{
		{0, 20 * time.Millisecond, 60 * time.Millisecond},
		{3, 20 * time.Millisecond, 60 * time.Millisecond},
		{3, 100 * time.Millisecond, 60 * time.Millisecond},
		{3, 100 * time.Millisecond, 300 * time.Millisecond},
	} {
		t.Run(fmt.Sprintf("%d hogs, %s every %s", c.hogs, c.span, c.period), func(t *testing.T) {
			n := times(5)
			r := record(t, time.Duration(n)*(c.span+100*time.Millisecond)+10*time.Second)
			for range c.hogs {
				start(t, "hog")
			}
			sampleCPU(t, c.period)
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			var spans []trace.SpanContext
			var stolen, wall []time.Duration
			for range n {
				spans = append(spans, within("compute", func(context.Context) {
					at, cpu := time.Now(), threadCPU()
					spin(c.span)
					took := time.Since(at)
					wall, stolen = append(wall, took), append(stolen, took-(threadCPU()-cpu))
				}))
				time.Sleep(30 * time.Millisecond)
			}
			time.Sleep(c.period + 30*time.Millisecond)
			x := r.snapshot()
			if !x.KnowsCPU() {
				t.Fatal("the trace has no samples")
			}
			var misses []float64
			var truth, said, all time.Duration
			for i, sc := range spans {
				k := task(t, x, sc)
				segments := x.Breakdown(k)
				got := sums(clip(segments, k.Start, k.End))[exectrace.SegmentCPUWait]
				miss := 100 * math.Abs(float64(got-stolen[i])) / float64(wall[i])
				misses = append(misses, miss)
				truth, said, all = truth+stolen[i], said+got, all+wall[i]
				t.Logf("of %s were taken %s, it says %s", wall[i], stolen[i], got)
			}
			median, p90 := quantile(misses, .5), quantile(misses, .9)
			t.Logf("%.1f %% were taken, it says %.1f %%; of a span it misses %.1f %% at the median, %.1f %% at p90",
				100*float64(truth)/float64(all), 100*float64(said)/float64(all), median, p90)
			if median > 15 {
				t.Errorf("it misses %.1f %% of a span", median)
			}
		})
	}
}
