package timeline

import (
	"strconv"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
)

// span is a time, in ns since the trace began, and in words.
type span struct {
	From, To                  int64
	Duration, FromSaid, Until string
}

func spanOf(x *executions.Execution, from, to exectrace.Time) span {
	s := span{From: since(x, from), To: since(x, to), Duration: display.Duration(to.Sub(from))}
	s.FromSaid, s.Until = moment(s.From), moment(s.To)
	return s
}

// moment writes a time since the trace began so that one nanosecond is told from the next.
func moment(ns int64) string {
	unit, name := 1e9, "s"
	switch {
	case ns < 1e6:
		unit, name = 1e3, "µs"
	case ns < 1e9:
		unit, name = 1e6, "ms"
	}
	return strconv.FormatFloat(float64(ns)/unit, 'f', -1, 64) + " " + name
}

// bytesOf writes a size with three digits.
func bytesOf(n uint64) string {
	const units = "kMGT"
	if n < 1000 {
		return strconv.FormatUint(n, 10) + " B"
	}
	v, unit := float64(n)/1000, 0
	for v >= 999.5 && unit < len(units)-1 {
		v, unit = v/1000, unit+1
	}
	digits := 2
	if v >= 9.995 {
		digits = 1
	}
	if v >= 99.95 {
		digits = 0
	}
	return strconv.FormatFloat(v, 'f', digits, 64) + " " + units[unit:unit+1] + "B"
}
