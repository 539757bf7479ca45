package timeline

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/executions"
)

// mostLanes bounds how many lanes there are to scroll through: beyond it browsers cannot
// place them.
const mostLanes = 500_000

// lane is one that there is to draw.
type lane struct {
	id
	Name     string // the function of a goroutine
	From, To int64  // when it was there, in ns since the trace began
}

// listing has the lanes of one kind, in their order.
type listing struct {
	lanes []lane
	index map[int64]int // by the number of the lane
	all   int           // with those that are too many
}

// listingOf makes the list once for an execution.
func listingOf(x *executions.Execution, by string) *listing {
	l, _ := executions.Keep(x, "timeline lanes by "+by, func() (*listing, error) { return newListing(x, by), nil })
	return l
}

func newListing(x *executions.Execution, by string) *listing {
	l, lasts := &listing{index: map[int64]int{}}, lasting(x)
	switch by {
	case "goroutine":
		for g := range x.Lanes.Trace.Goroutines() {
			l.add(lane{id: goroutineID(int64(g.ID)), Name: g.Name, From: since(x, g.Created), To: endOf(x, g)})
		}
	case "thread":
		l.addAll(x.Lanes.Threads(), lasts)
	default:
		l.addAll(x.Lanes.Processors(), lasts)
	}
	return l
}

func (l *listing) addAll(all []lanes.Lane, lasts int64) {
	for _, one := range all {
		l.add(lane{id: id{Lane: one}, To: lasts})
	}
}

// add adds a lane. Goroutines that have the same number, one after the other, have one.
func (l *listing) add(next lane) {
	if i, there := l.index[next.ID]; there {
		l.lanes[i].From, l.lanes[i].To = min(l.lanes[i].From, next.From), max(l.lanes[i].To, next.To)
		return
	}
	if l.all++; len(l.lanes) == mostLanes {
		return
	}
	l.index[next.ID] = len(l.lanes)
	l.lanes = append(l.lanes, next)
}

// has reports whether there is such a lane, also one that is not listed.
func (l *listing) has(n int64) bool {
	_, ok := l.index[n]
	return ok || l.all > len(l.lanes)
}

// matcher reports whether a lane is what a text looks for: a number, or a part of the name
// of a function.
func matcher(text string) func(lane) bool {
	if number, err := strconv.ParseInt(text, 10, 64); err == nil {
		return func(l lane) bool { return l.ID == number }
	}
	lower, known := strings.ToLower(text), map[string]bool{} // names are fewer than lanes
	return func(l lane) bool {
		found, ok := known[l.Name]
		if !ok {
			found = strings.Contains(strings.ToLower(l.Name), lower)
			known[l.Name] = found
		}
		return found
	}
}

// label is what a lane is called in a sentence.
func (l lane) label() string {
	if l.Name == "" {
		return fmt.Sprintf("%s %d", l.by(), l.ID)
	}
	return fmt.Sprintf("%s %d %s", l.by(), l.ID, l.Name)
}

// since is a moment in ns since the trace began.
func since(x *executions.Execution, at exectrace.Time) int64 { return int64(at - x.Lanes.Trace.Began) }

// timeOf is the inverse of since.
func timeOf(x *executions.Execution, ns int64) exectrace.Time {
	return x.Lanes.Trace.Began + exectrace.Time(ns)
}

// beginning is when the first event is: later than the trace began if only a part of its
// time is shown.
func beginning(x *executions.Execution) int64 { return max(since(x, x.Lanes.Trace.Start), 0) }

// lasting is until when the trace lasts, in ns since it began.
func lasting(x *executions.Execution) int64 { return max(since(x, x.Lanes.Trace.End), 1) }

func endOf(x *executions.Execution, g exectrace.Goroutine) int64 {
	if g.Ended == 0 {
		return lasting(x)
	}
	return since(x, g.Ended)
}
