package exectrace

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/exp/trace"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/workload"
)

// raw reads a trace with the decoder alone.
func raw(t testing.TB, b []byte, take func(trace.Event)) {
	t.Helper()
	r, err := trace.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for {
		ev, err := r.ReadEvent()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		take(ev)
	}
}

func TestEvents(t *testing.T) {
	for _, kind := range workload.Kinds() {
		t.Run(kind, func(t *testing.T) {
			b := record(t, kind, 1)
			f, err := FromBytes(b)
			if err != nil {
				t.Fatal(err)
			}
			var want []trace.Event
			raw(t, b, func(ev trace.Event) { want = append(want, ev) })
			n := 0
			for ev, err := range f.AsGoTool().Events() {
				if err != nil {
					t.Fatal(err)
				}
				w := want[n]
				if n < 2000 && ev.String() != w.String() || ev.Kind() != w.Kind().String() || ev.Time() != Time(w.Time()) ||
					ev.Goroutine() != GoID(w.Goroutine()) || ev.Proc() != int64(w.Proc()) || ev.Thread() != ThreadID(w.Thread()) ||
					len(ev.Stack()) != len(slices.Collect(w.Stack().Frames())) {
					t.Fatalf("event %d is %s, want %s", n, ev, w)
				}
				n++
			}
			if n != len(want) {
				t.Errorf("%d events, want %d", n, len(want))
			}
		})
	}
}

// TestEventsStop has a reader leave after any number of events.
func TestEventsStop(t *testing.T) {
	f, err := FromBytes(record(t, "idle", 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 2, 10} {
		n := 0
		for range f.Events() {
			if n++; n == want {
				break
			}
		}
		m := 0
		for range asWritten(t, f) {
			if m++; m == want {
				break
			}
		}
		if n != want || m != want {
			t.Errorf("after %d events: %d, %d", want, n, m)
		}
	}
}

func TestConcerns(t *testing.T) {
	f, err := FromBytes(record(t, "tasks", 1))
	if err != nil {
		t.Fatal(err)
	}
	born := map[GoID]bool{}
	for ev, err := range f.Events() {
		if err != nil {
			t.Fatal(err)
		}
		if ev.Goroutine() >= 0 && !ev.Concerns(ev.Goroutine()) {
			t.Fatalf("%s does not concern its own goroutine", ev)
		}
		if tr, ok := ev.Transition(); ok && tr.Goroutine != 0 {
			if !ev.Concerns(tr.Goroutine) {
				t.Fatalf("%s does not concern %d", ev, tr.Goroutine)
			}
			born[tr.Goroutine] = true
		}
	}
	if len(born) < 10 {
		t.Errorf("there are %d goroutines", len(born))
	}
}

// BenchmarkEvents is our readers beside the decoder, which Events is built on.
// In beside they alternate, and the time of the processor counts.
func BenchmarkEvents(b *testing.B) {
	bytes := record(b, "sync", 500)
	f, err := FromBytes(bytes)
	if err != nil {
		b.Fatal(err)
	}
	readRaw := func() (n int) {
		raw(b, bytes, func(ev trace.Event) { n += int(ev.Time()) })
		return n
	}
	readOurs := func() (n int) {
		for ev, err := range f.Events() {
			if err != nil {
				b.Fatal(err)
			}
			n += int(ev.Time())
		}
		return n
	}
	readWire := func() (n int) {
		for ev, err := range asWritten(b, f) {
			if err != nil {
				b.Fatal(err)
			}
			n += int(ev.Time)
		}
		return n
	}
	for _, c := range []struct {
		name string
		read func() int
	}{{"raw", readRaw}, {"ours", readOurs}, {"wire", readWire}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(bytes)))
			for b.Loop() {
				c.read()
			}
		})
	}
	b.Run("beside", func(b *testing.B) {
		var theirs, ours time.Duration
		for b.Loop() {
			theirs += used(readRaw)
			ours += used(readOurs)
		}
		b.ReportMetric(100*theirs.Seconds()/ours.Seconds(), "%-of-raw")
	})
}

// used is the processor's time that do takes, with what is collected meanwhile.
func used(do func() int) time.Duration {
	before := testbed.CPUTime()
	do()
	return testbed.CPUTime() - before
}

// TestDetails compares the typed details of events with their text.
func TestDetails(t *testing.T) {
	f, err := FromBytes(record(t, "gc", 1))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for ev, err := range f.Events() {
		if err != nil {
			t.Fatal(err)
		}
		kind, text := ev.Kind(), ev.String()
		change, changes := ev.Transition()
		span, ranges := ev.Range()
		value, measures := ev.Metric()
		label, labels := ev.Label()
		if changes != (kind == "StateTransition") || ranges != strings.HasPrefix(kind, "Range") || measures != (kind == "Metric") || labels != (kind == "Label") {
			t.Fatalf("%s has a transition, a range, a metric, a label: %t, %t, %t, %t", text, changes, ranges, measures, labels)
		}
		var want string
		switch {
		case changes:
			want = fmt.Sprintf("%s->%s", change.From, change.To)
			if !strings.Contains(text, fmt.Sprintf("GoID=%d ", change.Goroutine)) && !strings.Contains(text, fmt.Sprintf("ProcID=%d ", change.Proc)) {
				t.Fatalf("%s is of goroutine %d, processor %d", text, change.Goroutine, change.Proc)
			}
		case ranges:
			want = fmt.Sprintf("%q", span.Name)
			if span.Start != 0 && span.Start != ev.Time() || span.End != 0 && span.End != ev.Time() || (span.End != 0) != (kind == "RangeEnd") {
				t.Fatalf("%s is %+v", text, span)
			}
		case measures:
			want = fmt.Sprintf("%q", value.Name)
		case labels:
			want = fmt.Sprintf("%q", label)
		}
		if !strings.Contains(text, want) {
			t.Fatalf("%s does not say %s", text, want)
		}
		seen[kind]++
	}
	for _, kind := range []string{"StateTransition", "RangeBegin", "RangeEnd", "Metric", "Label"} {
		if seen[kind] == 0 {
			t.Errorf("there is no %s", kind)
		}
	}
}
