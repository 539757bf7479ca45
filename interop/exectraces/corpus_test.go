package exectraces

import (
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/tracelab/exectrace/wire"
)

// TestShapes compares what is read from traces of all shapes.
func TestShapes(t *testing.T) {
	needs(t, "gcc", "apt-get install gcc")
	p, program := target{}.program(t), target{}.same(t)
	shapes := slices.DeleteFunc(p.shapes(t), func(name string) bool { return strings.HasSuffix(name, "-long") && !*long })
	if len(shapes) < 40 {
		t.Errorf("there are %d shapes: %v", len(shapes), shapes)
	}
	types := map[wire.Type]int64{}
	for _, c := range []struct {
		name   string
		shapes []string
		env    []string
	}{
		{"as it comes", shapes, nil},
		{"16 processors", []string{"already-running", "start-stop", "gomaxprocs", "mutex-convoy", "syscalls-blocking", "gc", "cgo-callbacks", "flight"}, []string{"GOMAXPROCS=16"}},
		{"1 processor", []string{"already-running", "start-stop", "channels", "syscalls-blocking", "coroutines"}, []string{"GOMAXPROCS=1"}},
		{"experiment", []string{"start-stop", "channels", "tasks", "trees", "network", "finalizers"}, []string{"GODEBUG=traceallocfree=1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			traces := p.record(t, c.shapes, c.env...)
			count(t, types, traces)
			same(t, program, traces, false)
		})
	}
	for i := range wire.Type(255) {
		if known := !strings.HasPrefix(i.String(), "Invalid"); known && types[i] == 0 && i.String() != "GCSweepActive" { // which nobody can bring about
			t.Errorf("no trace has an event %s", i)
		}
	}
	t.Log(types)
}

// count counts the events of each type.
func count(t *testing.T, types map[wire.Type]int64, traces []string) {
	t.Helper()
	for _, path := range traces {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		w, err := wire.NewFile(f, info.Size())
		if err != nil {
			t.Fatal(err)
		}
		m, err := wire.Measure(w)
		if err != nil || m.Lost > 0 {
			t.Fatal(m.Losses, err)
		}
		for _, typ := range m.Types {
			types[typ.Type] += typ.Count
		}
	}
}
