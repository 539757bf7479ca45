package web

import (
	"math"
	"testing"
	"time"
)

func TestFormatDuration(t *testing.T) {
	for us, want := range map[int64]string{
		0: "0 µs", 1: "1 µs", 999: "999 µs", 1000: "1.00 ms", 1234: "1.23 ms", 9_994: "9.99 ms", 9_996: "10.0 ms",
		12_345: "12.3 ms", 99_960: "100 ms", 123_456: "123 ms", 999_499: "999 ms", 999_500: "1.00 s",
		1_500_000: "1.50 s", 59_949_999: "59.9 s", 59_950_000: "1 m 00 s", 125_000_000: "2 m 05 s",
		3_599_400_000: "59 m 59 s", 3_599_500_000: "1 h 00 m", 7_500_000_000: "2 h 05 m",
		-1_500: "−1.50 ms", math.MaxInt64: "2562047788 h 01 m", math.MinInt64: "−2562047788 h 01 m",
	} {
		if got := formatDuration(us); got != want {
			t.Errorf("%d µs: %q, want %q", us, got, want)
		}
	}
}

func TestRoundDuration(t *testing.T) {
	for us, want := range map[int64]string{
		0: "0 µs", 100: "100 µs", 2000: "2 ms", 2500: "2.5 ms", 10_000: "10 ms", 100_000: "100 ms",
		1_000_000: "1 s", 20_000_000: "20 s", 60_000_000: "1 m 00 s", -500_000: "−500 ms", -2000: "−2 ms",
	} {
		if got := roundDuration(us); got != want {
			t.Errorf("%d µs: %q, want %q", us, got, want)
		}
	}
}

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

func TestAgo(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for before, want := range map[time.Duration]string{
		-time.Minute: "in the future", 0: "just now", 5 * time.Second: "5 s ago", 119 * time.Second: "119 s ago",
		3 * time.Minute: "3 min ago", 5 * time.Hour: "5 h ago", 72 * time.Hour: "3 days ago",
	} {
		if got := ago(now, now.Add(-before)); got != want {
			t.Errorf("%v before: %q, want %q", before, got, want)
		}
	}
}
