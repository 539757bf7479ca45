package timeline

import (
	"net/http"
	"net/url"
	"strconv"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/states"
)

// mostFrames is how many frames of a stack are shown.
const mostFrames = 50

// place is what is at a moment of a lane.
type place struct {
	Lane, Label          string
	State                states.State
	Segment              span
	Reason               string
	Goroutine, Creator   *who
	Processor, Thread    *who
	Woken, Ended         *wake
	Stack, CreatedAt     []exectrace.Frame
	Cut                  int // frames of Stack that are not shown
	Values               counters.Values
	Allocated, Goal      string
	Regions, Logs, Tasks []mark
	Task                 *taskPlace // whose lane it is
	Spans                []served

	segment lanes.Segment
}

// who is a goroutine, a processor, a thread or a task, with the address of its lane.
type who struct {
	Lane, Name, Address string
	ID                  string
}

// wake is the end of a wait: when, by whom, and the lanes between which it is drawn.
type wake struct {
	By       who
	Caused   bool // by a goroutine
	At       int64
	From, To string // ids of lanes of the kind that is shown
	Row      int    // of From in the list; -1: it is not there
}

// at answers what is at a moment of a lane: the panel beside the lanes.
func (p *Pages) at(w http.ResponseWriter, r *http.Request, x *executions.Execution) error {
	q := readQuery(r.URL.RawQuery, "lane", "t")
	lane, given := q.lane("lane")
	if !given {
		q.fail("lane", "give the id of a lane, "+examples)
	}
	t := q.number("t", 0, lasting(x), 0)
	if q.err != nil {
		return q.err
	}
	list := listingOf(x, lane.by())
	if !list.has(lane.ID) {
		return wrong("lane=" + lane.String() + ": the trace has no such " + lane.by() + ": find another.")
	}
	at := timeOf(x, min(t, lasting(x)-1))
	found := placeAt(x, lane, at)
	if lane.Kind == lanes.Task {
		found.task(x, exectrace.TaskID(lane.ID))
	}
	found.spans(x, p.SpanPath)
	found.State.Word = states.Word(p.Shell.Words(r), found.State.N)
	p.Shell.Fragment(w, r, http.StatusOK, "timeline", "place", found)
	return nil
}

func placeAt(x *executions.Execution, lane id, at exectrace.Time) *place {
	s := segmentAt(x, lane.Lane, at)
	out := &place{
		Lane: lane.String(), Label: labelOf(x, lane), State: states.State{N: int(s.State)}, Segment: spanOf(x, s.From, s.To), Reason: display.Text(s.Reason, longestName),
		Values: x.Lanes.Counters(at, 1, 1)[0], segment: s,
	}
	out.Allocated, out.Goal = report.Sized(out.Values.Heap.Allocated), report.Sized(out.Values.Heap.Goal)
	if proc := processorOf(x, s); proc >= 0 && lane.Kind != lanes.Processor {
		out.Processor = whoIs(x, id{Lane: lanes.Lane{Kind: lanes.Processor, ID: proc}}, s.From)
	}
	if s.Thread >= 0 && lane.Kind != lanes.Thread {
		out.Thread = whoIs(x, id{Lane: lanes.Lane{Kind: lanes.Thread, ID: int64(s.Thread)}}, s.From)
	}
	if g, ok := x.Lanes.Trace.Goroutine(s.Goroutine); ok {
		out.goroutine(x, lane, g, s)
	}
	return out
}

// goroutine adds what is known of the goroutine of a segment.
func (out *place) goroutine(x *executions.Execution, lane id, g exectrace.Goroutine, s lanes.Segment) {
	out.Goroutine = whoIs(x, goroutineID(int64(g.ID)), s.From)
	if g.Creator != 0 {
		out.Creator = whoIs(x, goroutineID(int64(g.Creator)), g.Created)
		out.CreatedAt, _ = cutStack(x.Lanes.Trace.CreatedAt(g))
	}
	before, now, after := around(x, g, s.From)
	out.Stack, out.Cut = cutStack(stackOf(x, s, now))
	switch {
	case now.State == exectrace.StateRunnable:
		out.Woken = wakeOf(x, lane, now)
	case now.State == exectrace.StateRunning && before.State == exectrace.StateRunnable:
		out.Woken = wakeOf(x, lane, before)
	case now.State == exectrace.StateWaiting && after.State == exectrace.StateRunnable:
		out.Ended = wakeOf(x, lane, after)
	}
	out.marks(x, g.ID, s)
}

