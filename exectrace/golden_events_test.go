package exectrace_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/wiretest"
	"example.com/tracelab/internal/testbed/eventcmp"
)

// TestGoldenEvents reads the traces of Go 1.22 to 1.25 that Go's own decoder is tested
// with, as that decoder does. It refuses those that are wrong on purpose.
func TestGoldenEvents(t *testing.T) {
	files := wiretest.Golden(t, "testdata/tests/*.test")
	if len(files) == 0 {
		t.Skip("this installation of Go has no traces to test decoders with")
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			b, _, good := wiretest.GoldenTrace(t, name)
			f, err := exectrace.FromBytes(b)
			if err != nil {
				t.Fatal(err)
			}
			r, err := eventcmp.Compare(f, bytes.NewReader(b), eventcmp.Options{Every: 20})
			if err != nil || (r.Refused == nil) != good || good && len(r.Lost) > 0 {
				t.Errorf("%v, %v", r, err)
			}
			t.Log(r)
		})
	}
}
