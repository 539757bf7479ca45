package comparison

import (
	"net/url"
	"strconv"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/web/draw"
)

// aligned is a row of two traces: a span of both, or of one of them.
type aligned struct {
	*labapi.AlignedSpan
	Indent string // its class
	Colour string
	A, B   half
	X, W   string // of the change, from the middle
	Class  string // more, less, or neither
	Named  bool   // the headline is about its path
}

// half is one trace's part of a row.
type half struct {
	Is      bool
	X, W    string
	Time    string
	OnPath  string // its time on the critical path; empty: none
	Address string
}

// How many rows are shown: all of small traces, and of others those that changed, with
// their callers. Beyond deepest, rows are no further indented.
const (
	fewSpans  = 300
	mostSpans = 5000
	deepest   = 16

	longestDrawn = 1 << 61 // in µs: what begins as late as spans can has room for it
)

// Aligned are the rows of two traces.
func (a *answer) Aligned() (rows []aligned) {
	colours := draw.NewPalette(a.services())
	times, changes := a.scales()
	keep := a.kept()
	for i := range a.Spans {
		if s := &a.Spans[i]; keep[i] {
			rows = append(rows, a.align(s, draw.Class(colours[s.Service]), times, changes))
		}
	}
	return rows
}

// Unchanged is how many rows are not shown as they did not change, and Beyond how many as
// there are too many.
func (a *answer) Unchanged() int {
	if a.page.All {
		return 0
	}
	return len(a.Spans) - count(a.kept())
}

// Beyond is how many rows are not shown though all are asked for.
func (a *answer) Beyond() int {
	if !a.page.All {
		return 0
	}
	return max(0, len(a.Spans)-mostSpans)
}

func count(kept []bool) (n int) {
	for _, is := range kept {
		if is {
			n++
		}
	}
	return n
}

// kept says which rows are shown.
func (a *answer) kept() []bool {
	keep := make([]bool, len(a.Spans))
	shown, caller := 0, -1
	for i := len(a.Spans) - 1; i >= 0; i-- {
		s := &a.Spans[i]
		if len(a.Spans) <= fewSpans || a.page.All || s.Depth == caller || a.changed(s) {
			keep[i], caller = true, s.Depth-1
		}
	}
	for i := range keep {
		if shown == mostSpans {
			keep[i] = false
		}
		if keep[i] {
			shown++
		}
	}
	return keep
}

// changed reports whether a span is of one trace alone, or on the critical path by a
// hundredth of the whole change longer or shorter.
func (a *answer) changed(s *labapi.AlignedSpan) bool {
	return s.Depth == 0 || s.A == "" || s.B == "" || abs(s.DeltaUS) > max(abs(a.DeltaRootUS), 1)/leastBar
}

func (a *answer) services() (all []string) {
	for i := range a.Spans {
		all = append(all, a.Spans[i].Service)
	}
	return all
}

// scales are the axis of both traces, and that of the changes.
func (a *answer) scales() (times, changes scale) {
	longest, largest := max(a.A.MeanRootUS, a.B.MeanRootUS, 1), int64(1)
	for i := range a.Spans {
		largest = max(largest, abs(a.Spans[i].DeltaUS))
	}
	return scale{0, float64(longest)}, scale{-float64(largest), float64(largest)}
}

func (a *answer) align(s *labapi.AlignedSpan, colour string, times, changes scale) aligned {
	row := aligned{AlignedSpan: s, Indent: "d" + strconv.Itoa(min(s.Depth, deepest)), Colour: colour, Named: s.Path != "" && s.Path == a.Verdict.Path}
	x, y := a.traceIDs()
	row.A = newHalf(x, s.A, s.StartAUS, s.DurationAUS, s.OnPathAUS, times)
	row.B = newHalf(y, s.B, s.StartBUS, s.DurationBUS, s.OnPathBUS, times)
	row.X, row.W = changes.Bar(0, s.DeltaUS)
	switch {
	case s.DeltaUS > 0:
		row.Class = "more"
	case s.DeltaUS < 0:
		row.Class = "less"
	}
	return row
}

// traceIDs are those of both traces.
func (a *answer) traceIDs() (x, y string) {
	e := a.Examples()
	if len(e.A) > 0 {
		x = e.A[0].ID
	}
	if len(e.B) > 0 {
		y = e.B[0].ID
	}
	return x, y
}

func newHalf(trace, span string, start, took, onPath int64, axis scale) half {
	if span == "" {
		return half{}
	}
	h := half{Is: true, Time: display.Micros(took), Address: "/traces/" + url.PathEscape(trace) + "?span=" + url.QueryEscape(span)}
	h.X, h.W = axis.Bar(start, start+min(took, longestDrawn))
	if onPath > 0 {
		h.OnPath = display.Micros(onPath)
	}
	return h
}

// The words of a row.

func (r aligned) Name() string { return display.Cut(display.SpanName(r.Operation), maxName) }
func (r aligned) Of() string   { return display.Cut(display.Service(r.Service), maxName) }
func (r aligned) By() string   { return display.Signed(r.DeltaUS) }

// Ticks are those of the axis of both traces.
func (a *answer) Ticks() []tick {
	times, _ := a.scales()
	return times.Ticks()
}

// Largest is the length of half the axis of changes.
func (a *answer) Largest() string {
	_, changes := a.scales()
	return display.Micros(int64(changes.to))
}

// Root is the change of the whole.
func (a *answer) Root() string { return display.Signed(a.DeltaRootUS) }

// MeanA and MeanB are how long both took.
func (a *answer) MeanA() string { return display.Micros(a.A.MeanRootUS) }
func (a *answer) MeanB() string { return display.Micros(a.B.MeanRootUS) }
