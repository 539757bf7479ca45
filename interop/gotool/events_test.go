package gotool

import (
	"bytes"
	"maps"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracelab/exectrace"
)

func TestParsed(t *testing.T) {
	wireTraces(t, func(t *testing.T, file string) {
		want := wireTool(t, "parsed", file)
		wireCounts(t, file, want)
		wireSame(t, wireOurs(t, "events", file), want)
	})
}

// TestParsedOld reads the traces that Go 1.11 to 1.21 are tested with. The tool
// puts events of one moment in another order each time, so they are counted.
func TestParsedOld(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(root)), "src/internal/trace/internal/tracev1/testdata/*_good"))
	if len(files) == 0 {
		t.Skip("this installation of Go has no traces of old formats")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { wireCounts(t, file, wireTool(t, "parsed", file)) })
	}
}

// wireCounts counts events by kind, those of the text and ours.
func wireCounts(t *testing.T, file string, text []byte) {
	t.Helper()
	f, err := exectrace.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ours, theirs := map[string]int{}, map[string]int{}
	for ev, err := range f.Events() {
		if err != nil {
			t.Fatal(err)
		}
		ours[ev.Kind()]++
	}
	for line := range bytes.Lines(text) {
		if bytes.HasPrefix(line, []byte("M=")) {
			theirs[string(bytes.Fields(line)[3])]++
		}
	}
	if !maps.Equal(ours, theirs) || len(ours) < 3 {
		t.Errorf("events are %v, want %v", ours, theirs)
	}
}
