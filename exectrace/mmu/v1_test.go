package mmu_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/exectrace/mmu"
)

// TestBeforeGo122 reads traces of Go 1.11 to 1.21, which say how many processors there
// are in an event that x/exp's decoder does not hand over. Without a collection the
// program had all of them.
func TestBeforeGo122(t *testing.T) {
	names, _ := filepath.Glob(filepath.Join(runtime.GOROOT(), "src/internal/trace/internal/tracev1/testdata/*_good"))
	if len(names) == 0 {
		t.Skip("this installation of Go has no such traces")
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := exectrace.FromBytes(b)
		if err != nil {
			t.Fatal(err)
		}
		s, _, err := counters.Summarize(f)
		if err != nil || len(s.Procs) == 0 || s.Procs[0].At != 0 {
			t.Errorf("%s: processors %+v, %v", filepath.Base(name), s.Procs, err)
		}
		curve, _, err := mmu.Of(f, mmu.Options{})
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(name), err)
			continue
		}
		if least := curve.MMU(time.Millisecond); least != 1 && strings.Contains(name, "user_task") || least < 0 || least > 1 {
			t.Errorf("%s: at 1 ms it is %v", filepath.Base(name), least)
		}
	}
}
