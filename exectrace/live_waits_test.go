package exectrace_test

import (
	"context"
	"io"
	"math"
	"net/http"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/tracing"
)

// Sleeps here are waits that the tests inject, and find again in a trace.

// wait is something that holds a request up, and what is to be said of it.
type wait struct {
	name string
	// want are the states that count, of its segments; behind those of the goroutine that ended them.
	want, behind []exectrace.SegmentState
	do           func(ctx context.Context) (truth time.Duration) // zero: all the time that it takes
	more         bool                                            // than the truth may be found: there is other work of that kind
	own          bool                                            // segments of the span's own goroutine alone count
}

// ready are the states of a goroutine that could run, be it that it does.
var (
	ready     = []exectrace.SegmentState{exectrace.SegmentRunning, exectrace.SegmentCPUWait, exectrace.SegmentRunnable, exectrace.SegmentStopTheWorld}
	collected = append([]exectrace.SegmentState{exectrace.SegmentGCAssist, exectrace.SegmentGCWait}, ready...)
	asleep    = []exectrace.SegmentState{exectrace.SegmentSleep}
)

// waits are fifteen, where there is nanosleep.
func waits(t testing.TB, get func(ctx context.Context) (time.Duration, error)) []wait {
	var mu sync.Mutex
	var rw sync.RWMutex
	held := func(lock func(), unlock func()) {
		locked := make(chan bool)
		go func() {
			lock()
			locked <- true
			time.Sleep(injected)
			unlock()
		}()
		<-locked
	}
	all := func(do func(ctx context.Context)) func(ctx context.Context) time.Duration {
		return func(ctx context.Context) time.Duration {
			do(ctx)
			return 0
		}
	}
	list := []wait{
		{name: "sleep", want: asleep, do: all(func(context.Context) { time.Sleep(injected) })},
		{name: "compute", want: ready, do: all(func(context.Context) { spin(injected) })},
		{name: "mutex", want: []exectrace.SegmentState{exectrace.SegmentSync}, behind: asleep, do: all(func(context.Context) {
			held(mu.Lock, mu.Unlock)
			mu.Lock()
			mu.Unlock()
		})},
		{name: "rwmutex", want: []exectrace.SegmentState{exectrace.SegmentSync}, behind: asleep, do: all(func(context.Context) {
			held(rw.RLock, rw.RUnlock)
			rw.Lock()
			rw.Unlock()
		})},
		{name: "http", want: []exectrace.SegmentState{exectrace.SegmentNetwork}, more: true, do: func(ctx context.Context) time.Duration {
			took, err := get(ctx)
			if err != nil {
				t.Error(err)
			}
			return took // as the backend says: the rest is the client's own work
		}},
		{name: "write and fsync", want: []exectrace.SegmentState{exectrace.SegmentSyscall}, more: true, do: func(context.Context) time.Duration { return write(t) }},
		{name: "channel, the sender computes", want: ready, do: all(func(context.Context) {
			ch := make(chan int)
			go func() {
				spin(injected)
				ch <- 1
			}()
			<-ch
		})},
		{name: "chain of channels", want: asleep, do: all(func(context.Context) {
			a, b, c := make(chan int), make(chan int), make(chan int)
			go func() { b <- <-c }()
			go func() { a <- <-b }()
			go func() {
				time.Sleep(injected)
				c <- 1
			}()
			<-a
		})},
		{name: "fan-out of 3", want: asleep, do: all(func(context.Context) {
			var wg sync.WaitGroup
			for _, part := range []time.Duration{4, 2, 1} {
				wg.Go(func() { time.Sleep(injected / part) })
			}
			wg.Wait()
		})},
		{name: "select on a timer", want: []exectrace.SegmentState{exectrace.SegmentSelect}, do: all(func(ctx context.Context) {
			select {
			case <-ctx.Done():
			case <-time.After(injected):
			}
		})},
		{name: "allocation", want: collected, do: all(func(context.Context) { allocate(injected) })},
		{name: "runtime.GC", want: collected, do: all(func(context.Context) { runtime.GC() })},
		{name: "ready, and no processor", want: []exectrace.SegmentState{exectrace.SegmentRunnable, exectrace.SegmentStopTheWorld}, own: true, do: func(context.Context) time.Duration { return crowd() }},
		{name: "condition variable", want: asleep, do: all(func(context.Context) {
			conditionVariable(func() { time.Sleep(injected) })
		})},
	}
	if nanosleep != nil {
		list = append(list, wait{name: "nanosleep", want: []exectrace.SegmentState{exectrace.SegmentSyscall}, do: all(func(context.Context) { nanosleep(injected) })})
	}
	return list
}

