package exectrace_test

import (
	"context"
	"encoding/binary"
	"fmt"
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
			untilSo(t, func() error {
				spans := robbed(n, c.span)
				time.Sleep(c.period + 30*time.Millisecond)
				return spans.judge(t, r.snapshot())
			})
		})
	}
}

// robberies are spans of which the system took something away, by the clock of their thread.
type robberies []struct {
	span         trace.SpanContext
	wall, stolen time.Duration
}

// robbed computes n times, for so long.
func robbed(n int, long time.Duration) robberies {
	all := make(robberies, n)
	for i := range all {
		one := &all[i]
		one.span = within("compute", func(context.Context) {
			at, cpu := time.Now(), threadCPU()
			spin(long)
			one.wall = time.Since(at)
			one.stolen = one.wall - (threadCPU() - cpu)
		})
		time.Sleep(30 * time.Millisecond)
	}
	return all
}

// judge compares what is said of the spans with what was taken. Where hardly anything is
// left to them, it is enough that what is said is nearer to the truth than to nothing.
func (all robberies) judge(t *testing.T, x *exectrace.Trace) error {
	if !x.KnowsCPU() {
		t.Fatal("the trace has no samples")
	}
	var misses []float64
	var truth, said, wall time.Duration
	for _, one := range all {
		k, err := task(x, one.span)
		if err != nil {
			return err
		}
		segments := x.Breakdown(k)
		got := sums(clip(segments, k.Start, k.End))[exectrace.SegmentCPUWait]
		misses = append(misses, miss(one.wall, one.wall+got-one.stolen))
		truth, said, wall = truth+one.stolen, said+got, wall+one.wall
		t.Logf("of %s were taken %s, it says %s", one.wall, one.stolen, got)
	}
	median, p90, taken := quantile(misses, .5), quantile(misses, .9), 100*float64(truth)/float64(wall)
	t.Logf("%.1f %% were taken, it says %.1f %%; of a span it misses %.1f %% at the median, %.1f %% at p90",
		taken, 100*float64(said)/float64(wall), median, p90)
	most := 15.0
	if taken > 75 {
		most = taken / 2
	}
	if median > most {
		return fmt.Errorf("it misses %.1f %% of a span", median)
	}
	return nil
}
