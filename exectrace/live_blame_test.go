package exectrace_test

import (
	"context"
	"io"
	"math"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"go.opencensus.io/trace"

	"example.com/tracelab/exectrace"
)

// request is one of several that are in each other's way.
type request struct {
	span       trace.SpanContext
	start, end time.Time // of what it has to itself: the lock, the worker
	waited     time.Time // since when it wanted it
}

// crowds are the scenarios in which requests wait for each other.
var crowds = []struct {
	name string
	run  func(t testing.TB) []request
}{
	{"mutex convoy of 8", func(testing.TB) []request { return convoy() }},
	{"one worker, with spans", func(testing.TB) []request { return pool(true) }},
	{"one worker, without", func(testing.TB) []request { return pool(false) }},
	{"semaphore", func(testing.TB) []request { return semaphore() }},
}

// work is what a request does with what it has to itself.
func work() {
	time.Sleep(2 * time.Millisecond)
	spin(time.Millisecond)
}

// together runs so many requests at once.
func together(n int, one func(ctx context.Context, r *request)) []request {
	all := make([]request, n)
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() {
			all[i].span = within("request", func(ctx context.Context) {
				all[i].waited = time.Now()
				one(ctx, &all[i])
			})
		})
	}
	wg.Wait()
	return all
}

func convoy() []request {
	var mu sync.Mutex
	return together(8, func(_ context.Context, r *request) {
		mu.Lock()
		defer mu.Unlock()
		r.start = time.Now()
		work()
		r.end = time.Now()
	})
}

func semaphore() []request {
	slots := make(chan bool, 1)
	return together(6, func(_ context.Context, r *request) {
		slots <- true
		r.start = time.Now()
		work()
		r.end = time.Now()
		<-slots
	})
}

func pool(spans bool) []request {
	type job struct {
		ctx  context.Context
		r    *request
		done chan bool
	}
	jobs := make(chan job, 64)
	defer close(jobs)
	go func() {
		for j := range jobs {
			j.r.start = time.Now()
			if spans {
				_, span := trace.StartSpan(j.ctx, "job")
				work()
				span.End()
			} else {
				work()
			}
			j.r.end = time.Now()
			j.done <- true
		}
	}()
	return together(6, func(ctx context.Context, r *request) {
		done := make(chan bool)
		jobs <- job{ctx, r, done}
		<-done
	})
}

// blamed is how far, in percent of its waiting, an explanation is from who has
// really held the request up. Its own work is not what it waits for.
func blamed(t testing.TB, x *exectrace.Trace, all []request, r request) float64 {
	want, got := map[exectrace.TaskID]time.Duration{}, map[exectrace.TaskID]time.Duration{}
	until := r.start
	for _, other := range all {
		if held := earlier(other.end, until).Sub(later(other.start, r.waited)); held > 0 && other.span != r.span {
			want[task(t, x, other.span).ID] += held
		}
	}
	from, ok := x.At(r.waited.Round(0))
	to, known := x.At(until.Round(0))
	if !ok || !known {
		t.Fatal("the trace does not know the time of day")
	}
	me := task(t, x, r.span)
	for _, tile := range clip(x.Explain(me), from, to) {
		for _, part := range x.Behind(tile) {
			if root := x.RootTask(part.Task); root != me.ID {
				got[root] += part.End.Sub(part.Start)
			}
		}
	}
	return distance(want, got)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// distance is how much of want is not so in got, or the other way round, in
// percent of want.
func distance[K comparable](want, got map[K]time.Duration) float64 {
	var all, apart float64
	for k, d := range want {
		all += float64(d)
		apart += math.Abs(float64(d - got[k]))
	}
	for k, d := range got {
		if _, ok := want[k]; !ok {
			apart += float64(d)
		}
	}
	return 100 * apart / 2 / all
}

// lonely are the scenarios in which a request waits for what is its own, or for
// one other. They return what it was held up by.
var lonely = []struct {
	name string
	run  func(t testing.TB, ctx context.Context) truths
}{
	{"fan-out, the network child last", fanOut},
	{"pipeline of 4 stages", func(testing.TB, context.Context) truths { return pipeline() }},
	{"singleflight's follower", func(testing.TB, context.Context) truths { return follower() }},
	{"context's deadline", func(_ testing.TB, ctx context.Context) truths { return deadline(ctx) }},
	{"condition variable", func(testing.TB, context.Context) truths {
		start := time.Now()
		conditionVariable()
		return truths{exectrace.TileSleep: time.Since(start)}
	}},
}

// truths are by states; those of a goroutine that could run are one.
type truths = map[exectrace.TileState]time.Duration

func fanOut(t testing.TB, _ context.Context) truths {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Error(err)
		return nil
	}
	defer ln.Close()
	go func() {
		if c, err := ln.Accept(); err == nil {
			defer c.Close()
			time.Sleep(injected)
			c.Write([]byte("x"))
		}
	}()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Error(err)
		return nil
	}
	defer c.Close()
	var took time.Duration
	var wg sync.WaitGroup
	wg.Go(func() { time.Sleep(8 * time.Millisecond) })
	wg.Go(func() { spin(5 * time.Millisecond) })
	wg.Go(func() {
		start := time.Now()
		io.ReadAll(c)
		took = time.Since(start)
	})
	wg.Wait()
	return truths{exectrace.TileNetwork: took}
}

