package draw

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
)

// Thinnest is the least width of a bar in percent, because SVG does not draw a width of 0.
const Thinnest = 0.001

// Percent is a position or a length in SVG, fine enough for a bar that is shown 5,000
// times larger.
func Percent(p float64) string {
	s := strconv.FormatFloat(p, 'f', 5, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") + "%"
}

// Offset is display.Micros with a sign, for moments relative to another.
func Offset(us int64) string {
	if us < 0 {
		return display.Micros(us)
	}
	return "+" + display.Micros(us)
}

// RFC3339 writes µs since the epoch in UTC, to the µs.
func RFC3339(us int64) string {
	return time.UnixMicro(us).UTC().Format("2006-01-02T15:04:05.000000Z07:00")
}

// Ago says how long before now t was, roughly.
func Ago(now, t time.Time) string {
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
