package events_test

import (
	"bytes"
	"io"
	"testing"

	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/events"
	"example.com/tracelab/internal/testbed/workload"
)

// TestConvertedEventsSayTheSame as those of Go's decoder that they are made of, but for the
// clocks of a Sync: traces that need a conversion have none.
func TestConvertedEventsSayTheSame(t *testing.T) {
	for _, kind := range []string{"gc", "tasks", "syscall"} {
		t.Run(kind, func(t *testing.T) {
			b, err := workload.Record(kind, 1)
			if err != nil {
				t.Fatal(err)
			}
			r, err := trace.NewReader(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			var list []trace.Event
			for {
				ev, err := r.ReadEvent()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, ev)
			}
			tables, made := events.Convert(list)
			for i := range made {
				if list[i].Kind() == trace.EventSync {
					continue
				}
				if got, want := string(tables.Append(nil, &made[i])), list[i].String(); got != want {
					t.Fatalf("event %d of %d is\n%s\nwant\n%s", i, len(list), got, want)
				}
			}
		})
	}
}
