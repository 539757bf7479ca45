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

// Sleeps here are waits that the tests inject, and find again in a trace.

// request is one of several that are in each other's way.
type request struct {
	span       trace.SpanContext
	start, end time.Time // of what it has to itself: the lock, the worker
	waited     time.Time // when it began to wait for it
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
// really held the request up, and what share of the time the system took away.
// It has the lock or the worker from when the one before is done: it may start to run later.
func blamed(t testing.TB, x *exectrace.Trace, all []request, r request) (miss, taken float64, err error) {
	want, got := map[exectrace.TaskID]time.Duration{}, map[exectrace.TaskID]time.Duration{}
	turn := r.waited
	for _, other := range all {
		if other.span == r.span {
			break
		}
		if held := other.end.Sub(later(turn, r.waited)); held > 0 {
			holder, err := task(x, other.span)
			if err != nil {
				return 0, 0, err
			}
			want[holder.ID] = held
			turn = other.end
		}
	}
	from, to := at(t, x, r.waited), at(t, x, turn)
	me, err := task(x, r.span)
	if err != nil {
		return 0, 0, err
	}
	for _, segment := range clip(x.Breakdown(me), from, to) {
		for _, part := range x.WakerSegments(segment) {
			if root := rootTask(x, part.Task); root != me.ID {
				got[root] += part.End.Sub(part.Start)
			}
			if part.State == exectrace.SegmentCPUWait {
				taken += 100 * float64(part.End.Sub(part.Start)) / float64(to.Sub(from))
			}
		}
	}
	return distance(want, got) / 2, taken, nil
}

// at is when it was in the trace.
func at(t testing.TB, x *exectrace.Trace, wall time.Time) exectrace.Time {
	moment, ok := x.At(wall.Round(0))
	if !ok {
		t.Fatal("the trace does not know the time of day")
	}
	return moment
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// distance is how much of want is not so in got, and of got not in want, in
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
	return 100 * apart / all
}

// lonely are the scenarios in which a request waits for what is its own, or for
// one other. They say what it was held up by.
var lonely = []struct {
	name string
	run  func(ctx context.Context, t testing.TB) []stage
}{
	{"fan-out, the network child last", fanOut},
	{"pipeline of 4 stages", pipeline},
	{"singleflight's follower", follower},
	{"context's deadline", deadline},
	{"condition variable", condition},
}

// stage is a time that a request was held up, and the state that it was in.
type stage struct {
	state      []exectrace.SegmentState
	start, end time.Time
}

// staged runs do, which is a stage.
func staged(state []exectrace.SegmentState, do func()) stage {
	s := stage{state: state, start: time.Now()}
	do()
	s.end = time.Now()
	return s
}

func fanOut(_ context.Context, t testing.TB) []stage {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
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
		t.Fatal(err)
	}
	defer c.Close()
	var read stage
	var wg sync.WaitGroup
	wg.Go(func() { time.Sleep(8 * time.Millisecond) })
	wg.Go(func() { spin(5 * time.Millisecond) })
	wg.Go(func() { read = staged([]exectrace.SegmentState{exectrace.SegmentNetwork}, func() { io.ReadAll(c) }) })
	wg.Wait()
	return []stage{read}
}

func pipeline(context.Context, testing.TB) []stage {
	stages := make([]stage, 4)
	in := make(chan int)
	last := in
	for i := range stages {
		from, to := last, make(chan int)
		go func() {
			v := <-from
			if i%2 == 0 {
				stages[i] = staged(asleep, func() { time.Sleep(5 * time.Millisecond) })
			} else {
				stages[i] = staged(ready, func() { spin(5 * time.Millisecond) })
			}
			to <- v
		}()
		last = to
	}
	in <- 1
	<-last
	return stages
}

// leader handles requests, each in a span of its own.
var leader = sync.OnceValue(func() chan<- func() {
	calls := make(chan func())
	go func() {
		for do := range calls {
			within("leader", func(context.Context) { do() })
		}
	}()
	return calls
})

