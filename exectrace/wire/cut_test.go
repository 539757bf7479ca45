package wire_test

import (
	"bytes"
	"testing"

	"example.com/tracelab/exectrace/wire"
	"example.com/tracelab/internal/testbed/workload"
)

// TestCut cuts a trace to each of its generations: the part has the events of that
// one, at the offsets that they have in the whole.
func TestCut(t *testing.T) {
	b, err := workload.Generations()
	if err != nil {
		t.Fatal(err)
	}
	f, err := wire.NewFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	begins := map[uint64]int64{}
	of := map[uint64][]int64{}
	for ev, err := range f.Events() {
		if err != nil {
			t.Fatal(err)
		}
		if begins[ev.Generation] == 0 {
			begins[ev.Generation] = ev.Time
		}
		of[ev.Generation] = append(of[ev.Generation], ev.Offset)
	}
	for number, begin := range begins {
		got := 0
		for ev, err := range f.Cut(begin, begin).Events() {
			if err != nil {
				t.Fatal(err)
			}
			if ev.Generation == number {
				if got >= len(of[number]) || ev.Offset != of[number][got] {
					t.Fatalf("event %d of generation %d is at byte %d", got, number, ev.Offset)
				}
				got++
			}
		}
		if want := len(of[number]); got != want || want == 0 {
			t.Errorf("%d events of generation %d, want %d", got, number, want)
		}
		first := false
		for ev := range f.Cut(begin, begin).Events() {
			first = ev.Offset == of[number][0]
			break
		}
		if !first {
			t.Errorf("the part of generation %d begins with another", number)
		}
	}
}
