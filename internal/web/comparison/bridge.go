package comparison

import (
	"fmt"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// How much of a bridge is drawn; the table below it has more.
const (
	maxBars  = 12
	leastBar = 100 // a 100th of the largest change
)

// chart is a bridge, drawn: from the mean of A over one bar for each change to that of B.
// Each bar begins where the one before ended.
type chart struct {
	scale
	Bars []bar
}

// bar is a row of a chart.
type bar struct {
	path
	Class     string // mean, more or less; and sure, chance or untested
	X, W      string
	Joint     string // where the bar before ended
	End       string // where this one does
	Low, High string // 95 % sure between; empty: not known
	Between   string // as its length
	Value     string
	Note      string // how sure, or how many
	Named     bool   // the headline is about it
}

// Chart draws the bridge.
func (a *answer) Chart() chart {
	shown := a.drawn()
	c := chart{scale: a.axis(shown)}
	at := a.A.MeanRootUS
	c.Bars = append(c.Bars, a.mean(c.scale, "A", a.A))
	for i := range a.Bridge[:shown] {
		c.Bars = append(c.Bars, a.bar(c.scale, &a.Bridge[i], at))
		at += a.Bridge[i].DeltaUS
	}
	if rest := len(a.Bridge) - shown; rest > 0 {
		row := labapi.Change{DeltaUS: sum(a.Bridge[shown:])}
		b := a.bar(c.scale, &row, at)
		b.path = path{Name: a.page.T("%d more call paths", rest)}
		c.Bars = append(c.Bars, b)
		at += row.DeltaUS
	}
	last := a.mean(c.scale, "B", a.B)
	last.Joint = c.X(at)
	c.Bars = append(c.Bars, last)
	return c
}

// drawn is how many changes have a bar.
func (a *answer) drawn() (n int) {
	var largest int64
	for i := range a.Bridge {
		largest = max(largest, abs(a.Bridge[i].DeltaUS))
	}
	for n < min(len(a.Bridge), maxBars) && (n == 0 || abs(a.Bridge[n].DeltaUS) > largest/leastBar) {
		n++
	}
	return n
}

// axis has room for all that is drawn.
func (a *answer) axis(shown int) scale {
	at := a.A.MeanRootUS
	times := []int64{at, a.B.MeanRootUS}
	for i := range a.Bridge[:shown] {
		row := &a.Bridge[i]
		if row.LowUS != nil && row.HighUS != nil {
			times = append(times, at+*row.LowUS, at+*row.HighUS)
		}
		at += row.DeltaUS
		times = append(times, at)
	}
	return around(times)
}

func sum(rows []labapi.Change) (us int64) {
	for i := range rows {
		us += rows[i].DeltaUS
	}
	return us
}

// mean is the bar of a side.
func (a *answer) mean(s scale, side string, of labapi.ComparedSet) bar {
	b := bar{path: path{Name: side, Caller: a.page.T("the mean of %d requests", of.N)}, Class: "mean", Value: display.Micros(of.MeanRootUS), End: s.X(of.MeanRootUS)}
	b.X, b.W = s.Bar(0, of.MeanRootUS)
	return b
}

func (a *answer) bar(s scale, row *labapi.Change, at int64) bar {
	b := bar{path: a.newPath(row.Path, row.Service, row.Operation), Class: "more", Joint: s.X(at), End: s.X(at + row.DeltaUS), Value: display.Signed(row.DeltaUS), Named: a.named(row)}
	if row.DeltaUS < 0 {
		b.Class = "less"
	}
	b.X, b.W = s.Bar(at, at+row.DeltaUS)
	if row.LowUS != nil && row.HighUS != nil && !a.Descriptive() {
		b.Low, b.High = s.X(at+*row.LowUS), s.X(at+*row.HighUS)
		_, b.Between = s.Bar(at+*row.LowUS, at+*row.HighUS)
	}
	b.Note = a.sureOf(row)
	switch {
	case row.Share != nil:
		b.Note = a.page.T("%s of the variance", percent(*row.Share))
	case row.P == nil || a.Descriptive():
		b.Class += " untested"
	case *row.P > likely:
		b.Class += " chance"
	}
	return b
}

// named reports whether the headline is about a row.
func (a *answer) named(row *labapi.Change) bool {
	return row.Path != "" && row.Path == a.Verdict.Path && row.DeltaUS != 0
}

// change is a row of the table of a bridge.
type change struct {
	*labapi.Change
	path
	of *answer
}

// How many rows a table has, and how many at most where all are asked for.
const (
	maxRows  = 40
	mostRows = 2000
)

// Rows are those of the table.
func (a *answer) Rows() (rows []change) {
	for i := range a.Bridge[:a.rows()] {
		row := &a.Bridge[i]
		rows = append(rows, change{row, a.newPath(row.Path, row.Service, row.Operation), a})
	}
	return rows
}

func (a *answer) rows() int {
	if a.page.All {
		return min(len(a.Bridge), mostRows)
	}
	return min(len(a.Bridge), maxRows)
}

// Left sums up the rows that the table has not.
func (a *answer) Left() *change {
	rest := a.Bridge[a.rows():]
	if len(rest) == 0 {
		return nil
	}
	row := &labapi.Change{DeltaUS: sum(rest)}
	for i := range rest {
		row.AUS, row.BUS = row.AUS+rest[i].AUS, row.BUS+rest[i].BUS
	}
	return &change{row, path{Name: a.page.T("%d more call paths", len(rest))}, a}
}

// The figures of a row.

func (c change) Before() string { return c.time(c.AUS) }
func (c change) After() string  { return c.time(c.BUS) }
func (c change) By() string     { return display.Signed(c.DeltaUS) }
func (c change) Sure() string   { return c.of.sureOf(c.Change) }
func (c change) Chance() string { return c.of.chance(c.P) }
func (c change) Named() bool    { return c.of.named(c.Change) }

func (c change) time(us int64) string {
	if c.Path() == labapi.MixPath {
		return ""
	}
	return display.Micros(us)
}

// Path is the call path, whole.
func (c change) Path() string { return c.Change.Path }

// OfA is the change in percent of A's mean.
func (c change) OfA() string {
	if c.of.A.MeanRootUS == 0 {
		return ""
	}
	return signedPercent(float64(c.DeltaUS) / float64(c.of.A.MeanRootUS))
}

// Between is the interval of the change.
func (c change) Between() string {
	if c.LowUS == nil || c.HighUS == nil || c.of.Descriptive() {
		return ""
	}
	return display.Signed(*c.LowUS) + " … " + display.Signed(*c.HighUS)
}

// Variance is the share of it.
func (c change) Variance() string {
	if c.Share == nil {
		return ""
	}
	return percent(*c.Share)
}

// How is the mechanism, with the calls where their number is what changed.
func (c change) How() string {
	if c.Mechanism == "" {
		return ""
	}
	how := c.of.page.mechanism(c.Mechanism)
	if before, after := calls(c.CallsA), calls(c.CallsB); before != after {
		how += fmt.Sprintf(" (%s → %s)", before, after)
	}
	return how
}

// Split is the change by mechanism, where several have a part in it.
func (c change) Split() (parts []string) {
	for _, part := range []struct {
		name string
		us   int64
	}{{c.of.page.T("calls"), c.CallsUS}, {c.of.page.T("time of a call"), c.SlowerUS}, {c.of.page.T("overlap"), c.OverlapUS}} {
		if abs(part.us) > abs(c.DeltaUS)/leastBar {
			parts = append(parts, part.name+" "+display.Signed(part.us))
		}
	}
	if len(parts) < 2 {
		return nil
	}
	return parts
}

func calls(n float64) string {
	if n >= 99.95 {
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprintf("%.1f", n)
}

// Traces are examples of both sides.
func (c change) Traces() exemplars { return c.of.exemplars(c.ExemplarsA, c.ExemplarsB) }
