package request

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/states"
	"example.com/tracelab/internal/why"
)

// page is a request, or a span of an execution trace.
type page struct {
	shell.Page
	Tabs      []execution.Tab // of the execution trace; nil: it is of a request
	Called    string          // the execution trace
	TraceID   string
	TracePath string // the page of the trace; empty: there is none
	Request   string // the page of the request; empty: it is this one, or there is none
	Sentences []string
	Execution labapi.Execution

	Begins string // when the first span began, on the wall clock
	Shown  string // how much of the time is shown
	Whole  bool   // it is all of it
	Moves  []move
	Ticks  []tick
	States []states.State
	Groups []*group

	Outside int // spans that are not in the time shown
	Left    int // spans that are too many
	Untimed int // spans that have no time
	Lost    int // parts of execution traces that could not be read
}

// Patterns are those of the states.
func (d *page) Patterns() []states.State { return states.Patterns(d.States) }

// group is what one process did.
type group struct {
	Service, Instance string
	Colour            string
	Link, Called      string // its execution trace; empty: there is none
	Missing           string // why none covers it
	Clock             string // how it was placed on the axis
	Spans             []*spanRow

	process int
	clocks  []why.Clock // of its spans whose callers are elsewhere
}

// Bounds of a page. What is beyond them is counted.
const (
	mostSpans    = 100
	mostLanes    = 12   // of a span
	mostSegments = 6000 // on a page
	mostDepth    = 8    // to which spans are indented
)

// drawing is a page that is being made.
type drawing struct {
	pages   *Pages
	words   shell.Words
	asked   asked
	opened  []process
	missing map[string]string // by service: why there is no execution trace
	work    *why.Work
	window  window
	exactly int // segments that a lane may have, to be drawn one by one
}

func newDrawing(p *Pages, words shell.Words, a asked, opened []process) *drawing {
	return &drawing{pages: p, words: words, asked: a, opened: opened, missing: map[string]string{}}
}

func (d *drawing) processes() (all []why.Process) {
	for _, o := range d.opened {
		all = append(all, o.Process)
	}
	return all
}

// page draws what was done.
func (d *drawing) page(r *http.Request, work *why.Work) *page {
	d.work, d.window = work, newWindow(d.asked, work.End-work.Start)
	out := &page{Page: d.pages.Shell.Page(r, "", "request.js"), TraceID: d.asked.trace.String(), Untimed: work.Untimed}
	out.Styles = []string{"execution.css", states.Sheet, "request.css"}
	if path := d.pages.SpanPath; path != nil {
		out.TracePath = path(d.asked.trace, work.Spans[work.Asked].ID)
	}
	out.Begins = time.Unix(0, work.Start).UTC().Format("2006-01-02 15:04:05.000000 UTC")
	out.Shown, out.Whole = d.words.T("%s shown, from %s to %s", display.Duration(time.Duration(d.window.to-d.window.from)), since(d.window.from), since(d.window.to)), d.window.all()
	var chosen *window
	if s := work.Spans[work.Asked]; d.asked.span.ID != 0 {
		chosen = &window{from: s.Start - work.Start, to: s.End - work.Start}
	}
	out.Moves, out.Ticks, out.States = d.window.moves(d.words, d.asked, chosen), d.window.ticks(), states.In(d.words)
	for _, o := range d.opened {
		if o.Trace != nil {
			out.Lost += len(o.Trace.Lost)
		}
	}
	out.Groups = d.groups(out)
	return out
}

// groups are the spans by process, in the order in which the tree comes to them.
func (d *drawing) groups(out *page) (all []*group) {
	picked := d.pick(out)
	var services []string
	for _, i := range picked {
		services = append(services, d.work.Spans[i].Service)
	}
	palette := draw.NewPalette(services)
	d.exactly = max(mostSegments/max(len(picked)*4, 1), 24)
	for _, i := range picked {
		s := d.work.Spans[i]
		g := find(all, s)
		if g == nil {
			g = &group{Service: display.Service(display.Text(s.Service, 100)), Colour: draw.Class(palette[s.Service]), process: s.Process}
			d.describe(g, s.Service)
			all = append(all, g)
		}
		if s.Clock.Elsewhere {
			g.clocks = append(g.clocks, s.Clock)
		}
		row := d.spanRow(i)
		row.service, row.Colour = s.Service, g.Colour
		g.Spans = append(g.Spans, row)
	}
	for _, g := range all {
		g.Clock = d.clockOf(g.clocks)
	}
	return all
}

// find is the group of a span; nil: there is none yet. Of spans without an execution trace it
// is that of their service.
func find(all []*group, s why.SpanWork) *group {
	for _, g := range all {
		if g.process == s.Process && (s.Process >= 0 || g.Spans[0].service == s.Service) {
			return g
		}
	}
	return nil
}

// describe says which execution trace a group has, or why it has none.
func (d *drawing) describe(g *group, service string) {
	reason := d.missing[strings.ToLower(service)]
	if g.process >= 0 {
		o := d.opened[g.process]
		g.Instance, g.Link, g.Called = display.Text(o.Instance, 100), executionPath(o.ID), display.Text(o.execution.Name, 100)
		if o.Service == "" { // of one execution trace alone nobody says it
			g.Service, g.Link = g.Called, ""
		}
		return
	}
	for _, o := range d.opened {
		if strings.EqualFold(o.Service, service) {
			reason = cmp.Or(o.Refused, reason)
		}
	}
	g.Missing = display.Text(cmp.Or(reason, d.words.T("its process has handed in none, or has no recorder")), longestText)
}

// pick chooses the spans that are drawn, in their order: all in the time shown or, where these
// are too many, the longest, and the one that is asked for.
func (d *drawing) pick(out *page) (picked []int) {
	for i, s := range d.work.Spans {
		if _, seen := d.window.box(s.Start-d.work.Start, s.End-d.work.Start); seen || d.chosen(i) {
			picked = append(picked, i)
		} else {
			out.Outside++
		}
	}
	if len(picked) <= mostSpans {
		return picked
	}
	out.Left = len(picked) - mostSpans
	length := func(i int) int64 {
		if d.chosen(i) {
			return d.work.End - d.work.Start + 1
		}
		s := d.work.Spans[i]
		return min(s.End-d.work.Start, d.window.to) - max(s.Start-d.work.Start, d.window.from)
	}
	slices.SortStableFunc(picked, func(a, b int) int { return -cmp.Compare(length(a), length(b)) })
	picked = picked[:mostSpans]
	slices.Sort(picked)
	return picked
}

// chosen reports whether a span is the one that the address names.
func (d *drawing) chosen(i int) bool { return d.asked.span.ID != 0 && i == d.work.Asked }
