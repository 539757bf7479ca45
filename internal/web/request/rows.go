package request

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/why"
	"example.com/tracelab/internal/zipkin"
)

// spanRow is a span, and below it the lanes of its goroutines.
type spanRow struct {
	ID, Name  string
	Anchor    string // of its place on the page
	Depth     int
	Link      string // its page in the trace; empty: there is none
	Zoom      string // the address of this page with the span chosen, and its time shown
	Chosen    bool
	Took, At  string
	Colour    string
	Bar       *box // nil: it is not in the time shown
	Unended   bool
	Unsure    bool // its place in the time is not sure
	Uncovered bool // no execution trace has it
	Lanes     []*lane
	MoreLanes int
	Waits     []wait
	MoreWaits int

	service string
}

// wait is a wait of the span, and the lanes of those that it waited for.
type wait struct {
	N          int // among the waits of the span, from 1
	Took, At   string
	State      string
	Where      string
	Holders    []*lane
	MoreHolder int
}

// served is a request that a goroutine served.
type served struct {
	TraceID, Operation string
	Link, Request      string // the span in its trace, and its goroutines; empty: there is no such page
	Inferred           bool
}

func (d *drawing) spanRow(i int) *spanRow {
	s := d.work.Spans[i]
	from, to := s.Start-d.work.Start, s.End-d.work.Start
	row := &spanRow{ID: s.ID.String(), Name: display.SpanName(display.Text(s.Name, 200)), Depth: min(s.Depth, mostDepth), Chosen: d.chosen(i), Anchor: "span-" + s.ID.String(),
		Took: display.Duration(time.Duration(to - from)), At: since(from), Unended: !s.Ended, Unsure: s.Clock.Elsewhere && s.Clock.Compared && !s.Clock.Sure, Uncovered: s.Process < 0}
	if slices.ContainsFunc(d.work.Spans[:i], func(o why.SpanWork) bool { return o.ID == s.ID }) { // client and server may share it
		row.Anchor += "-" + strconv.Itoa(i)
	}
	if d.pages.SpanPath != nil {
		row.Link = d.pages.SpanPath(d.asked.trace, s.ID)
	}
	at := zipkin.SpanAt{ID: s.ID}
	if row.Anchor != "span-"+row.ID || d.asked.span.Timestamp != 0 {
		at.Timestamp = max(s.Start/1000, 1)
	}
	room := max((to-from)/20, shortest)
	if begin, end := d.window.within(from-room, to+room); begin == 0 && end == d.window.whole {
		row.Zoom = d.asked.with(at, 0, 0)
	} else {
		row.Zoom = d.asked.with(at, begin, end)
	}
	if b, ok := d.window.box(from, to); ok {
		row.Bar = &b
		d.lanes(row, i)
	}
	return row
}

// lanes adds the goroutines of a span, and those that it waited for.
func (d *drawing) lanes(row *spanRow, i int) {
	s := d.work.Spans[i]
	g := d.work.Goroutines(i)
	if g.Trace == nil {
		return
	}
	x := d.opened[s.Process].execution
	workers := foremost(&g)
	row.MoreLanes = len(g.Workers) - len(workers)
	for _, w := range workers {
		l := d.lane(x, &g, w.Goroutine, max(w.From, g.Time(s.Start)), min(w.To, g.Time(s.End)))
		if l == nil {
			continue
		}
		l.Role = d.role(w.Role)
		l.count(d, &g)
		row.Lanes = append(row.Lanes, l)
	}
	for n, held := range g.Waits {
		if w, ok := d.wait(s, &g, held, n+1); ok {
			row.Waits = append(row.Waits, w)
		}
	}
	row.MoreWaits = g.More
}

// foremost are the workers that are drawn, in their order: where they are too many, first its
// own and those that the explanation goes by.
func foremost(g *why.Goroutines) []exectrace.Worker {
	if len(g.Workers) <= mostLanes {
		return g.Workers
	}
	counts := map[exectrace.GoID]bool{}
	for _, s := range g.Segments {
		counts[s.Goroutine] = true
	}
	rank := func(w exectrace.Worker) int {
		switch {
		case w.Role == exectrace.WorkerOwn:
			return 0
		case counts[w.Goroutine]:
			return 1
		}
		return 2
	}
	kept := slices.Clone(g.Workers)
	slices.SortStableFunc(kept, func(a, b exectrace.Worker) int { return cmp.Compare(rank(a), rank(b)) })
	kept = kept[:mostLanes]
	slices.SortStableFunc(kept, func(a, b exectrace.Worker) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.From, b.From))
	})
	return kept
}

func (d *drawing) role(r exectrace.WorkerRole) string {
	switch r {
	case exectrace.WorkerOwn:
		return d.words.T("its own")
	case exectrace.WorkerStarted:
		return d.words.T("started for it")
	}
	return d.words.T("worked for it")
}

// wait draws those that a span waited for. It reports false if the wait is not in the time
// shown.
func (d *drawing) wait(s why.SpanWork, g *why.Goroutines, held why.Held, n int) (wait, bool) {
	from, to := g.Axis(held.Segment.Start)-d.work.Start, g.Axis(held.Segment.End)-d.work.Start
	if _, ok := d.window.box(from, to); !ok {
		return wait{}, false
	}
	w := wait{N: n, Took: display.Duration(time.Duration(to - from)), At: since(from), State: display.State(held.Segment.State.String()), MoreHolder: held.More}
	if len(held.Stack) > 0 {
		w.Where = display.Text(held.Stack[0], 200)
		if own := why.Place(held.Stack); own != held.Stack[0] {
			w.Where += " ← " + display.Text(own, 200)
		}
	}
	x := d.opened[s.Process].execution
	for i, h := range held.Holders {
		l := d.lane(x, g, h.Goroutine, held.Segment.Start, held.Segment.End)
		if l == nil {
			continue
		}
		l.Role = d.words.T("ended the wait")
		if i > 0 || h.Goroutine != held.Segment.WokenBy {
			l.Role = d.words.T("was waited for, too")
		}
		l.Did = d.words.T("For %s of this time it %s", display.Duration(time.Duration(h.Took)), display.State(h.State))
		if len(h.Stack) > 0 {
			l.Where = display.Text(why.Place(h.Stack), 200)
		}
		l.Holder, l.MoreServed = true, h.MoreServed
		l.Marks = d.mark(g, held.Segment, n)
		for _, one := range h.Served {
			l.Served = append(l.Served, d.served(one))
		}
		w.Holders = append(w.Holders, l)
	}
	return w, true
}

func (d *drawing) served(s why.Served) served {
	out := served{TraceID: s.TraceID.String(), Operation: display.SpanName(display.Text(s.Operation, 200)), Inferred: s.Inferred}
	if d.pages.SpanPath != nil {
		out.Link = d.pages.SpanPath(s.TraceID, s.SpanID)
	}
	if d.pages.cfg.Explainer != nil {
		out.Request = PathOf(s.TraceID, zipkin.SpanAt{ID: s.SpanID})
	}
	return out
}

// timelineOf is the lane of a goroutine in the timeline of its execution trace, in a time.
func timelineOf(execution string, began exectrace.Time, id exectrace.GoID, from, to exectrace.Time) string {
	return fmt.Sprintf("%s/timeline?by=goroutine&from=%d&lane=g%d&to=%d", executionPath(execution), max(from.Sub(began), 0), id, max(to.Sub(began), 1))
}