// around are the interval of a goroutine at a moment, and those beside it.
func around(x *executions.Execution, g exectrace.Goroutine, at exectrace.Time) (before, now, after exectrace.Interval) {
	for iv := range x.Lanes.Trace.IntervalsFrom(g, at-1) {
		switch {
		case iv.End <= at:
			before = iv
		case iv.Start <= at:
			now = iv
		default:
			return before, now, iv
		}
	}
	return before, now, after
}

// stackOf is where a goroutine was: where it stopped or began to wait, or, while it ran, as
// far as is known from before and after.
func stackOf(x *executions.Execution, s lanes.Segment, now exectrace.Interval) []exectrace.Frame {
	switch now.State {
	case exectrace.StateRunning, exectrace.StateRunnable:
		return x.Lanes.Trace.SegmentStack(exectrace.Segment{Start: s.From, End: s.To, State: exectrace.SegmentRunning, Goroutine: s.Goroutine})
	}
	return x.Lanes.Trace.Stack(now)
}

func cutStack(frames []exectrace.Frame) (shown []exectrace.Frame, cut int) {
	shown = frames[:min(mostFrames, len(frames))]
	for i, f := range shown {
		shown[i].Func, shown[i].File = display.Text(f.Func, longestName), display.Text(f.File, longestName)
	}
	return shown, len(frames) - len(shown)
}

// wakeOf is what made a goroutine ready, as its runnable interval says. It is drawn between
// lanes of the kind of lane.
func wakeOf(x *executions.Execution, lane id, iv exectrace.Interval) *wake {
	w := &wake{At: since(x, iv.Start), To: lane.String(), Row: -1}
	if iv.By == 0 {
		return w
	}
	w.Caused, w.By = true, *whoIs(x, goroutineID(int64(iv.By)), iv.Start)
	by := segmentAt(x, lanes.Lane{Kind: lanes.Goroutine, ID: int64(iv.By)}, iv.Start)
	from, there := goroutineID(int64(iv.By)), true
	switch lane.Kind {
	case lanes.Processor:
		proc := processorOf(x, by)
		from, there = id{Lane: lanes.Lane{Kind: lanes.Processor, ID: proc}}, proc >= 0
	case lanes.Thread:
		from, there = id{Lane: lanes.Lane{Kind: lanes.Thread, ID: int64(by.Thread)}}, by.Thread >= 0
	case lanes.Task: // a goroutine may be in several, or in none
		return w
	}
	if i := listingOf(x, lane.by()).place(from.ID); there && i >= 0 {
		w.From, w.Row = from.String(), i
	}
	return w
}

// whoIs names a lane, and leads to a moment of it.
func whoIs(x *executions.Execution, lane id, at exectrace.Time) *who {
	w := &who{Lane: lane.String(), ID: lane.number(), Address: placeAddress(x.ID, lane, since(x, at))}
	switch lane.Kind {
	case lanes.Goroutine:
		g, _ := x.Lanes.Trace.Goroutine(exectrace.GoID(lane.ID))
		w.Name = display.Text(g.Name, longestName)
	case lanes.Task:
		k, _ := x.Lanes.Trace.Task(exectrace.TaskID(lane.ID))
		w.Name = display.Text(k.Name, longestName)
	}
	return w
}

// placeAddress is that of a moment of a lane. The page keeps the time that it shows.
func placeAddress(execution string, lane id, at int64) string {
	v := url.Values{"by": {lane.by()}, "lane": {lane.String()}, "selected": {strconv.FormatInt(at, 10)}}
	return Path(execution) + "?" + v.Encode()
}

func labelOf(x *executions.Execution, l id) string {
	list := listingOf(x, l.by())
	if i := list.place(l.ID); i >= 0 {
		return display.Text(list.at(i).label(), longestName)
	}
	return lane{id: l}.label()
}
