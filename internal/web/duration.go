package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// formatDuration writes µs for people, to three digits: 431 µs, 1.23 ms,
// 45.6 s, 2 m 05 s. Negative values keep their sign.
func formatDuration(us int64) string {
	if us < 0 {
		// -MinInt64 overflows; one µs less is the same three digits.
		return "−" + formatDuration(-max(us, -1<<63+1))
	}
	switch {
	case us < 1000:
		return fmt.Sprintf("%d µs", us)
	case us < 999_500:
		return threeDigits(float64(us)/1e3) + " ms"
	case us < 59_950_000:
		return threeDigits(float64(us)/1e6) + " s"
	}
	s := us/1e6 + (us%1e6)/500_000 // rounded, and no overflow near the largest
	if s < 3600 {
		return fmt.Sprintf("%d m %02d s", s/60, s%60)
	}
	m := s/60 + s%60/30
	return fmt.Sprintf("%d h %02d m", m/60, m%60)
}

func threeDigits(v float64) string {
	switch {
	case v < 9.995:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v < 99.95:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

// roundDuration is formatDuration for round values: 2 ms, not 2.00 ms.
func roundDuration(us int64) string {
	number, unit, _ := strings.Cut(formatDuration(us), " ")
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return number + " " + unit
}

// formatOffset is formatDuration with a sign, for moments relative to another.
func formatOffset(us int64) string {
	if us < 0 {
		return formatDuration(us)
	}
	return "+" + formatDuration(us)
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
