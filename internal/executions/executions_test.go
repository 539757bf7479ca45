package executions_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/testbed/workload"
)

// trace is the bytes of an execution trace.
func trace(t *testing.T) []byte {
	t.Helper()
	b, err := workload.Record("tasks", 1)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// source has a trace, and counts how often it is opened.
func source(id string, b []byte, opened *atomic.Int64) executions.Source {
	return executions.Source{ID: id, Name: id + ".trace", Size: int64(len(b)), Open: func(context.Context) (executions.Part, error) {
		opened.Add(1)
		f, err := exectrace.FromBytes(b)
		return executions.Part{Whole: f}, err
	}}
}

func list(sources ...executions.Source) func() []executions.Source {
	return func() []executions.Source { return sources }
}

func TestSeveralWaitForOneReading(t *testing.T) {
	var opened atomic.Int64
	b := trace(t)
	l := executions.New(1<<30, list(source("one", b, &opened)))
	if e := l.List(); len(e) != 1 || e[0].Open || e[0].Name != "one.trace" || e[0].Size != int64(len(b)) {
		t.Fatalf("before it is opened the list is %+v", e)
	}
	var all sync.Map
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			e, err := l.Open(t.Context(), "one")
			if err != nil || e.Trace.Duration() == 0 || e.Summary.Tasks == 0 {
				t.Errorf("%+v, %v", e, err)
			}
			all.Store(e, true)
		})
	}
	group.Wait()
	n := 0
	all.Range(func(any, any) bool { n++; return true })
	if opened.Load() != 1 || n != 1 || !l.List()[0].Open {
		t.Errorf("it was opened %d times, as %d traces; the list is %+v", opened.Load(), n, l.List())
	}
}

