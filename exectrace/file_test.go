package exectrace

import (
	"bytes"
	"io"
	"iter"
	"slices"
	"testing"
	"testing/iotest"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/wire"
	"example.com/tracelab/internal/testbed/workload"
)

func record(t testing.TB, kind string, size int) []byte {
	t.Helper()
	b, err := workload.Record(kind, size)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// asWritten are the events of f as package wire reads them.
func asWritten(t testing.TB, f *File) iter.Seq2[*wire.Event, error] {
	t.Helper()
	w, err := wire.NewFile(f, f.Size())
	if err != nil {
		t.Fatal(err)
	}
	return w.Events()
}

// counter counts events.
type counter struct{ events, gaps int }

func (c *counter) Event(*decode.Tables, *decode.Event) { c.events++ }
func (c *counter) Gap()                                { c.gaps++ }

func TestEachReadsAll(t *testing.T) {
	for _, kind := range workload.Kinds() {
		t.Run(kind, func(t *testing.T) {
			b := record(t, kind, 1)
			f, err := FromBytes(b)
			if err != nil {
				t.Fatal(err)
			}
			var c counter
			lost, err := f.each(&c)
			if err != nil || len(lost) > 0 || c.gaps > 0 {
				t.Fatal(lost, err)
			}
			found, err := f.Generations()
			if err != nil || len(found) == 0 || found[len(found)-1].Cut || found[0].Clock == nil {
				t.Errorf("%+v, %v", found, err)
			}
			var out bytes.Buffer
			if n, err := f.WriteTo(&out); err != nil || n != f.Size() || !bytes.Equal(out.Bytes(), b) {
				t.Errorf("written are %d bytes of %d: %v", n, len(b), err)
			}
			t.Logf("%d bytes, %d events, %d generations", len(b), c.events, len(found))
		})
	}
}

// TestCutAnywhere cuts traces at every fiftieth of their length: the events before the cut
// are read, of batches that are cut as well, and it is said that the trace is cut.
func TestCutAnywhere(t *testing.T) {
	for _, kind := range []string{"idle", "tasks", "http"} {
		b := record(t, kind, 3)
		f, err := FromBytes(b)
		if err != nil {
			t.Fatal(err)
		}
		ends := written(t, f)
		for i := 1; i < 50; i++ {
			cut := b[:len(b)*i/50]
			events, lost := readCut(t, cut)
			if written, _ := slices.BinarySearch(ends, int64(len(cut))); events < written*9/10-100 {
				t.Errorf("%s: of %d bytes %d events are read, and %d were written: %v", kind, len(cut), events, written, lost)
			}
			if len(lost) == 0 {
				t.Errorf("%s: of %d bytes nothing is said to be lost", kind, len(cut))
			}
		}
	}
}

func readCut(t *testing.T, b []byte) (events int, lost []Loss) {
	t.Helper()
	f, err := FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	var c counter
	lost, err = f.each(&c)
	if err != nil && len(b) > 1000 {
		t.Errorf("%d bytes: %v", len(b), err)
	}
	return c.events, lost
}

// written returns where each event of a trace ends.
func written(t *testing.T, f *File) (ends []int64) {
	t.Helper()
	for ev, err := range asWritten(t, f) {
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(notEvents, ev.Type.String()) {
			ends = append(ends, ev.Offset+ev.Size)
		}
	}
	return ends
}

// notEvents are what a trace has beside events.
var notEvents = []string{"EventBatch", "ExperimentalBatch", "Stacks", "Stack", "Strings", "String", "CPUSamples", "Frequency", "Sync", "ClockSnapshot", "EndOfGeneration"}

// TestReadAt reads a trace and a part of it as the io.ReaderAt that a File is.
func TestReadAt(t *testing.T) {
	b, err := workload.Generations()
	if err != nil {
		t.Fatal(err)
	}
	whole, err := FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	found, err := whole.Generations()
	if err != nil {
		t.Fatal(err)
	}
	part, err := whole.Cut(found[2].Start, found[2].Start)
	if err != nil {
		t.Fatal(err)
	}
	third := b[found[2].Offset : found[2].Offset+found[2].Size]
	for f, want := range map[*File][]byte{whole: b, part: slices.Concat(b[:container.HeaderSize], third)} {
		if err := iotest.TestReader(io.NewSectionReader(f, 0, f.Size()), want); err != nil {
			t.Error(err)
		}
	}
	if _, err := part.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("a byte is read before the first one")
	}
}
