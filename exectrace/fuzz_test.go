package exectrace

import (
	"fmt"
	"testing"
	"time"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/wiretest"
)

// addTraces gives a fuzzer small traces of all formats to begin with.
func addTraces(f *testing.F) {
	f.Add(record(f, "idle", 1))
	for _, b := range wiretest.GoldenDamage(f) {
		f.Add(b)
	}
	for _, name := range wiretest.Golden(f, "testdata/tests/*.test") {
		if b, _, _ := wiretest.GoldenTrace(f, name); len(b) < 20_000 {
			f.Add(b)
		}
	}
}

// asker asks an event all that it may be asked.
type asker struct{ events int }

func (a *asker) Event(t *decode.Tables, ev *decode.Event) {
	if a.events++; a.events < 1000 {
		t.Append(nil, ev)
	}
}

func (a *asker) Gap() {}

// FuzzFile reads bytes as a trace: no panic, and each loss is reported once.
func FuzzFile(f *testing.F) {
	addTraces(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := FromBytes(b)
		if err != nil {
			return
		}
		found, _ := file.Generations()
		at := int64(container.HeaderSize)
		for _, g := range found {
			if g.Offset < at || g.Size <= 0 || g.Batches == 0 {
				t.Fatalf("generations %+v", found)
			}
			at = g.Offset + g.Size
		}
		if at > max(container.HeaderSize, int64(len(b))) {
			t.Fatalf("of %d bytes generations are %+v", len(b), found)
		}
		n := 0
		for ev := range file.Events() {
			if _, err := ev.MarshalJSON(); err != nil || ev.String() == "" {
				t.Fatal(err)
			}
			if n++; n == 1000 {
				break
			}
		}
		var a asker
		lost, err := file.each(&a)
		at = container.HeaderSize
		for _, l := range lost {
			if l.Offset < at || l.Size < 0 || l.Err == nil {
				t.Fatalf("lost are %+v", lost)
			}
			at = l.Offset + l.Size
		}
		if at > max(container.HeaderSize, int64(len(b))) || err == nil && a.events == 0 {
			t.Fatalf("of %d bytes %d events are read and lost are %+v", len(b), a.events, lost)
		}
	})
}

// FuzzBreakdown reads bytes as a trace of tasks: whatever it says, what each is
// explained by segments it, and so does what is behind.
func FuzzBreakdown(f *testing.F) {
	addTraces(f)
	f.Add(record(f, "tasks", 1))
	f.Add(record(f, "http", 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := FromBytes(b)
		if err != nil {
			return
		}
		x, err := Read(file)
		if err != nil {
			return
		}
		if _, err := breakDownAll(x, 300); err != nil {
			t.Fatal(err)
		}
	})
}

// breakDownAll explains so many tasks, asks all that can be asked about the segments,
// and returns how much time of complete tasks there is, by states.
func breakDownAll(x *Trace, most int) (map[SegmentState]time.Duration, error) {
	sums := map[SegmentState]time.Duration{}
	for k := range x.Tasks() {
		if most--; most < 0 {
			break
		}
		x.SpanOf(k.ID)
		all := x.Breakdown(k)
		if err := gapless(all, k.Start, k.End); err != nil {
			return nil, fmt.Errorf("task %+v: %w", k, err)
		}
		for _, segment := range all {
			x.SegmentStack(segment)
			if k.Begun && k.Ended {
				sums[segment.State] += segment.End.Sub(segment.Start)
			}
			if segment.WokenBy == 0 {
				continue
			}
			if err := gapless(x.WakerSegments(segment), segment.Start, segment.End); err != nil {
				return nil, fmt.Errorf("behind %+v of task %+v: %w", segment, k, err)
			}
		}
	}
	return sums, nil
}

// gapless reports whether segments leave no gap.
func gapless(all []Segment, from, to Time) error {
	at := from
	for _, segment := range all {
		if segment.Start != at || segment.End <= at {
			return fmt.Errorf("at %d there is %+v", at, segment)
		}
		at = segment.End
	}
	if at != max(from, to) {
		return fmt.Errorf("they end at %d, want %d", at, to)
	}
	return nil
}
