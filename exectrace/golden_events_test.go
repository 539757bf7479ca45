package exectrace_test

import (
	"bytes"
	"fmt"
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
			m, err := eventcmp.Times(f)
			if err != nil && good {
				t.Errorf("%v, %v", m, err)
			}
			t.Log(r, m)
		})
	}
}

// TestSweepGoesOn reads a trace that begins within a sweep, which goes on in the next
// generation: no program can be made to record that.
func TestSweepGoesOn(t *testing.T) {
	const inIt = "ProcStatus dt=1 p=0 pstatus=1\nGCSweepActive dt=1 p=0\nGoStatus dt=1 g=1 m=0 gstatus=2\n"
	b := generation(t, 1, inIt)
	b = append(b, generation(t, 2, inIt+"GCSweepEnd dt=1 swept_value=5 reclaimed_value=3\nGCSweepBegin dt=2 stack=0\n")[16:]...)
	f, err := exectrace.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	r, err := eventcmp.Compare(f, bytes.NewReader(b), eventcmp.Options{Every: 1})
	if err != nil || r.Refused != nil || r.Kinds["RangeActive"] != 2 || r.Kinds["RangeEnd"] != 1 || r.Kinds["RangeBegin"] != 1 {
		t.Errorf("%v, %v, %v", r.Kinds, r, err)
	}
	if m, err := eventcmp.Times(f); err != nil || m.Earlier > 0 {
		t.Errorf("%v, %v", m, err)
	}
}

// generation is a trace of one generation, in which one thread has these events.
func generation(t *testing.T, number int, events string) []byte {
	t.Helper()
	text := "Trace Go1.22\n"
	for thread, events := range []string{events, "Frequency freq=15625000"} {
		body, err := wiretest.Assemble("Trace Go1.22\n" + events)
		if err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf("EventBatch gen=%d m=%d time=%d size=%d\n%s\n", number, thread, 100*number, len(body)-16, events)
	}
	b, err := wiretest.Assemble(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
