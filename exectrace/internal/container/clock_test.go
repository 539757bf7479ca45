package container

import (
	"testing"
	"time"
)

// TestClocks translates by the last clock before a moment: the wall clock was set
// back between the two.
func TestClocks(t *testing.T) {
	noon := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	c := Clocks{{Trace: 1000, Wall: noon}, {Trace: 5000, Wall: noon.Add(2000)}}
	for _, at := range []struct{ trace, wall int64 }{{0, -1000}, {1000, 0}, {4999, 3999}, {5000, 2000}, {9000, 6000}} {
		if got := c.Wall(at.trace); !got.Equal(noon.Add(time.Duration(at.wall))) {
			t.Errorf("at %d it is %v after noon, want %d ns", at.trace, got.Sub(noon), at.wall)
		}
	}
	for _, at := range []struct{ wall, trace int64 }{{-1000, 0}, {0, 1000}, {1999, 2999}, {2000, 5000}, {6000, 9000}} {
		if got, ok := c.Trace(noon.Add(time.Duration(at.wall))); !ok || got != at.trace {
			t.Errorf("%d ns after noon it is %d, %t, want %d", at.wall, got, ok, at.trace)
		}
	}
	if _, ok := Clocks(nil).Trace(noon); ok || !Clocks(nil).Wall(0).IsZero() {
		t.Error("without a clock it is known what time it was")
	}
}
