package gotool

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/internal/testbed"
	"example.com/tracelab/internal/testbed/workload"
)

// wireTool is what go tool trace -d=mode prints of a trace.
func wireTool(t testing.TB, mode, file string) []byte {
	t.Helper()
	cmd := exec.Command(toolPath(t), "-d="+mode, file)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go tool trace -d=%s: %v: %s", mode, err, said.Bytes())
	}
	return out
}

// wireOurs is what tracelab exec prints.
func wireOurs(t testing.TB, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(tracelab(t), append([]string{"exec"}, args...)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tracelab exec %q: %v: %s", args, err, said.Bytes())
	}
	return out
}

// wireSame tells where two texts begin to differ.
func wireSame(t testing.TB, got, want []byte) {
	t.Helper()
	ours, theirs := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(ours), len(theirs)) {
		if !bytes.Equal(ours[i], theirs[i]) {
			t.Fatalf("line %d is\n%s\nwant\n%s", i+1, ours[i], theirs[i])
		}
	}
	if len(ours) != len(theirs) {
		t.Fatalf("%d lines, want %d", len(ours), len(theirs))
	}
}

// wireTraces hands do a trace of every kind.
func wireTraces(t *testing.T, do func(t *testing.T, file string)) {
	kinds := map[string]func(t *testing.T) []byte{
		"flight recorder": wireSnapshot,
		"CPU samples":     wireSamples,
		"experiment":      wireExperiment,
	}
	for _, kind := range workload.Kinds() {
		kinds[kind] = func(t *testing.T) []byte { return wireRecord(t, kind, 2) }
	}
	for kind, record := range kinds {
		t.Run(kind, func(t *testing.T) { do(t, wireFile(t, kind, record)) })
	}
}

// wireFile is the trace of a kind, which is recorded for the first test that asks.
func wireFile(t *testing.T, kind string, record func(t *testing.T) []byte) string {
	t.Helper()
	file := filepath.Join(scratch, kind+".out")
	if _, err := os.Stat(file); err == nil {
		return file
	}
	if err := os.WriteFile(file, record(t), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func wireRecord(t *testing.T, kind string, size int) []byte {
	t.Helper()
	b, err := workload.Record(kind, size)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wireSnapshot is of several generations.
func wireSnapshot(t *testing.T) []byte {
	var b bytes.Buffer
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: time.Hour})
	if err := recorder.Start(); err != nil {
		t.Fatal(err)
	}
	defer recorder.Stop()
	for range 5 {
		b.Reset()
		wireRecord(t, "tasks", 1)
		if _, err := recorder.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// wireSamples has samples of a CPU profile in it.
func wireSamples(t *testing.T) []byte {
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		t.Fatal(err)
	}
	defer pprof.StopCPUProfile()
	for {
		if b := wireRecord(t, "gc", 5); wireHas(t, b, "CPUSample ") {
			return b
		}
	}
}

// wireExperiment is of a process that traces allocations too.
func wireExperiment(t *testing.T) []byte {
	file := filepath.Join(t.TempDir(), "experiment.out")
	for tries := 1; ; tries++ {
		cmd := exec.Command(os.Args[0], "-test.run=^TestWireChild$")
		cmd.Env = append(os.Environ(), "GODEBUG=traceallocfree=1", "WIRE_CHILD="+file)
		out, err := cmd.CombinedOutput()
		if err == nil {
			break
		}
		if tries == 5 || !testbed.EndedByExperiment(out) {
			t.Fatalf("%v: %s", err, out)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !wireHas(t, b, "HeapObjectAlloc ") || !wireHas(t, b, "ExperimentalBatch ") {
		t.Fatal("there is no experiment in the trace")
	}
	return b
}

// TestWireChild is the process of wireExperiment.
func TestWireChild(t *testing.T) {
	file := os.Getenv("WIRE_CHILD")
	if file == "" {
		t.Skip("it is run by other tests")
	}
	if err := os.WriteFile(file, wireRecord(t, "network", 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

// wireHas tells whether the trace has events that begin so.
func wireHas(t *testing.T, b []byte, begin string) bool {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trace.out")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(wireOurs(t, "events", "--wire", file), []byte("\n"+begin))
}

func TestWire(t *testing.T) {
	wireTraces(t, func(t *testing.T, file string) {
		wireSame(t, wireOurs(t, "events", "--wire", file), wireTool(t, "wire", file))
	})
}

// wireRow is a row of the table of bytes by type.
type wireRow struct{ bytes, bytesPercent, count, countPercent string }

// wireRows reads a table. Types that there are no events of are left out.
func wireRows(table []byte) map[string]wireRow {
	rows := map[string]wireRow{}
	for line := range strings.Lines(string(table)) {
		words := strings.Fields(strings.ReplaceAll(line, "%", ""))
		if len(words) == 5 && words[3] != "0" && words[0] != "-" && words[0] != "all" {
			rows[words[0]] = wireRow{words[1], words[2], words[3], words[4]}
		}
	}
	return rows
}

func TestFootprint(t *testing.T) {
	wireTraces(t, func(t *testing.T, file string) {
		text, _, _ := bytes.Cut(wireOurs(t, "footprint", file), []byte("\n\n"))
		ours, theirs := wireRows(text), wireRows(wireTool(t, "footprint", file))
		if len(ours) != len(theirs) || len(ours) < 10 {
			t.Errorf("%d types, want %d", len(ours), len(theirs))
		}
		for name, want := range theirs {
			if got := ours[name]; got != want {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
	})
}
