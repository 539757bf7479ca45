package draw

import (
	"testing"
	"time"
)

func TestAgo(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for before, want := range map[time.Duration]string{
		-time.Minute: "in the future", 0: "just now", 5 * time.Second: "5 s ago", 119 * time.Second: "119 s ago",
		3 * time.Minute: "3 min ago", 5 * time.Hour: "5 h ago", 72 * time.Hour: "3 days ago",
	} {
		if got := Ago(now, now.Add(-before)); got != want {
			t.Errorf("%v before: %q, want %q", before, got, want)
		}
	}
}