func pipeline() truths {
	took := truths{}
	in := make(chan int)
	last := in
	for stage := range 4 {
		from, to := last, make(chan int)
		go func() {
			v := <-from
			start := time.Now()
			if stage%2 == 0 {
				time.Sleep(5 * time.Millisecond)
				took[exectrace.TileSleep] += time.Since(start)
			} else {
				spin(5 * time.Millisecond)
				took[exectrace.TileRunning] += time.Since(start)
			}
			to <- v
		}()
		last = to
	}
	in <- 1
	<-last
	return took
}

// leaders do what they are told, each in a span of its own.
var leaders = sync.OnceValue(func() chan<- func() {
	tasks := make(chan func())
	go func() {
		for do := range tasks {
			within("leader", func(context.Context) { do() })
		}
	}()
	return tasks
})

// follower waits for somebody else's request, which does the work of both.
func follower() truths {
	var wg sync.WaitGroup
	var took time.Duration
	wg.Add(1)
	started := make(chan bool)
	leaders() <- func() {
		started <- true
		start := time.Now()
		time.Sleep(10 * time.Millisecond)
		took = time.Since(start)
		wg.Done()
	}
	<-started
	wg.Wait()
	return truths{exectrace.TileSleep: took}
}

func deadline(ctx context.Context) truths {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	start := time.Now()
	<-ctx.Done()
	return truths{exectrace.TileSleep: time.Since(start)}
}

// found sums up what a task was held up by, with what is behind it.
func found(x *exectrace.Trace, k exectrace.Task, want truths) truths {
	got := truths{}
	add := func(tile exectrace.Tile) {
		state := tile.State
		if slices.Contains(ready, state) {
			state = exectrace.TileRunning
		}
		if want[state] > 0 {
			got[state] += tile.End.Sub(tile.Start)
		}
	}
	for _, tile := range x.Explain(k) {
		if tile.Holder == 0 {
			add(tile)
		}
		for _, part := range x.Behind(tile) {
			add(part)
		}
	}
	return got
}

// TestBlame asks who held requests up, and compares that with who did.
func TestBlame(t *testing.T) {
	r := record(t, 10*time.Second)
	sampleCPU(t, 20*time.Millisecond)
	leaders()
	misses := map[string][]float64{}
	for range times(5) {
		for _, c := range crowds {
			all := c.run(t)
			x := r.snapshot()
			for _, one := range all {
				if one.start.Sub(one.waited) < 2*time.Millisecond {
					continue // it was the first
				}
				miss := blamed(t, x, all, one)
				misses[c.name] = append(misses[c.name], miss)
				if miss > 5 {
					t.Logf("%s: %.1f %% are wrong: %v", c.name, miss, sums(x.Explain(task(t, x, one.span))))
				}
			}
		}
		for _, c := range lonely {
			var want truths
			span := within(c.name, func(ctx context.Context) { want = c.run(t, ctx) })
			x := r.snapshot()
			k := task(t, x, span)
			got := found(x, k, want)
			miss := 2 * distance(want, got)
			misses[c.name] = append(misses[c.name], miss)
			if miss > 5 {
				t.Logf("%s: %.1f %% are wrong: %v, want %v; %v", c.name, miss, got, want, sums(x.Explain(k)))
			}
		}
	}
	for _, c := range crowds {
		judge(t, c.name, misses[c.name])
	}
	for _, c := range lonely {
		judge(t, c.name, misses[c.name])
	}
}
