// Package display is how things are said to people, on a terminal as on a page:
// durations, the states of goroutines, and text that comes from elsewhere.
package display

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration writes d with three significant digits: 431 ns, 12.3 µs, 1.23 ms,
// 45.6 s, 2 m 05 s. Negative values keep their sign.
func Duration(d time.Duration) string {
	if d < 0 {
		return "−" + Duration(-max(d, -math.MaxInt64)) // -MinInt64 overflows; one ns less is the same three digits
	}
	switch {
	case d == 0:
		return "0 s"
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d)
	case d < 999_500*time.Nanosecond:
		return threeDigits(float64(d)/1e3) + " µs"
	case d < 999_500*time.Microsecond:
		return threeDigits(float64(d)/1e6) + " ms"
	case d < 59_950*time.Millisecond:
		return threeDigits(d.Seconds()) + " s"
	}
	return minutes(int64(d/time.Second + d%time.Second/(time.Second/2))) // rounded, and no overflow near the largest
}

// Micros writes a duration that is known in whole microseconds, as those of
// spans are: as Duration does, but without digits that are not known: 12 µs.
func Micros(us int64) string {
	switch {
	case us < 0:
		return "−" + Micros(-max(us, -math.MaxInt64))
	case us < 1000:
		return fmt.Sprintf("%d µs", us)
	case us < math.MaxInt64/1000:
		return Duration(time.Duration(us) * time.Microsecond)
	}
	return minutes(us / 1e6)
}

// Signed is Micros of a change: +31.0 ms, −12 µs, 0 µs.
func Signed(us int64) string {
	if us > 0 {
		return "+" + Micros(us)
	}
	return Micros(us)
}

// Change is Duration of a change: +31.0 ms, −431 ns, 0 s.
func Change(d time.Duration) string {
	if d > 0 {
		return "+" + Duration(d)
	}
	return Duration(d)
}

func minutes(s int64) string {
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

// RoundMicros is Micros for round values, such as those of an axis: 2 ms, not
// 2.00 ms.
func RoundMicros(us int64) string {
	number, unit, _ := strings.Cut(Micros(us), " ")
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return number + " " + unit
}
