package find

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

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
