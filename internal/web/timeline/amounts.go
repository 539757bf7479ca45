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
