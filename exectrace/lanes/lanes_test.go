package lanes_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/exectrace/internal/wiretest"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/testbed/workload"
)

// traces are recordings of all kinds, and traces of Go's own tests.
func traces(t *testing.T, each func(t *testing.T, f *exectrace.File, l *lanes.Lanes)) {
	inputs := map[string][]byte{}
	for _, kind := range workload.Kinds() {
		b, err := workload.Record(kind, 3)
		if err != nil {
			t.Fatal(err)
		}
		inputs[kind] = b
	}
	for _, name := range wiretest.Golden(t, "testdata/tests/*.test") {
		if b, _, good := wiretest.GoldenTrace(t, name); good {
			inputs[name] = b
		}
	}
	for name, b := range inputs {
		t.Run(name, func(t *testing.T) {
			f, err := exectrace.FromBytes(b)
			if err != nil {
				t.Fatal(err)
			}
			l, err := lanes.Read(f)
			if err != nil {
				t.Fatal(err)
			}
			each(t, f, l)
		})
	}
}

func all(l *lanes.Lanes) []lanes.Lane {
	list := append(l.Processors(), l.Threads()...)
	for g := range l.Trace.Goroutines() {
		if len(list) > 200 {
			break
		}
		list = append(list, lanes.Lane{Kind: lanes.Goroutine, ID: int64(g.ID)})
	}
	for k := range l.Trace.Tasks() {
		if len(list) > 400 {
			break
		}
		list = append(list, lanes.Lane{Kind: lanes.Task, ID: int64(k.ID)})
	}
	return list
}

// TestLanesAgree compares the lanes of threads and processors with the states of the
// goroutines: the same goroutine is on the same thread at each time, and on one processor
// unless it has lost it.
func TestLanesAgree(t *testing.T) {
	traces(t, func(t *testing.T, _ *exectrace.File, l *lanes.Lanes) {
		var ran, onProcessors time.Duration
		for g := range l.Trace.Goroutines() {
			for iv := range l.Trace.Intervals(g) {
				want := lanes.Running
				switch iv.State {
				case exectrace.StateRunning:
					ran += iv.End.Sub(iv.Start)
				case exectrace.StateSyscall, exectrace.StateSyscallBlocked:
					want = lanes.Syscall
				default:
					continue
				}
				if err := covers(l, iv, g.ID, want); err != nil {
					t.Fatalf("goroutine %d, %+v: %v", g.ID, iv, err)
				}
			}
		}
		for _, p := range l.Processors() {
			c := l.Columns(p, l.Trace.Start, l.Trace.Duration(), 1)[0]
			onProcessors += c[lanes.Running] + c[lanes.Collecting]
		}
		if ran != onProcessors {
			t.Errorf("goroutines ran for %v, and processors ran them for %v", ran, onProcessors)
		}
	})
}

// covers checks that a thread has a goroutine in a state for all of an interval.
func covers(l *lanes.Lanes, iv exectrace.Interval, g exectrace.GoID, want lanes.State) error {
	if iv.Thread < 0 {
		return nil
	}
	at := iv.Start
	list, _ := l.Segments(lanes.Lane{Kind: lanes.Thread, ID: int64(iv.Thread)}, iv.Start, iv.End, 1<<20)
	for _, s := range list {
		is := s.State
		if is == lanes.Collecting {
			is = lanes.Running
		}
		if s.Goroutine != g || is != want || s.From > at {
			return fmt.Errorf("at %d its thread has %+v", at, s)
		}
		at = s.To
	}
	if at < iv.End {
		return fmt.Errorf("its thread has it until %d", at)
	}
	return nil
}

// TestColumns compares the columns of random windows with the segments.
func TestColumns(t *testing.T) {
	traces(t, func(t *testing.T, _ *exectrace.File, l *lanes.Lanes) {
		random := rand.New(rand.NewPCG(1, 2))
		for _, lane := range all(l) {
			for range 5 {
				span := int64(l.Trace.Duration()) + 1
				from, n := l.Trace.Start.Add(time.Duration(random.Int64N(span*2)-span/2)), 1+random.IntN(300)
				width := time.Duration(1 + random.Int64N(max(1, span>>random.IntN(12))))
				want := slowly(l, lane, from, width, n)
				for i, got := range l.Columns(lane, from, width, n) {
					if got != want[i] {
						t.Fatalf("%+v, column %d of %d x %v from %d: %v, want %v", lane, i, n, width, from, got, want[i])
					}
				}
			}
		}
	})
}

