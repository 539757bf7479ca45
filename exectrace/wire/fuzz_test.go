package wire_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"example.com/tracelab/exectrace/internal/wiretest"
	"example.com/tracelab/exectrace/wire"
)

const headerSize = 16

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

// FuzzWire reads bytes as events: each byte is of one, or lost. What is read is
// the same when it is written again, and what is anonymized is not damaged.
func FuzzWire(f *testing.F) {
	addTraces(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := wire.NewFile(bytes.NewReader(b), int64(len(b)))
		if err != nil || file.Types() == nil {
			return
		}
		at := int64(headerSize)
		for ev, err := range file.Events() {
			if err != nil {
				l := err.(wire.Loss)
				if l.Offset != at || l.Size <= 0 {
					t.Fatalf("at byte %d: %v", at, err)
				}
				at = l.Offset + l.Size
				continue
			}
			if ev.Offset != at || ev.Size <= 0 {
				t.Fatalf("at byte %d: %+v", at, ev)
			}
			at += ev.Size
			check(t, ev)
		}
		if at != int64(len(b)) {
			t.Fatalf("%d bytes of %d are accounted for", at, len(b))
		}
		var out bytes.Buffer
		if _, err := wire.Anonymize(&out, file); err != nil {
			t.Fatal(err)
		}
		wiretest.Disassemble(t, out.Bytes()) // which fails if there is damage
	})
}

// check writes the event anew, in a batch of its own, and reads that.
func check(t *testing.T, ev *wire.Event) {
	for _, name := range ev.Type.Args() {
		ev.Text(name)
		ev.Stack(name)
	}
	// The size of a header in text is that of a batch.
	switch ev.Type.String() {
	case "EventBatch", "ExperimentalBatch", "EndOfGeneration":
		return
	}
	text := ev.String()
	event, err := wiretest.Assemble("Trace Go1.26\n" + text)
	if err != nil {
		t.Fatal(err)
	}
	size := len(event) - headerSize
	around, err := wiretest.Assemble(fmt.Sprintf("Trace Go1.26\nEventBatch gen=1 m=1 time=1 size=%d\n%s\nEndOfGeneration", size, text))
	if err != nil {
		t.Fatal(err)
	}
	again := wiretest.Disassemble(t, around)
	if !strings.Contains(again, "\n"+text+"\n") || int64(size) > ev.Size {
		t.Fatalf("%s is written as %q, which is %s", text, event[headerSize:], again)
	}
}
