package execution

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/stats"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/shell"
)

// goroutinePage is /exec/{id}/goroutine?id=17: what one goroutine did. Several can have a
// number, one after the other: then it is what all of them did.
type goroutinePage struct {
	page
	GoID      exectrace.GoID
	Of        int // goroutines with this number
	Func      name
	Born      string // since the trace began; empty: it is older than the trace
	Creator   goroutineLink
	CreatedAt stack
	Ended     string // since the trace began; empty: it did not end in the trace
	Lane      string // in the timeline
	Flame     string // its flame graph
	Cells     []cell
	Bar       bar
	Ranges    []inRange
	Stays     []stayRow
	MoreStays int
	Picked    picked[interval]
	Moments   []momentRow
	Doubtful  bool

	Served     []servedRow
	MoreServed int
}

// interval is a state of one of the goroutines.
type interval struct{ exectrace.Interval }

// stayRow is how long the goroutine was in a state, for a reason and at a place.
type stayRow struct {
	report.Stay
	Reason         string
	Total, Longest took
	At, Timeline   string
	stack
}

// momentRow is a state of the goroutine.
type momentRow struct {
	At, Timeline  string
	For           took
	State, Reason string
	By            goroutineLink
	Thread        exectrace.ThreadID
	stack
}

// mostStays is how many rows the table of states and places has.
const mostStays = 50

func (p *Pages) goroutine(v *visit) {
	a := readAsked(v.r, append([]string{"id"}, questions...)...)
	id := exectrace.GoID(a.number("id", 1, 0))
	data := goroutinePage{page: v.page(a, func(w shell.Words) string { return w.T("Goroutine %d", id) }), GoID: id}
	all := v.Trace.GoroutinesOf(id)
	switch {
	case id == 0 && a.Right():
		v.refuse(data.T("Which goroutine?"), data.T("Give its number as id, or choose one on the page of goroutines."))
		return
	case len(all) == 0 && a.Right():
		v.missing(data.T("The execution trace has no goroutine %d", id), data.T("The page of goroutines has those that there are."))
		return
	case len(all) > 0:
		data.fill(v, all)
	}
	v.show("exec_goroutine", a, &data)
}

func (d *goroutinePage) fill(v *visit, all []exectrace.Goroutine) {
	last := all[len(all)-1]
	function := report.Named(last.Name)
	d.Of, d.Func = len(all), newName(function, v.To("/goroutines", "func", function))
	d.CreatedAt = newStack(report.Places(v.Trace.CreatedAt(last)))
	if d.Creator = v.link(last.Creator); !last.Older {
		d.Born = report.Since(last.Created.Sub(v.Trace.Began))
	}
	var sum stats.Stats
	for _, g := range all {
		sum.Add(stats.Of(v.Trace, g))
		d.Doubtful = d.Doubtful || report.NewGoroutine(v.Trace, g).Doubtful
	}
	times := report.NewTimes(sum).Columns()
	d.Cells, d.Bar = cells(times), newBar(d.Words, times)
	end := v.Trace.End
	if last.Ended != 0 {
		end, d.Ended = last.Ended, report.Since(last.Ended.Sub(v.Trace.Began))
	}
	d.Lane = v.TimelineOf(d.GoID, all[0].Created.Sub(v.Trace.Began), end.Sub(v.Trace.Began))
	d.Flame = v.Flame("of", "g"+number(d.GoID))
	d.Ranges = inRanges(report.RangesOf(v.Trace, d.GoID))
	stays, more := report.Stays(v.Trace, all, mostStays)
	for _, s := range stays {
		d.Stays = append(d.Stays, stayRow{Stay: s, Reason: display.Text(report.Moment{State: s.State, Reason: s.Reason}.Because(), longestText), Total: newTook(s.Total), Longest: newTook(s.Longest),
			At: report.Since(s.At), Timeline: v.TimelineOf(d.GoID, s.At, s.At+s.Longest), stack: newStack(s.Stack)})
	}
	d.MoreStays = more
	d.spans(v)
	d.moments(v, all)
}

// moments are the states of a page, in their order.
func (d *goroutinePage) moments(v *visit, all []exectrace.Goroutine) {
	intervals := func(yield func(interval) bool) {
		for _, g := range all {
			for iv := range v.Trace.Intervals(g) {
				if !yield(interval{iv}) {
					return
				}
			}
		}
	}
	d.Picked = pick(d.Asked, intervals, false, func(iv interval) (int64, time.Duration, bool) {
		return int64(iv.Start), iv.End.Sub(iv.Start), true
	})
	for _, iv := range d.Picked.Rows {
		m := report.NewMoment(v.Trace, iv.Interval)
		row := momentRow{At: report.Since(m.At), Timeline: v.TimelineOf(d.GoID, m.At, m.At+m.Duration), For: newTook(m.Duration),
			State: m.State, By: v.link(m.By), Thread: m.Thread, stack: newStack(m.Stack)}
		if m.By == 0 {
			row.Reason = display.Text(m.Because(), longestText)
		}
		d.Moments = append(d.Moments, row)
	}
}