func slowly(l *lanes.Lanes, lane lanes.Lane, from exectrace.Time, width time.Duration, n int) []lanes.Sums {
	columns := make([]lanes.Sums, n)
	list, _ := l.Segments(lane, from, from.Add(time.Duration(n)*width), 1<<30)
	for _, s := range list {
		first, last := int(s.From.Sub(from)/width)-1, int(s.To.Sub(from)/width)+1
		for i := max(first, 0); i <= min(last, n-1); i++ {
			begin := from.Add(time.Duration(i) * width)
			if spent := min(s.To, begin.Add(width)).Sub(max(s.From, begin)); spent > 0 {
				columns[i][s.State] += spent
			}
		}
	}
	return columns
}

// TestSegments are in order, within bounds, and no more than asked for.
func TestSegments(t *testing.T) {
	traces(t, func(t *testing.T, _ *exectrace.File, l *lanes.Lanes) {
		for _, lane := range all(l) {
			whole, ok := l.Segments(lane, l.Trace.Start, l.Trace.End, 1<<30)
			if !ok {
				t.Fatalf("%+v has more than 1<<30", lane)
			}
			for i, s := range whole {
				if s.From >= s.To || i > 0 && s.From < whole[i-1].To {
					t.Fatalf("%+v: %+v after %+v", lane, s, whole[max(i-1, 0)])
				}
			}
			if n := len(whole) / 2; n > 0 {
				if list, ok := l.Segments(lane, l.Trace.Start, l.Trace.End, n); ok || len(list) != n {
					t.Fatalf("%+v: %d of %d, %v", lane, len(list), len(whole), ok)
				}
				at := whole[n].From
				if list, _ := l.Segments(lane, at, at+1, 10); len(list) == 0 || list[0] != whole[n] {
					t.Fatalf("%+v at %d: %+v, want %+v", lane, at, list, whole[n])
				}
			}
		}
	})
}

// TestCounters compares columns with all values that package counters counts.
func TestCounters(t *testing.T) {
	traces(t, func(t *testing.T, f *exectrace.File, l *lanes.Lanes) {
		type change struct {
			at time.Duration
			v  counters.Values
		}
		changes := []change{{}}
		if _, err := counters.Follow(f, func(after time.Duration, now counters.Values) { changes = append(changes, change{after, now}) }); err != nil {
			t.Fatal(err)
		}
		width := l.Resolution() * 16
		for i, got := range l.Counters(l.Trace.Began, width, 20) {
			from, to := time.Duration(i)*width, time.Duration(i+1)*width
			var want counters.Values
			for j, c := range changes {
				if from <= l.Trace.Duration() && c.at < to && (j == len(changes)-1 || changes[j+1].at >= from) {
					want = most(want, c.v)
				}
			}
			if got != want {
				t.Fatalf("from %v to %v: %+v, want %+v", from, to, got, want)
			}
		}
	})
}

func most(a, b counters.Values) counters.Values {
	most := counters.Values{Goroutines: a.Goroutines, Threads: a.Threads}
	most.Heap = counters.Heap{Allocated: max(a.Heap.Allocated, b.Heap.Allocated), Goal: max(a.Heap.Goal, b.Heap.Goal)}
	if g := b.Goroutines; g.GCWaiting+g.Runnable+g.Running > a.Goroutines.GCWaiting+a.Goroutines.Runnable+a.Goroutines.Running {
		most.Goroutines = g
	}
	if t := b.Threads; t.InSyscall+t.Running > a.Threads.InSyscall+a.Threads.Running {
		most.Threads = t
	}
	return most
}

func TestNothingToSee(t *testing.T) {
	b, err := workload.Record("idle", 1)
	if err != nil {
		t.Fatal(err)
	}
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	l, err := lanes.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, lane := range []lanes.Lane{{Kind: lanes.Processor, ID: 1 << 20}, {Kind: lanes.Processor, ID: -1}, {Kind: lanes.Thread, ID: -1}, {Kind: lanes.Goroutine, ID: 1 << 40}, {Kind: lanes.Task}, {Kind: lanes.Task, ID: -1}, {Kind: 9}} {
		if list, ok := l.Segments(lane, l.Trace.Start, l.Trace.End, 1); len(list) > 0 || !ok {
			t.Errorf("%+v has %+v", lane, list)
		}
		if c := l.Columns(lane, l.Trace.Start, l.Trace.Duration(), 1); len(c) != 1 || c[0] != (lanes.Sums{}) {
			t.Errorf("%+v has %+v", lane, c)
		}
	}
}
