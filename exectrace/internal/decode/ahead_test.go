package decode_test

import (
	"bytes"
	"testing"

	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/internal/testbed/workload"
)

// TestRunAhead reads the same on two cores as on one, to the end or until it is told to
// stop.
func TestRunAhead(t *testing.T) {
	for _, kind := range []string{"http", "tasks"} {
		b, err := workload.Record(kind, 4)
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, b[len(b)/2:]...) // there is damage, too
		for _, most := range []int{1 << 30, 1, 5000} {
			one, two := printed(t, b, most, false), printed(t, b, most, true)
			if !bytes.Equal(one, two) || len(one) < 100 {
				t.Errorf("%s: the first %d events have %d bytes of text on one core, %d on two", kind, most, len(one), len(two))
			}
		}
	}
}

// printed is the text of so many events, and of losses.
func printed(t *testing.T, b []byte, most int, ahead bool) (text []byte) {
	t.Helper()
	d := decode.New(opened(t, b))
	n := 0
	sink := func(tables *decode.Tables, events []decode.Event) bool {
		for i := range events {
			if n++; n > most {
				return false
			}
			text = append(tables.Append(text, &events[i]), '\n')
		}
		return true
	}
	lost := func(l decode.Loss) bool {
		text = append(text, l.Err.Error()...)
		return true
	}
	run := d.RunAhead
	if !ahead {
		run = func(sink func(*decode.Tables, []decode.Event) bool, lost func(decode.Loss) bool) error {
			return d.Run(true, sink, lost)
		}
	}
	if err := run(sink, lost); err != nil {
		t.Fatal(err)
	}
	return text
}