type node struct {
	next *node
	_    [6]uint64
}

var garbage atomic.Pointer[node]

func allocate(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
		var list *node
		for range 2000 {
			list = &node{next: list}
		}
		garbage.Store(list)
	}
}

// write has the disk work for long enough, and returns for how long it did.
func write(t testing.TB) (took time.Duration) {
	f, err := os.CreateTemp("", "exectrace")
	if err != nil {
		t.Error(err)
		return 0
	}
	defer os.Remove(f.Name())
	defer f.Close()
	b := make([]byte, 64<<10)
	for took < injected {
		start := time.Now()
		f.Write(b)
		f.Sync()
		took += time.Since(start)
	}
	return took
}

// crowd has every processor be taken while a value is sent here, and returns how
// long it took from the sending to the receipt.
func crowd() time.Duration {
	ch := make(chan time.Time)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() { spin(2 * injected) })
	}
	wg.Go(func() {
		spin(time.Millisecond)
		ch <- time.Now()
		spin(injected)
	})
	took := time.Since(<-ch)
	wg.Wait()
	return took
}

// conditionVariable waits until do is done.
func conditionVariable(do func()) {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	ok := false
	go func() {
		do()
		mu.Lock()
		defer mu.Unlock()
		ok = true
		c.Broadcast()
	}()
	mu.Lock()
	defer mu.Unlock()
	for !ok {
		c.Wait()
	}
}

// sum is how much of segments is in states.
func sum(segments []exectrace.Segment, states []exectrace.SegmentState) (d time.Duration) {
	for _, segment := range segments {
		if slices.Contains(states, segment.State) {
			d += segment.End.Sub(segment.Start)
		}
	}
	return d
}

// TestInjectedWaits holds spans up, each in its way, and asks for how much of that
// there is an explanation.
func TestInjectedWaits(t *testing.T) {
	unhurried(t)
	url := "http://" + firstLine(t, start(t, "backend"))
	client := &http.Client{Transport: &tracing.Transport{Base: &http.Transport{MaxIdleConnsPerHost: 4}}}
	get := func(ctx context.Context) (time.Duration, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return 0, err
		}
		resp, err := client.Do(req)
		if err != nil {
			return 0, err
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			return 0, err
		}
		return time.ParseDuration(string(text))
	}
	r := record(t, 2*time.Second)
	sampleCPU(t, 20*time.Millisecond)
	all := waits(t, get)
	var board scores
	board.untilRight(t, func() {
		for range times(5) {
			left := slices.DeleteFunc(slices.Clone(all), func(w wait) bool { return board.right(w.name) && board.right(w.name+behindIt) })
			injectedOnce(t, r, left, &board)
		}
	})
}

// behindIt is what the score of what is behind a wait is called after it.
const behindIt = ", behind it"

// injectedOnce holds a span up in each way, and scores what is said of it.
func injectedOnce(t *testing.T, r recorder, all []wait, board *scores) {
	var spans []trace.SpanContext
	truth := make([]time.Duration, len(all))
	for i, w := range all {
		spans = append(spans, within(w.name, func(ctx context.Context) {
			at := time.Now()
			truth[i] = w.do(ctx)
			if truth[i] == 0 {
				truth[i] = time.Since(at)
			}
		}))
	}
	x := r.snapshot()
	for i, w := range all {
		one, behind := board.of(w.name), (*score)(nil)
		if w.behind != nil {
			behind = board.of(w.name + behindIt)
		}
		k, err := task(x, spans[i])
		if err != nil {
			t.Logf("%s: %v", w.name, err)
			continue // what is never seen is wrong
		}
		segments := x.Breakdown(k)
		if w.own {
			segments = slices.DeleteFunc(segments, func(segment exectrace.Segment) bool { return segment.Hops > 0 })
		}
		got := sum(segments, w.want)
		if w.more {
			got = min(got, truth[i])
		}
		taken := 100 * float64(sums(segments)[exectrace.SegmentCPUWait]) / float64(truth[i])
		if one.add(miss(truth[i], got), taken) {
			t.Logf("%s: %s of %s: %v", w.name, got, truth[i], sums(segments))
		}
		if behind == nil {
			continue
		}
		var found time.Duration
		for _, segment := range segments {
			parts := x.WakerSegments(segment)
			found += sum(parts, w.behind)
			taken += 100 * float64(sums(parts)[exectrace.SegmentCPUWait]) / float64(truth[i])
		}
		behind.add(miss(truth[i], found), taken)
	}
}

// miss is how far what was found is from the truth, in percent.
func miss(truth, got time.Duration) float64 {
	return 100 * math.Abs(float64(truth-got)) / float64(truth)
}
