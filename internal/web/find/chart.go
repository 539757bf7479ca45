package find

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/zipkin"
)

// chart shows when the traces that were found began, and how long they took.
type chart struct {
	page     shell.Page
	search   *search
	From, To int64 // ms since the epoch: the left edge and the right
	scale          // of the durations, from the bottom up

	Points    []point // of few traces
	Cells     []cell  // of many
	Grid      []line
	Quantiles []line
	Times     []time.Time // of the vertical lines and the edges
}

// point is one trace.
type point struct {
	ID     zipkin.TraceID
	X, Y   string
	Failed bool
	Title  string
	start  int64
}

// line is a horizontal one. Its label is empty where there is no room for it.
type line struct {
	Y, Label string
	Below    bool // the label is below it, as there is no room above
}

// mostPoints is the number of traces from which a chart shows cells: more points than
// that cover each other.
const mostPoints = 1500

// newChart draws traces, of which there is at least one with a start; or else it is nil.
func newChart(p shell.Page, s *search, f *found, quantiles []quantile, sorted []int64) *chart {
	c := &chart{page: p, search: s}
	if !c.fit(f.all) {
		return nil
	}
	c.scale = newScale(sorted, s.Scale == linear)
	for _, v := range c.ticks() {
		c.Grid = append(c.Grid, line{Y: c.y(v), Label: display.RoundMicros(v)})
	}
	c.addQuantiles(quantiles)
	for i := range int64(5) {
		c.Times = append(c.Times, time.UnixMilli(c.From+(c.To-c.From)*i/4))
	}
	if len(f.all) > mostPoints {
		c.bin(f.all)
	} else {
		c.plot(f.few)
	}
	return c
}

// fit chooses the time of the chart: that of the traces, with some room.
func (c *chart) fit(all []mark) bool {
	first, last := int64(math.MaxInt64), int64(0)
	for i := range all {
		if start := all[i].start; start > 0 {
			first, last = min(first, start), max(last, start)
		}
	}
	if last == 0 {
		return false
	}
	first, last = first/1000, last/1000+1
	room := max((last-first)/50, (1000-(last-first))/2, 1)
	c.From, c.To = max(first-room, 1), last+room // no search begins at 0
	return true
}

// x is the position of a start in µs.
func (c *chart) x(start int64) string {
	return coordinate(float64(start-c.From*1000) / float64((c.To-c.From)*1000))
}

// coordinate writes a part of the width or the height.
func coordinate(part float64) string {
	return strconv.FormatFloat(min(max(part, 0), 1)*100, 'f', 2, 64) + "%"
}

// plot shows each trace, in the order of time, which is that of the arrow keys.
func (c *chart) plot(all []zipkin.Summary) {
	for i := range all {
		s := &all[i]
		if s.Start <= 0 {
			continue
		}
		c.Points = append(c.Points, point{ID: s.ID, X: c.x(s.Start), Y: c.y(s.Duration), Failed: s.Errors > 0, Title: c.title(s), start: s.Start})
	}
	slices.SortStableFunc(c.Points, func(a, b point) int { return cmp.Compare(a.start, b.start) })
}

func (c *chart) title(s *zipkin.Summary) string {
	const most = 80
	text := fmt.Sprintf("%s · %.*s: %.*s · %s UTC", display.Micros(s.Duration), most, display.Service(s.Service), most, display.SpanName(s.Name),
		time.UnixMicro(s.Start).UTC().Format("15:04:05.000"))
	switch {
	case s.Errors == 1:
		text += " · " + c.page.T("1 error")
	case s.Errors > 1:
		text += " · " + c.page.T("%d errors", s.Errors)
	}
	return text
}

// addQuantiles adds lines for the durations that most traces are not above. Labels that
// would cover each other are left out, those of the rarer first.
func (c *chart) addQuantiles(all []quantile) {
	const apart = .07
	var labelled []float64
	for _, i := range []int{0, 3, 2, 1} {
		if i >= len(all) {
			continue
		}
		q := all[i]
		at := c.part(q.US)
		l := line{Y: c.y(q.US), Below: at > 1-apart}
		if !slices.ContainsFunc(labelled, func(other float64) bool { return math.Abs(at-other) < apart }) {
			labelled = append(labelled, at)
			l.Label = q.Name + " " + display.Micros(q.US)
		}
		c.Quantiles = append(c.Quantiles, l)
	}
}

// LongDay reports whether the clock alone does not say when something was.
func (c *chart) LongDay() bool { return c.To-c.From > 20*time.Hour.Milliseconds() }

// Verticals are the positions of the vertical lines.
func (c *chart) Verticals() []string {
	return []string{draw.Percent(25), draw.Percent(50), draw.Percent(75)}
}
