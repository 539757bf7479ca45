package timeline

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/web/shell"
)

// mostDrawn is how many lanes the server draws, for who has no JavaScript.
const mostDrawn = 32

const (
	columnWidth = 4 // of the drawing
	rowHeight   = 20
)

// picture is the lanes drawn by the server.
type picture struct {
	Rows  []pictureRow
	Width int
	More  int // lanes that are not drawn
}

// pictureRow is a lane, or a counter.
type pictureRow struct {
	Label, Said string // Said: what it shows, in words
	Areas       []area
}

// area is where something is in one state.
type area struct {
	State int
	Path  string // of SVG
}

// heapDrawn is how the heap is drawn: it is in no state.
const heapDrawn = stopped + 1

// countersDrawn are the states as which the parts of counters are drawn.
var countersDrawn = map[string][]int{
	goroutineCounts: {int(lanes.Running), int(lanes.Runnable), int(lanes.GCWait)},
	heapSizes:       {heapDrawn},
	threadCounts:    {int(lanes.Running), int(lanes.Syscall)},
}

func newPicture(w shell.Words, x *executions.Execution, list *listing, from, to int64) *picture {
	width := (to-from-1)/columns + 1
	t, _ := newTile(x, nil, from, width) // of no lane none is missing
	most := highestOf(x)
	p := &picture{Width: columns * columnWidth, More: max(list.all-mostDrawn, 0)}
	for _, c := range []struct{ counter, label string }{{goroutineCounts, w.T("Goroutines")}, {heapSizes, w.T("Heap")}, {threadCounts, w.T("Threads")}} {
		p.Rows = append(p.Rows, pictureRow{c.label, "", stacked(t.values(x, c.counter), countersDrawn[c.counter], max(most[c.counter], 1))})
	}
	for _, r := range []struct{ extra, label string }{{marking, w.T("Collector marks")}, {stopping, w.T("World stopped")}} {
		p.Rows = append(p.Rows, pictureRow{r.label, "", t.areas(t.lane(x, id{extra: r.extra}))})
	}
	for _, one := range list.lanes[:min(mostDrawn, len(list.lanes))] {
		sums := x.Lanes.Columns(one.Lane, t.began, time.Duration(to-from), 1)[0]
		p.Rows = append(p.Rows, pictureRow{display.Text(one.label(), longestName), said(w, sums, time.Duration(to-from)), t.areas(t.lane(x, one.id))})
	}
	return p
}

// said is what a lane was in, in words.
func said(w shell.Words, sums lanes.Sums, of time.Duration) string {
	var parts []string
	for _, n := range drawnOrder[:len(drawnOrder)-1] {
		if sums[n] > 0 {
			parts = append(parts, fmt.Sprintf("%s %.3g %%", wordOf(w, n), float64(sums[n])/float64(of)*100))
		}
	}
	if len(parts) == 0 {
		return wordOf(w, int(lanes.Absent))
	}
	return strings.Join(parts, ", ")
}

// areas draws a lane of a tile.
func (t *tile) areas(l tileLane) (all []area) {
	if l.Columns != nil {
		return ofColumns(l.Columns)
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
		fmt.Fprintf(paths[state], "M%s 0h%sv%dh-%[2]sz", short(x1), short(max(x2-x1, .5)), rowHeight)
	}
	for _, state := range slices.Sorted(maps.Keys(paths)) {
		all = append(all, area{state, paths[state].String()})
	}
	return all
}

// place is where a moment is drawn.
func (t *tile) place(at exectrace.Time) float64 {
	return min(max(float64(at)/float64(t.Width)*columnWidth, 0), columns*columnWidth)
}

// ofColumns draws the shares of states above each other.
func ofColumns(shares map[int][]byte) (all []area) {
	var below [columns]float64
	for _, state := range drawnOrder {
		list := shares[state]
		if list == nil {
			continue
		}
		var b strings.Builder
		for c := 0; c < columns; {
			same := c + 1
			for same < columns && list[same] == list[c] && below[same] == below[c] {
				same++
			}
			if height := float64(list[c]) / 255 * rowHeight; height > 0 {
				fmt.Fprintf(&b, "M%d %sh%dv-%sh-%[3]dz", c*columnWidth, short(rowHeight-below[c]), (same-c)*columnWidth, short(height))
				for i := c; i < same; i++ {
					below[i] += height
				}
			}
			c = same
		}
		all = append(all, area{state, b.String()})
	}
	return all
}

// stacked draws the parts of a counter above each other, as high as most of it.
func stacked(parts [][]int64, states []int, most int64) (all []area) {
	var below [columns]int64
	for i, state := range states {
		var b strings.Builder
		fmt.Fprintf(&b, "M0 %s", short(heightOf(below[0], most)))
		for c, v := range parts[i] {
			fmt.Fprintf(&b, "V%sh%d", short(heightOf(below[c]+v, most)), columnWidth)
		}
		for c, v := range slices.Backward(parts[i]) {
			fmt.Fprintf(&b, "V%sh-%d", short(heightOf(below[c], most)), columnWidth)
			below[c] += v
		}
		all = append(all, area{state, b.String() + "z"})
	}
	return all
}

func heightOf(v, most int64) float64 { return rowHeight * (1 - float64(v)/float64(most)) }

func short(v float64) string { return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0") }
