package find

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for typed, want := range map[string]time.Duration{
		"100ms": 100 * time.Millisecond, "1.5s": 1500 * time.Millisecond, "250us": 250 * time.Microsecond,
		"250µs": 250 * time.Microsecond, "1500": 1500 * time.Microsecond, " 1.5 s ": 1500 * time.Millisecond,
		"1m30s": 90 * time.Second, "1500ns": time.Microsecond,
	} {
		if got, err := parseDuration(typed); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "abc", "0", "-5ms", "10ns", "1.5", "100 parsecs", "99999999999999999999", "NaN", "1e3"} {
		if got, err := parseDuration(typed); err == nil {
			t.Errorf("%q was read as %v", typed, got)
		}
	}
}
