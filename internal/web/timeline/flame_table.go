package timeline

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/tracelab/exectrace/calltree"
	"example.com/tracelab/internal/display"
)

// mostFunctions is how many rows the table of functions has.
const mostFunctions = 100

// functionRow is a function, whoever called it.
type functionRow struct {
	Name, Title string
	Colour      string
	Path        string // the graph of all calls with it; empty: its name is too long for an address
	Self, Total amount
	Times       int64
	OverTime    string // a path of SVG
	Said        string // when there was most of it
}

// part is a part of the time: how much there was of it.
type part struct {
	X, W, Height, Y string
	Title, Path     string
}

const (
	partsHeight = 40
	lineHeight  = 16
	lineWidth   = 2 // of a part
)

// table adds the functions, and how much there was over the time.
func (d *flamePage) table(t *calltree.Tree) {
	functions := t.Functions(d.Sort == "total")
	shown := functions[:min(mostFunctions, len(functions))]
	d.More = len(functions) - len(shown)
	all, each := t.Parts(shown)
	d.parts(all)
	whole := t.Nodes[0].Total
	for i, f := range shown {
		row := functionRow{Colour: colourOf(f.Name), Self: d.amount(f.Self, whole), Total: d.amount(f.Total, whole), Times: f.Count, OverTime: lineOf(each[i])}
		name := calledIn(d, f.Name)
		row.Name, row.Title = display.Cut(name, 100), display.Text(name, longestName)
		if f.Name != "" {
			row.Path = d.with("find", f.Name, "root", "")
		}
		row.Said = d.mostIn(each[i])
		d.Functions = append(d.Functions, row)
	}
}

// parts draws how much there was in each part of the time.
func (d *flamePage) parts(all []int64) {
	most, width := int64(1), partWidth(d.To-d.From, len(all))
	for _, v := range all {
		most = max(most, v)
	}
	for i, v := range all {
		from := d.From + int64(i)*width
		to := min(from+width, d.To)
		if from >= to {
			break
		}
		height := float64(v) / float64(most) * partsHeight
		when := spanOf(d.x, timeOf(d.x, from), timeOf(d.x, to))
		d.Parts = append(d.Parts, part{
			X: share(from-d.From, d.To-d.From), W: share(to-from, d.To-d.From), Height: decimal(height), Y: decimal(partsHeight - height),
			Title: d.T("%s from %s to %s", d.amount(v, 0).Text, when.FromSaid, when.Until), Path: d.at(from, to),
		})
	}
	d.PartsSaid = d.T("How much there was over the time, %s at most in one part", d.amount(most, 0).Text)
}

// partWidth is the duration of a part: see calltree.Selection.
func partWidth(length int64, parts int) int64 {
	n := int64(max(parts, 1))
	return max((length+n-1)/n, 1)
}

// mostIn says in which part of the time there was most.
func (d *flamePage) mostIn(parts []int64) string {
	at := 0
	for i, v := range parts {
		if v > parts[at] {
			at = i
		}
	}
	from := d.From + int64(at)*partWidth(d.To-d.From, len(parts))
	return d.T("most of it, %s, from %s on", d.amount(parts[at], 0).Text, moment(from))
}

// lineOf draws parts beside each other, the largest as high as can be.
func lineOf(parts []int64) string {
	most := int64(1)
	for _, v := range parts {
		most = max(most, v)
	}
	var b strings.Builder
	for i, v := range parts {
		if v > 0 {
			height := max(float64(v)/float64(most)*lineHeight, 1)
			fmt.Fprintf(&b, "M%d %dv-%sh%dv%[3]sz", i*lineWidth, lineHeight, decimal(height), lineWidth)
		}
	}
	return b.String()
}

// share is a part of a whole in percent.
func share(n, whole int64) string {
	return strconv.FormatFloat(100*float64(n)/float64(whole), 'f', 4, 64) + "%"
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// SortedBy is the address of the page with the table in another order.
func (q *flameQuery) SortedBy(column string) string { return q.with("sort", column) }
