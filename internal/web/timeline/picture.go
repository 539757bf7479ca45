package timeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/states"
)

// mostDrawn is how many lanes the server draws, for who has no JavaScript.
const mostDrawn = 32

// picture is the lanes drawn by the server.
type picture struct {
	Rows  []pictureRow
	Width int
	More  int // lanes that are not drawn
}

// pictureRow is a lane, or a counter.
type pictureRow struct {
	Label, Said string // Said: what it shows, in words
	Areas       []states.Area
}

// countersDrawn are the states as which the parts of counters are drawn.
var countersDrawn = map[string][]int{
	goroutineCounts: {int(lanes.Running), int(lanes.Runnable), int(lanes.GCWait)},
	heapSizes:       {states.Heap},
	threadCounts:    {int(lanes.Running), int(lanes.Syscall)},
}

func newPicture(w shell.Words, x *executions.Execution, list *listing, from, to int64) *picture {
	width := (to-from-1)/columns + 1
	t, _ := newTile(x, nil, from, width) // of no lane none is missing
	most := highestOf(x)
	p := &picture{Width: columns * states.ColumnWidth, More: max(list.all-mostDrawn, 0)}
	for _, c := range []struct{ counter, label string }{{goroutineCounts, w.T("Goroutines")}, {heapSizes, w.T("Heap")}, {threadCounts, w.T("Threads")}} {
		p.Rows = append(p.Rows, pictureRow{c.label, "", stacked(t.values(x, c.counter), countersDrawn[c.counter], max(most[c.counter], 1))})
	}
	for _, r := range []struct{ extra, label string }{{marking, w.T("Collector marks")}, {stopping, w.T("World stopped")}} {
		p.Rows = append(p.Rows, pictureRow{r.label, "", t.areas(t.lane(x, id{extra: r.extra}))})
	}
	for i := range min(mostDrawn, len(list.lanes)) {
		one := list.at(i)
		sums := x.Lanes.Columns(one.Lane, t.began, time.Duration(to-from), 1)[0]
		p.Rows = append(p.Rows, pictureRow{display.Text(one.label(), longestName), states.Said(w, sums, time.Duration(to-from)), t.areas(t.lane(x, one.id))})
	}
	return p
}

// areas draws a lane of a tile.
func (t *tile) areas(l tileLane) (all []states.Area) {
	if l.Columns != nil {
		return states.OfShares(l.Columns)
	}
	paths := map[int]*strings.Builder{}
	at := exectrace.Time(0) // since the tile began
	for i := 0; i < len(l.Segments); i += 6 {
		begin := at + exectrace.Time(l.Segments[i])
		at = begin + exectrace.Time(l.Segments[i+1])
		state := int(l.Segments[i+2])
		if paths[state] == nil {
			paths[state] = &strings.Builder{}
		}
		x1, x2 := t.place(begin), t.place(at)
		paths[state].WriteString(states.Box(x1, x2))
	}
	for _, state := range slices.Sorted(maps.Keys(paths)) {
		all = append(all, states.Area{State: state, Path: paths[state].String()})
	}
	return all
}

// place is where a moment is drawn.
func (t *tile) place(at exectrace.Time) float64 {
	return min(max(float64(at)/float64(t.Width)*states.ColumnWidth, 0), columns*states.ColumnWidth)
}

// stacked draws the parts of a counter above each other, as high as most of it.
func stacked(parts [][]int64, as []int, most int64) (all []states.Area) {
	var below [columns]int64
	for i, state := range as {
		var b strings.Builder
		fmt.Fprintf(&b, "M0 %s", states.Short(heightOf(below[0], most)))
		for c, v := range parts[i] {
			fmt.Fprintf(&b, "V%sh%d", states.Short(heightOf(below[c]+v, most)), states.ColumnWidth)
		}
		for c, v := range slices.Backward(parts[i]) {
			fmt.Fprintf(&b, "V%sh-%d", states.Short(heightOf(below[c], most)), states.ColumnWidth)
			below[c] += v
		}
		all = append(all, states.Area{State: state, Path: b.String() + "z"})
	}
	return all
}

func heightOf(v, most int64) float64 { return states.RowHeight * (1 - float64(v)/float64(most)) }