// follower waits for another request, which does the work of both.
func follower(context.Context, testing.TB) []stage {
	var slept stage
	var wg sync.WaitGroup
	wg.Add(1)
	started := make(chan bool)
	leader() <- func() {
		started <- true
		slept = staged(asleep, func() { time.Sleep(10 * time.Millisecond) })
		wg.Done()
	}
	<-started
	wg.Wait()
	return []stage{slept}
}

func deadline(ctx context.Context, _ testing.TB) []stage {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	return []stage{staged(asleep, func() { <-ctx.Done() })}
}

func condition(context.Context, testing.TB) []stage {
	var slept stage
	conditionVariable(func() {
		slept = staged(asleep, func() { time.Sleep(injected) })
	})
	return []stage{slept}
}

// held is how far, in percent of the stages, the explanation of a task with what
// is behind it is from them, and what share of them the system took away.
func held(t testing.TB, x *exectrace.Trace, k exectrace.Task, stages []stage) (miss, taken float64) {
	var all, found, gone time.Duration
	for _, s := range stages {
		var parts []exectrace.Segment
		for _, segment := range clip(x.Breakdown(k), at(t, x, s.start), at(t, x, s.end)) {
			if segment.WokenBy == 0 {
				parts = append(parts, segment)
			}
			parts = append(parts, x.WakerSegments(segment)...)
		}
		all += s.end.Sub(s.start)
		found += sum(parts, s.state)
		gone += sum(parts, []exectrace.SegmentState{exectrace.SegmentCPUWait})
	}
	return 100 * float64((all - found).Abs()) / float64(all), 100 * float64(gone) / float64(all)
}

// TestBlame asks who held requests up, and compares that with who did.
func TestBlame(t *testing.T) {
	unhurried(t)
	r := record(t, 2*time.Second)
	sampleCPU(t, 20*time.Millisecond)
	leader()
	var board scores
	board.untilRight(t, func() {
		for range times(3) {
			for _, c := range crowds {
				if !board.right(c.name) {
					crowdOnce(t, r, c.name, c.run(t), board.of(c.name))
				}
			}
			for _, c := range lonely {
				if board.right(c.name) {
					continue
				}
				var stages []stage
				span := within(c.name, func(ctx context.Context) { stages = c.run(ctx, t) })
				x := r.snapshot()
				one := board.of(c.name)
				k, err := task(x, span)
				if err != nil {
					t.Logf("%s: %v", c.name, err)
					continue // what is never seen is wrong
				}
				if miss, taken := held(t, x, k, stages); one.add(miss, taken) {
					t.Logf("%s: %.1f %% are wrong: %v", c.name, miss, sums(x.Breakdown(k)))
				}
			}
		}
	})
}

// crowdOnce scores what is said of requests that were in each other's way.
func crowdOnce(t *testing.T, r recorder, name string, all []request, s *score) {
	slices.SortFunc(all, func(a, b request) int { return a.start.Compare(b.start) })
	x := r.snapshot()
	for _, one := range all {
		if one.start.Sub(one.waited) < 2*time.Millisecond {
			continue // it was the first
		}
		miss, taken, err := blamed(t, x, all, one)
		if err != nil {
			t.Logf("%s: %v", name, err)
			continue
		}
		if s.add(miss, taken) {
			k, _ := task(x, one.span)
			t.Logf("%s: %.1f %% are wrong: %v", name, miss, sums(x.Breakdown(k)))
		}
	}
}

// rootTask returns the outermost ancestor of a task that the trace has, or zero.
func rootTask(x *exectrace.Trace, id exectrace.TaskID) (root exectrace.TaskID) {
	for k, ok := x.Task(id); ok && k.ID != 0; k, ok = x.Task(k.Parent) {
		root = k.ID
	}
	return root
}
