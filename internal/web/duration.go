package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
)

// formatOffset is display.Micros with a sign, for moments relative to another.
func formatOffset(us int64) string {
	if us < 0 {
		return display.Micros(us)
	}
	return "+" + display.Micros(us)
}

// parseDuration reads what people type: 100ms, 1.5 s, 250us, or a bare number
// of microseconds, as Zipkin's API takes it. The errors are sentences for the page.
func parseDuration(typed string) (time.Duration, error) {
	s := strings.ReplaceAll(strings.TrimSpace(typed), " ", "")
	if _, err := strconv.ParseUint(s, 10, 64); err == nil {
		s += "us"
	}
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is not a duration: write 100ms, 1.5s or 250us, or a number of microseconds", typed)
	case d < time.Microsecond:
		return 0, fmt.Errorf("%q is too short: spans are timed in microseconds, so ask for 1us or more", typed)
	}
	return d.Truncate(time.Microsecond), nil
}

// ago says how long before now t was, roughly.
func ago(now, t time.Time) string {
	d := now.Sub(t)
	switch {
	case d < -time.Second:
		return "in the future"
	case d < 2*time.Second:
		return "just now"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}

// rfc3339 writes µs since the epoch in UTC, to the µs.
func rfc3339(us int64) string {
	return time.UnixMicro(us).UTC().Format("2006-01-02T15:04:05.000000Z07:00")
}
