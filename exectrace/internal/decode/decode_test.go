package decode_test

import (
	"bytes"
	"io"
	"testing"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/internal/testbed/workload"
)

// TestEqualsGoTool reads traces of every kind as Go's decoder does.
func TestEqualsGoTool(t *testing.T) {
	traces, err := workload.RecordAll(2, workload.Kinds()...)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range traces {
		t.Run(name, func(t *testing.T) { compare(t, b) })
	}
}

func compare(t *testing.T, b []byte) {
	t.Helper()
	r, err := trace.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	d := decode.New(opened(t, b))
	d.AsGoTool = true
	n := 0
	var text []byte
	err = d.Run(true, func(tables *decode.Tables, events []decode.Event) bool {
		for i := range events {
			text = tables.Append(text[:0], &events[i])
			ev, err := r.ReadEvent()
			if err != nil {
				t.Errorf("event %d is\n%s\nand not\n%v", n, text, err)
				return false
			}
			if want := ev.String(); string(text) != want {
				t.Errorf("event %d is\n%s\nwant\n%s", n, text, want)
				return false
			}
			n++
		}
		return true
	}, func(l decode.Loss) bool {
		t.Errorf("after %d events: %+v", n, l)
		return false
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := r.ReadEvent(); err != io.EOF && !t.Failed() {
		t.Errorf("there are more than %d events: %v", n, err)
	}
}
