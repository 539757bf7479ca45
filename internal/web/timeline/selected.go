package timeline

import (
	"net/http"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/states"
)

// mostSummed is how many goroutines are added up, beyond which a sum takes too long.
const mostSummed = 20_000

// selection is a part of the time summed up.
type selection struct {
	Segment    span
	Lane       string // its name; empty: none is selected
	Goroutines int    // that were there
	Uncounted  bool   // they are too many to be added up
	Processors int
	Rows       []sumRow
	Flame      string // the flame graph of the time
	LaneFlame  string // likewise of the lane
}

// sumRow is how long something was in a state.
type sumRow struct {
	State                          states.State
	Lane, Processors, Goroutines   string
	lane, processors, ofGoroutines time.Duration
}

// selected answers what happened in a part of the time: in one lane, on all processors and
// in all goroutines.
func (p *Pages) selected(w http.ResponseWriter, r *http.Request, x *executions.Execution) error {
	q := readQuery(r.URL.RawQuery, "from", "to", "lane")
	from, to := q.window(beginning(x), lasting(x))
	lane, given := q.lane("lane")
	if given && !listingOf(x, lane.by()).has(lane.ID) {
		q.fail("lane", "the trace has no such lane: leave it out")
	}
	if q.err != nil {
		return q.err
	}
	began, width := timeOf(x, from), time.Duration(to-from)
	s := &selection{Segment: spanOf(x, began, began.Add(width)), Processors: len(x.Lanes.Processors())}
	flame := &flameQuery{x: x, ID: x.ID, From: from, To: to}
	s.Flame = flame.with()
	var ofLane lanes.Sums
	if given {
		if lane.Kind != lanes.Task {
			s.LaneFlame = flame.with("of", lane.String())
		}
		s.Lane, ofLane = labelOf(x, lane), x.Lanes.Columns(lane.Lane, began, width, 1)[0]
	}
	s.rows(p.Shell.Words(r), ofLane, sumOf(x, x.Lanes.Processors(), began, width), s.ofGoroutines(x, began, width))
	p.Shell.Fragment(w, r, http.StatusOK, "timeline", "selected", s)
	return nil
}

func sumOf(x *executions.Execution, all []lanes.Lane, from exectrace.Time, width time.Duration) (sum lanes.Sums) {
	for _, one := range all {
		for state, took := range x.Lanes.Columns(one, from, width, 1)[0] {
			sum[state] += took
		}
	}
	return sum
}

// ofGoroutines adds up all goroutines that were there.
func (s *selection) ofGoroutines(x *executions.Execution, from exectrace.Time, width time.Duration) lanes.Sums {
	var there []lanes.Lane
	begin := since(x, from)
	list := listingOf(x, "goroutine")
	for _, g := range list.lanes {
		if g.From < begin+int64(width) && g.To > begin {
			there = append(there, lanes.Lane{Kind: lanes.Goroutine, ID: g.ID})
		}
	}
	s.Goroutines = len(there)
	if s.Uncounted = len(there) > mostSummed || list.all > len(list.lanes); s.Uncounted {
		return lanes.Sums{}
	}
	return sumOf(x, there, from, width)
}

func (s *selection) rows(w shell.Words, lane, processors, goroutines lanes.Sums) {
	for _, n := range append(states.Order[:len(states.Order)-1:len(states.Order)-1], int(lanes.Absent)) {
		row := sumRow{State: states.New(w, n), lane: lane[n], processors: processors[n], ofGoroutines: goroutines[n]}
		if n == int(lanes.Absent) {
			row.ofGoroutines = 0 // a goroutine that is not there is not idle
		}
		if row.lane+row.processors+row.ofGoroutines == 0 {
			continue
		}
		row.Lane, row.Processors, row.Goroutines = took(row.lane), took(row.processors), took(row.ofGoroutines)
		s.Rows = append(s.Rows, row)
	}
}

func took(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return display.Duration(d)
}
