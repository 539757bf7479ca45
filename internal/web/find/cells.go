package find

import (
	"math"
	"strconv"
	"time"

	"example.com/tracelab/internal/display"
)

// The cells of a chart of many traces.
const (
	cellColumns = 48
	cellRows    = 14
)

// cell is the traces that began in a part of the time and took about as long as each
// other.
type cell struct {
	X, Y   string // its middle
	R      string // the radius, in px
	Failed bool   // some have errors
	Link   string // the search for these
	Title  string
}

// tally counts the traces of a cell.
type tally struct{ traces, failed int }

// bin counts traces by cell. The edges of cells are whole ms and whole µs, so that each
// cell's link finds what it counts, and what began in the first µs of the next.
func (c *chart) bin(all []mark) {
	wide := (c.To - c.From + cellColumns - 1) / cellColumns
	c.To = c.From + wide*cellColumns
	var edges [cellRows + 1]int64
	for i := range edges {
		edges[i] = c.at(float64(i) / cellRows)
	}
	tallies := make([]tally, cellColumns*cellRows)
	most := 0
	for i := range all {
		m := &all[i]
		if m.start <= 0 {
			continue
		}
		column := min(max((m.start/1000-c.From)/wide, 0), cellColumns-1)
		t := &tallies[int(column)*cellRows+c.rowOf(m.duration, &edges)]
		t.traces++
		if m.failed {
			t.failed++
		}
		most = max(most, t.traces)
	}
	for i, t := range tallies {
		if t.traces > 0 {
			from := c.From + int64(i/cellRows)*wide
			c.Cells = append(c.Cells, c.newCell(t, most, [2]int64{from, from + wide}, i%cellRows, &edges))
		}
	}
}

// rowOf finds the row of a duration.
func (c *chart) rowOf(us int64, edges *[cellRows + 1]int64) int {
	row := min(max(int(c.part(us)*cellRows), 0), cellRows-1)
	for row > 0 && us < edges[row] {
		row--
	}
	for row < cellRows-1 && us >= edges[row+1] {
		row++
	}
	return row
}

// newCell draws a cell. The area says how many traces it has, on a scale on which one
// alone can still be seen.
func (c *chart) newCell(t tally, most int, time [2]int64, row int, edges *[cellRows + 1]int64) cell {
	const smallest, largest = 1.8, 8.5
	least, above := edges[row], edges[row+1]
	title := c.page.T("%s traces", thousands(t.traces))
	if t.failed > 0 {
		title += ", " + c.page.T("%s with errors", thousands(t.failed))
	}
	title += " · " + display.Micros(least) + " – " + display.Micros(above) + " · " + clock(time[0]) + " – " + clock(time[1]) + " UTC"
	bounds := [2]int64{least, above - 1}
	if row == 0 {
		bounds[0] = 0
	}
	if row == cellRows-1 {
		bounds[1] = 0
	}
	return cell{
		X: c.x((time[0] + time[1]) * 500), Y: coordinate(1 - (c.part(least)+c.part(above))/2),
		R:      strconv.FormatFloat(smallest+(largest-smallest)*math.Sqrt(float64(t.traces)/float64(most)), 'f', 1, 64),
		Failed: t.failed > 0, Title: title, Link: c.search.within(time[0], time[1], bounds[0], bounds[1]),
	}
}

func clock(ms int64) string { return time.UnixMilli(ms).UTC().Format("15:04:05") }

// thousands writes a number with a separator, as 12,345.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
