package request

import (
	"strings"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/states"
	"example.com/tracelab/internal/why"
)

// lane is what a goroutine did in a part of the time.
type lane struct {
	Goroutine  exectrace.GoID
	Func       string
	Role       string // why it is here
	Timeline   string // the lane in the timeline of its execution trace
	Said       string // what it did, in words
	Segments   []segment
	Shares     []states.Area // where it has too many segments: the shares of its states
	Place      box           // of Shares
	Counted    []box         // where it is what the explanation says of the span
	Marks      []mark        // waits of the span
	Holder     bool
	Did, Where string // of a holder: what it did most of the time
	Served     []served
	MoreServed int
}

// Count is how many segments are drawn.
func (l *lane) Count() int { return len(l.Segments) }

// segment is a state of a goroutine.
type segment struct {
	box
	State int
	Title string
}

// mark is a wait that is explained below the lanes.
type mark struct {
	box
	N int
}

// lane draws a goroutine from one moment to another; nil: that is not in the time shown.
func (d *drawing) lane(x *executions.Execution, g *why.Goroutines, id exectrace.GoID, from, to exectrace.Time) *lane {
	from, to = max(from, g.Time(d.work.Start+d.window.from)), min(to, g.Time(d.work.Start+d.window.to))
	if from >= to {
		return nil
	}
	l := &lane{Goroutine: id}
	if known, ok := x.Trace.Goroutine(id); ok {
		l.Func = display.Text(shortName(known.Name), 200)
	}
	l.Timeline = timelineOf(x.ID, x.Trace.Began, id, from, to)
	one := lanes.Lane{Kind: lanes.Goroutine, ID: int64(id)}
	l.Said = states.Said(d.words, x.Lanes.Columns(one, from, to.Sub(from), 1)[0], to.Sub(from))
	list, all := x.Lanes.Segments(one, from, to, d.exactly)
	if !all {
		width := to.Sub(from)/states.Columns + 1
		l.Shares = states.OfShares(states.Shares(x.Lanes.Columns(one, from, width, states.Columns), width))
		l.Place, _ = d.boxOf(g, from, to)
		return l
	}
	stacks := stacksOf(x.Trace, id, from, to)
	for _, s := range list {
		b, ok := d.boxOf(g, max(s.From, from), min(s.To, to))
		if !ok || s.State == lanes.Absent {
			continue
		}
		l.Segments = append(l.Segments, segment{b, int(s.State), d.title(g, s, stacks[s.From])})
	}
	return l
}

// boxOf is where a time of an execution trace is drawn.
func (d *drawing) boxOf(g *why.Goroutines, from, to exectrace.Time) (box, bool) {
	return d.window.box(g.Axis(from)-d.work.Start, g.Axis(to)-d.work.Start)
}

// title says what a segment is.
func (d *drawing) title(g *why.Goroutines, s lanes.Segment, where string) string {
	text := d.words.T("%s, %s from %s", states.Word(d.words, int(s.State)), display.Duration(s.To.Sub(s.From)), since(g.Axis(s.From)-d.work.Start))
	if s.Reason != "" {
		text += " (" + display.Text(s.Reason, 100) + ")"
	}
	if where != "" {
		text += ": " + where
	}
	return text
}

// stacksOf are the places at which a goroutine began to wait, by when it did.
func stacksOf(t *exectrace.Trace, id exectrace.GoID, from, to exectrace.Time) map[exectrace.Time]string {
	places := map[exectrace.Time]string{}
	for _, g := range t.GoroutinesOf(id) {
		for iv := range t.IntervalsFrom(g, from) {
			if iv.Start >= to {
				break
			}
			if iv.State != exectrace.StateWaiting && iv.State != exectrace.StateSyscall {
				continue
			}
			if p, ok := report.Innermost(report.Places(t.Stack(iv))); ok {
				places[iv.Start] = display.Text(p.As(shortName(p.Func)), 200)
			}
		}
	}
	return places
}

// count marks where the lane is what the explanation says of the span, and its waits.
func (l *lane) count(d *drawing, g *why.Goroutines) {
	for _, p := range d.periods(g, l.Goroutine) {
		if b, ok := d.boxOf(g, p.from, p.to); ok {
			l.Counted = append(l.Counted, b)
		}
	}
	for n, held := range g.Waits {
		if held.Segment.Goroutine == l.Goroutine {
			l.Marks = append(l.Marks, d.mark(g, held.Segment, n+1)...)
		}
	}
}

type period struct{ from, to exectrace.Time }

// periods are the times in which a goroutine has segments of the span, as many at most as a
// lane may have. Those that a reader could hardly tell apart are one.
func (d *drawing) periods(g *why.Goroutines, id exectrace.GoID) []period {
	var all []period
	for _, s := range g.Segments {
		if s.Goroutine == id {
			all = append(all, period{s.Start, s.End})
		}
	}
	gap := exectrace.Time((d.window.to - d.window.from) / 1000)
	for ; ; gap = 2*gap + 1 {
		if all = joined(all, gap); len(all) <= d.exactly {
			return all
		}
	}
}

// joined joins periods that have no more than a gap between them.
func joined(all []period, gap exectrace.Time) []period {
	kept := all[:0]
	for _, p := range all {
		if n := len(kept); n > 0 && p.from-kept[n-1].to <= gap {
			kept[n-1].to = p.to
			continue
		}
		kept = append(kept, p)
	}
	return kept
}

// mark is that of a wait, if it is in the time shown.
func (d *drawing) mark(g *why.Goroutines, s exectrace.Segment, n int) []mark {
	if b, ok := d.boxOf(g, s.Start, s.End); ok {
		return []mark{{b, n}}
	}
	return nil
}

// shortName is the name of a function without the path of its package.
func shortName(function string) string { return function[strings.LastIndexByte(function, '/')+1:] }
