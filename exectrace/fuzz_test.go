package exectrace

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"golang.org/x/exp/trace"
)

// addTraces gives a fuzzer small traces of all formats to begin with.
func addTraces(f *testing.F) {
	f.Add(record(f, "idle", 1))
	for _, b := range goldenDamage(f) {
		f.Add(b)
	}
	for _, name := range golden(f, "testdata/tests/*.test") {
		if b, _, _ := goldenTrace(f, name); len(b) < 20_000 {
			f.Add(b)
		}
	}
}

// asker asks an event all that it may be asked.
type asker struct{ events int }

func (a *asker) Event(ev *trace.Event) {
	if a.events++; a.events < 1000 {
		_ = ev.String()
	}
}

func (a *asker) Gap() {}

// FuzzFile reads bytes as a trace: no panic, and what is lost is told once.
func FuzzFile(f *testing.F) {
	addTraces(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := FromBytes(b)
		if err != nil {
			return
		}
		found, _ := file.Generations()
		at := int64(headerSize)
		for _, g := range found {
			if g.Offset < at || g.Size <= 0 || g.Batches == 0 {
				t.Fatalf("generations %+v", found)
			}
			at = g.Offset + g.Size
		}
		if at > max(headerSize, int64(len(b))) {
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
		lost, err := file.Each(&a)
		at = headerSize
		for _, l := range lost {
			if l.Offset < at || l.Size < 0 || l.Err == nil {
				t.Fatalf("lost are %+v", lost)
			}
			at = l.end()
		}
		if at > max(headerSize, int64(len(b))) || err == nil && a.events == 0 {
			t.Fatalf("of %d bytes %d events are read and lost are %+v", len(b), a.events, lost)
		}
	})
}

// FuzzWire reads bytes as events: each byte is of one, or lost. What is read is
// the same when it is written again, and what is anonymized is not damaged.
func FuzzWire(f *testing.F) {
	addTraces(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := FromBytes(b)
		if err != nil || file.minor < generations {
			return
		}
		at := int64(headerSize)
		for ev, err := range file.Wire() {
			if err != nil {
				l := err.(Loss)
				if l.Offset != at || l.Size <= 0 {
					t.Fatalf("at byte %d: %v", at, err)
				}
				at = l.end()
				continue
			}
			if ev.Offset != at || ev.Size < ev.needed() {
				t.Fatalf("at byte %d: %+v", at, ev)
			}
			at += ev.Size
			check(t, file, ev)
		}
		if at != int64(len(b)) {
			t.Fatalf("%d bytes of %d are told of", at, len(b))
		}
		var out bytes.Buffer
		if _, err := file.Anonymize(&out); err != nil {
			t.Fatal(err)
		}
		disassemble(t, out.Bytes()) // which fails if there is damage
	})
}

// FuzzExplain reads bytes as a trace of tasks: whatever it says, what each is
// explained by tiles it, and so does what is behind.
func FuzzExplain(f *testing.F) {
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
		if _, err := explainAll(x, 300); err != nil {
			t.Fatal(err)
		}
	})
}

// explainAll explains so many tasks, asks all that can be asked about the tiles,
// and returns how much time of complete tasks there is, by states.
func explainAll(x *Trace, most int) (map[TileState]time.Duration, error) {
	sums := map[TileState]time.Duration{}
	for k := range x.Tasks() {
		if most--; most < 0 {
			break
		}
		x.SpanOf(k.ID)
		x.RootTask(k.ID)
		all := x.Explain(k)
		if err := tiled(all, k.Start, k.End); err != nil {
			return nil, fmt.Errorf("task %+v: %w", k, err)
		}
		for _, tile := range all {
			x.TileStack(tile)
			if k.Begun && k.Ended {
				sums[tile.State] += tile.End.Sub(tile.Start)
			}
			if tile.Holder == 0 {
				continue
			}
			if err := tiled(x.Behind(tile), tile.Start, tile.End); err != nil {
				return nil, fmt.Errorf("behind %+v of task %+v: %w", tile, k, err)
			}
		}
	}
	return sums, nil
}

// tiled tells whether tiles leave no gap.
func tiled(all []Tile, from, to Time) error {
	at := from
	for _, tile := range all {
		if tile.Start != at || tile.End <= at {
			return fmt.Errorf("at %d there is %+v", at, tile)
		}
		at = tile.End
	}
	if at != max(from, to) {
		return fmt.Errorf("they end at %d, want %d", at, to)
	}
	return nil
}

func check(t *testing.T, file *File, ev *WireEvent) {
	for _, name := range ev.Type.Args() {
		ev.Text(name)
		ev.Stack(name)
	}
	// The size of a header in text is that of a batch.
	switch ev.Type {
	case eventBatch, experimentalBatch, endOfGeneration:
		return
	}
	text := ev.String()
	event, err := assemble("Trace Go1.22\n" + text)
	if err != nil {
		t.Fatal(err)
	}
	again := wireReader{f: file}
	n, err := again.decode(event[headerSize:])
	if err != nil || n != len(event)-headerSize || again.ev.String() != text || int64(n) != ev.needed() {
		t.Fatalf("%s is written as %q, which is %s, %v", text, event[headerSize:], again.ev.String(), err)
	}
}
