package waterfall

import "example.com/tracelab/internal/web/draw"

// bar is where the bar of a row is drawn.
type bar struct {
	HasBar   bool    // the span's start is known and some of it is on the axis
	Left     float64 // percent of the axis
	Width    float64 // percent of the axis
	CutLeft  bool    // the span begins before the axis does
	CutRight bool    // the span ends after the axis does
	Skew     int64   // µs by which the start lies outside the parent; negative: before it
}

// axis is the part of time that a waterfall shows. Offsets count from Zero,
// the trace's start by the clocks that can be trusted.
type axis struct {
	Known    bool  // a span has a start
	Zero     int64 // µs since the epoch
	Length   int64 // µs from Zero to the last end by the same clocks
	From, To int64 // µs since the epoch
}

// layout finds the axis and gives every row its bar. The clock of one host may be
// an hour off, and the bars of the others must stay visible: spans that start
// outside their parent, and those below them, extend the axis by at most a quarter
// to either side, and are truncated or left out beyond that.
func layout(rows []row) axis {
	doubtful := doubtfulRows(rows)
	sure := extentOf(rows, func(i int) bool { return !doubtful[i] })
	if !sure.any {
		sure = extentOf(rows, func(int) bool { return true })
	}
	slack := (sure.to - sure.from) / 4
	shown := extentOf(rows, func(i int) bool {
		return !doubtful[i] || rows[i].start() >= sure.from-slack && rows[i].end()-slack <= sure.to
	})
	if !shown.any {
		shown = sure
	}
	a := axis{Known: sure.any, Zero: sure.from, Length: sure.to - sure.from, From: shown.from, To: shown.to}
	for i := range rows {
		a.draw(&rows[i])
	}
	return a
}

// doubtfulRows measures each row's skew and reports which rows have any, or are
// below one that has.
func doubtfulRows(rows []row) []bool {
	doubtful := make([]bool, len(rows))
	for i := range rows {
		r := &rows[i]
		if r.Parent == none {
			continue
		}
		parent, child := rows[r.Parent].shownAt(), r.shownAt()
		r.Skew = parent.SkewOf(&child)
		doubtful[i] = r.Skew != 0 || doubtful[r.Parent]
	}
	return doubtful
}

// extentOf is the time from the first start to the last end of the rows that
// count.
func extentOf(rows []row, counts func(int) bool) extent {
	var e extent
	for i := range rows {
		if rows[i].timed() && counts(i) {
			e.add(&rows[i])
		}
	}
	return e
}

// extent is a period of time.
type extent struct {
	any      bool
	from, to int64
}

func (e *extent) add(r *row) {
	if !e.any || r.start() < e.from {
		e.from = r.start()
	}
	if end := r.end(); !e.any || end > e.to {
		e.to = end
	}
	e.any = true
}

func (a axis) draw(r *row) {
	r.HasBar, r.CutLeft, r.CutRight, r.Left, r.Width = false, false, false, 0, 0
	if !r.timed() {
		return
	}
	start, end := r.start(), r.end()
	r.HasBar = start <= a.To && end >= a.From
	r.CutLeft, r.CutRight = start < a.From, end > a.To
	left, right := a.percent(start), a.percent(end)
	r.Width = max(right-left, draw.Thinnest)
	r.Left = min(left, 100-r.Width)
}

// percent is the position of a moment on the axis, or of the nearest edge.
func (a axis) percent(us int64) float64 {
	if a.To <= a.From {
		return 0
	}
	at := min(max(us, a.From), a.To)
	return float64(at-a.From) / float64(a.To-a.From) * 100
}
