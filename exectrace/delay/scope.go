package delay

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/table"
)

type (
	window  = table.Window[exectrace.Time]
	windows = table.Windows[exectrace.Time]
)

// goroutineTimes are the times of goroutines that count.
type goroutineTimes map[int64]windows

// scope says of what goroutine which times count.
type scope struct {
	time      window
	goroutine int64          // zero: any
	only      goroutineTimes // nil: all
}

// restrict leaves what is in times too.
func (s *scope) restrict(times goroutineTimes) {
	if s.only == nil {
		s.only = times
		return
	}
	for id, ws := range s.only {
		s.only[id] = ws.Intersect(times[id])
	}
}

// has is false for goroutines of which nothing counts.
func (s *scope) has(id int64) bool {
	if s.goroutine != 0 && s.goroutine != id {
		return false
	}
	return s.only == nil || len(s.only[id]) > 0
}

// overlap is how much of a goroutine's time w counts.
func (s *scope) overlap(id int64, w window) time.Duration {
	w = w.Intersect(s.time)
	if s.only == nil {
		return w.Duration()
	}
	return s.only[id].Overlap(w)
}
