package timeline

import (
	"slices"
	"strconv"
	"strings"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
)

// mostLanes bounds how many lanes there are to scroll through: beyond it browsers cannot
// place them.
const mostLanes = 500_000

// lane is one that there is to draw.
type lane struct {
	id
	Name string // the function of a goroutine; the name of a task
}

// listing has the lanes of one kind, in their order. There may be many: it has no more of a
// goroutine than what is asked of all.
type listing struct {
	x     *executions.Execution
	kind  lanes.Kind
	lanes []listedLane
	all   int // with those that are too many

	depths []uint8 // of tasks: how deep in their tree
}

// listedLane is a lane of a listing.
type listedLane struct {
	ID       int64
	From, To int64 // when it was there, in ns since the trace began
}

// listingOf makes the list once for an execution.
func listingOf(x *executions.Execution, by string) *listing {
	l, _ := executions.Keep(x, "timeline lanes by "+by, func() (*listing, error) { return newListing(x, by), nil })
	return l
}

func newListing(x *executions.Execution, by string) *listing {
	switch by {
	case "goroutine":
		l := &listing{x: x, kind: lanes.Goroutine, lanes: make([]listedLane, 0, min(x.Summary.Goroutines.Seen, mostLanes))}
		for g, until := range x.Trace.Numbers() {
			if l.all++; len(l.lanes) < mostLanes {
				l.lanes = append(l.lanes, listedLane{int64(g.ID), since(x, g.Created), max(since(x, until), 1)})
			}
		}
		return l
	case "task":
		return newTaskListing(x)
	case "thread":
		return (&listing{x: x, kind: lanes.Thread}).addAll(x.Lanes.Threads())
	default:
		return (&listing{x: x, kind: lanes.Processor}).addAll(x.Lanes.Processors())
	}
}

func (l *listing) addAll(all []lanes.Lane) *listing {
	for _, one := range all {
		l.lanes = append(l.lanes, listedLane{one.ID, 0, lasting(l.x)})
	}
	l.all = len(l.lanes)
	return l
}

// at describes the lane at a place in the list.
func (l *listing) at(i int) lane {
	one := lane{id: id{Lane: lanes.Lane{Kind: l.kind, ID: l.lanes[i].ID}}}
	switch l.kind {
	case lanes.Goroutine:
		g, _ := l.x.Trace.Goroutine(exectrace.GoID(one.ID))
		one.Name = g.Name
	case lanes.Task:
		k, _ := l.x.Trace.Task(exectrace.TaskID(one.ID))
		one.Name = k.Name
	}
	return one
}

// place is where in the list a lane is; -1: it is not listed.
func (l *listing) place(n int64) int {
	return slices.IndexFunc(l.lanes, func(one listedLane) bool { return one.ID == n })
}

// has reports whether there is such a lane, also one that is not listed.
func (l *listing) has(n int64) bool {
	switch l.kind {
	case lanes.Goroutine:
		_, ok := l.x.Trace.Goroutine(exectrace.GoID(n))
		return ok
	case lanes.Task:
		_, ok := l.x.Trace.Task(exectrace.TaskID(n))
		return ok && n != 0
	}
	return l.place(n) >= 0
}

// matcher reports whether a lane is what a text looks for: a number, or a part of the name
// of a function or a task.
func matcher(text string) func(lane) bool {
	if _, err := strconv.ParseUint(text, 10, 64); err == nil {
		return func(l lane) bool { return l.number() == text }
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

// short is its name as it stands beside it. That of a task may be the path of an address.
func (l lane) short() string {
	if l.Kind == lanes.Task {
		return display.Text(l.Name, longestName)
	}
	return shortName(l.Name)
}

// label is what a lane is called in a sentence.
func (l lane) label() string {
	if l.Name == "" {
		return l.by() + " " + l.number()
	}
	return l.by() + " " + l.number() + " " + l.Name
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