func TestWhatCannotBeOpened(t *testing.T) {
	blocked := make(chan struct{})
	defer close(blocked)
	var opened atomic.Int64
	l := executions.New(1<<30, list(
		source("foreign", []byte("this is no execution trace, but a text"), &opened), source("empty", nil, &opened),
		executions.Source{ID: "slow", Name: "slow.trace", Open: func(context.Context) (executions.Part, error) {
			<-blocked
			return executions.Part{}, errors.New("the test has ended")
		}}))
	if _, err := l.Open(t.Context(), "other"); !errors.Is(err, executions.ErrUnknown) {
		t.Errorf("of an id that is not there: %v", err)
	}
	for _, id := range []string{"foreign", "empty", "foreign"} {
		_, err := l.Open(t.Context(), id)
		if u, ok := errors.AsType[*executions.Unreadable](err); !ok || u.Name != id+".trace" || !strings.Contains(err.Error(), id+".trace: ") {
			t.Errorf("%s: %v", id, err)
		}
	}
	if opened.Load() != 2 {
		t.Errorf("opened %d times: what cannot be read is to be read once", opened.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Open(ctx, "slow"); !errors.Is(err, context.Canceled) {
		t.Errorf("of one that takes long: %v", err)
	}
	if e := l.List(); e[0].Err == nil || e[1].Err == nil || e[2].Err != nil || e[2].Open {
		t.Errorf("the list is %+v", e)
	}
}

// TestTheLeastRecentlyUsedIsLetGo: of three there is room for two.
func TestTheLeastRecentlyUsedIsLetGo(t *testing.T) {
	b := trace(t)
	var opened atomic.Int64
	l := executions.New(int64(len(b))*5/2, list(source("a", b, &opened), source("b", b, &opened), source("c", b, &opened)))
	for _, id := range []string{"a", "b", "a", "c", "a"} {
		if _, err := l.Open(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if opened.Load() != 3 {
		t.Errorf("opened %d times, want 3: a is used between", opened.Load())
	}
	if _, err := l.Open(t.Context(), "b"); err != nil || opened.Load() != 4 {
		t.Errorf("b was to be let go: opened %d times, %v", opened.Load(), err)
	}
	alone := executions.New(1, list(source("a", b, &opened)))
	for range 2 {
		if _, err := alone.Open(t.Context(), "a"); err != nil || opened.Load() != 5 {
			t.Errorf("the last one is to be kept: opened %d times, %v", opened.Load(), err)
		}
	}
}

// TestADefectInReading is an error of that trace alone.
func TestADefectInReading(t *testing.T) {
	l := executions.New(1<<30, list(executions.Source{ID: "a", Name: "a.trace", Open: func(context.Context) (executions.Part, error) { panic("deep in a reader") }}))
	_, err := l.Open(t.Context(), "a")
	if u, ok := errors.AsType[*executions.Unreadable](err); !ok || !strings.Contains(u.Error(), "deep in a reader") {
		t.Errorf("%v", err)
	}
}

// TestALargeTraceIsReadAlone: memory has room for one at a time.
func TestALargeTraceIsReadAlone(t *testing.T) {
	b := trace(t)
	var reading, most atomic.Int64
	var sources []executions.Source
	for _, id := range []string{"a", "b", "c", "d"} {
		sources = append(sources, executions.Source{ID: id, Size: 100, Open: func(context.Context) (executions.Part, error) {
			n := reading.Add(1)
			defer reading.Add(-1)
			for range 1000 {
				runtime.Gosched() // so that others would begin
			}
			most.Store(max(most.Load(), n))
			f, err := exectrace.FromBytes(b)
			return executions.Part{Whole: f}, err
		}})
	}
	l := executions.New(100, list(sources...))
	var group sync.WaitGroup
	for _, s := range sources {
		group.Go(func() {
			if _, err := l.Open(t.Context(), s.ID); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if most.Load() != 1 {
		t.Errorf("%d were read at once", most.Load())
	}
}

// TestRoomIsMadeBeforeReading, so that memory never has both.
func TestRoomIsMadeBeforeReading(t *testing.T) {
	b := trace(t)
	var opened atomic.Int64
	small, large := source("small", b, &opened), source("large", b, &opened)
	var l *executions.Opened
	small.Size, large.Size = 1, int64(len(b))
	open := large.Open
	large.Open = func(ctx context.Context) (executions.Part, error) {
		if l.List()[0].Open {
			t.Error("another is open beside it")
		}
		return open(ctx)
	}
	l = executions.New(int64(len(b)), list(small, large))
	for _, id := range []string{"small", "large"} {
		if _, err := l.Open(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWhatIsNoSourceAnyMoreIsLetGo, so that it is read again if it is one again.
func TestWhatIsNoSourceAnyMoreIsLetGo(t *testing.T) {
	b := trace(t)
	var opened atomic.Int64
	now := []executions.Source{source("a", b, &opened), source("b", b, &opened)}
	l := executions.New(1<<30, func() []executions.Source { return now })
	for _, c := range []struct {
		id      string
		sources []executions.Source
		opened  int64
	}{{"a", now, 1}, {"a", now, 1}, {"b", now[1:], 2}, {"a", now, 3}, {"b", now, 3}} {
		now = c.sources
		if _, err := l.Open(t.Context(), c.id); err != nil || opened.Load() != c.opened {
			t.Errorf("%s: opened %d times, want %d: %v", c.id, opened.Load(), c.opened, err)
		}
	}
}

func TestAPartOfTheTime(t *testing.T) {
	b := trace(t)
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	began := f.Began()
	for _, c := range []struct{ from, to exectrace.Time }{{}, {from: began + 1000}, {to: began + 2_000_000}, {began + 1000, began + 2_000_000}} {
		l := executions.New(1<<30, list(executions.Source{ID: "a", Open: func(context.Context) (executions.Part, error) {
			return executions.Part{Whole: f, From: c.from, To: c.to}, nil
		}}))
		e, err := l.Open(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		if e.Trace.Began != began || e.Trace.Start < c.from || c.to != 0 && e.Trace.End > c.to || c.to == 0 && e.Trace.Duration() < 2_000_000 {
			t.Errorf("%+v: it began at %d, and is from %d to %d", c, e.Trace.Began-began, e.Trace.Start-began, e.Trace.End-began)
		}
	}
}

func TestResultsAreKept(t *testing.T) {
	var e executions.Execution
	calls := 0
	ask := func(name string) string {
		v, err := executions.Keep(&e, name, func() (string, error) { calls++; return name, errors.New("of " + name) })
		if err == nil || err.Error() != "of "+name {
			t.Errorf("%s: %v", name, err)
		}
		return v
	}
	for range 3 {
		if ask("a") != "a" || calls != 1 {
			t.Fatalf("%d calls", calls)
		}
	}
	for i := range 100 {
		ask(fmt.Sprint(i))
		ask("a")
	}
	if calls != 101 {
		t.Errorf("%d calls, want 101: a is used between", calls)
	}
	if ask("0"); calls != 102 {
		t.Error("all are kept")
	}
}

func TestIDs(t *testing.T) {
	for name, want := range map[string]string{
		"trace.out": "trace-out", "My Trace (2).OUT": "my-trace-2-out", "": "trace", "追踪": "trace", "../../etc/passwd": "etc-passwd",
		strings.Repeat("x", 60) + ".last": strings.Repeat("x", 35) + "-last", "--a--": "a",
	} {
		if got := executions.NewID(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
