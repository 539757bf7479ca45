// Package executiontest opens execution traces, for tests of the pages that show them.
package executiontest

import (
	"bytes"
	"context"
	"maps"
	"math"
	"runtime/trace"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/internal/executions"
)

// Library has execution traces by their ids, all of which have been read, or are known to
// be unreadable: pages do not wait for them. The name of each is its id and .trace.
func Library(traces map[string][]byte) *executions.Opened {
	var sources []executions.Source
	for _, id := range slices.Sorted(maps.Keys(traces)) {
		b := traces[id]
		sources = append(sources, executions.Source{ID: id, Name: id + ".trace", Size: int64(len(b)), Open: func(context.Context) (executions.Part, error) {
			f, err := exectrace.FromBytes(b)
			return executions.Part{Whole: f}, err
		}})
	}
	library := executions.New(math.MaxInt64, func() []executions.Source { return sources })
	for id := range traces {
		library.Open(context.Background(), id) // of an error the test asks again, if it cares
	}
	return library
}

// Open returns the execution trace with an id that has some bytes.
func Open(t testing.TB, id string, b []byte) *executions.Execution {
	t.Helper()
	x, err := Library(map[string][]byte{id: b}).Open(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// RecordSpan records a goroutine that works for a span of a distributed trace, in a task of
// a name, and does more in it.
func RecordSpan(t testing.TB, name string, span userlog.Span, more func(context.Context)) []byte {
	t.Helper()
	return Record(t, func(ctx context.Context) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			Span(ctx, name, span, more)
		}()
		<-done
	})
}

// Record records what a program does.
func Record(t testing.TB, program func(context.Context)) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	program(context.Background())
	trace.Stop()
	return b.Bytes()
}

// Span does work in a task of a name that is a span of a distributed trace.
func Span(ctx context.Context, name string, span userlog.Span, work func(context.Context)) {
	ctx, task := trace.NewTask(ctx, name)
	defer task.End()
	trace.Log(ctx, userlog.SpanCategory, string(span.Append(nil)))
	work(ctx)
}

// WhileHeld has one goroutine hold a mutex, by the function that holder is given, while another
// waits for it, by that of waiter, which is called once it is held. It returns when both have.
func WhileHeld(holder, waiter func(func())) {
	var mu sync.Mutex
	held := make(chan struct{})
	var both sync.WaitGroup
	both.Go(func() {
		holder(func() {
			mu.Lock()
			close(held)
			time.Sleep(200 * time.Millisecond) // while it is held: on a busy machine the other comes late
			mu.Unlock()
		})
	})
	both.Go(func() {
		<-held
		waiter(func() {
			mu.Lock()
			mu.Unlock()
		})
	})
	both.Wait()
}
