package timeline

import (
	"strconv"
	"strings"

	"example.com/tracelab/exectrace/calltree"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/draw"
)

// Bounds of a flame graph.
const (
	mostBoxes  = 3000
	mostLevels = 200
	thinnest   = 0.05 // percent of the width: what is thinner is put together
	boxHeight  = 20
	named      = 0.3 // percent: two letters on the widest screens
)

// graph is a flame graph as it is drawn: callers above what they call.
type graph struct {
	Boxes  []flameBox
	Height int
	Frames int // all that there are
	Left   int // those without a box of their own
	Cut    int64
}

// flameBox is a function in its place, or several that are too thin to be seen.
type flameBox struct {
	X, W   string // percent
	Y      int
	Name   string // empty: they are too thin for a name
	Title  string
	Colour string
	Path   string // empty: it leads nowhere
	Here   bool   // the graph shows what is below it
	Found  bool
}

// drawn is a node that is to be drawn at a place.
type drawn struct {
	node int32
	x    float64
}

// newGraph draws a tree, one level after the other.
func (d *flamePage) newGraph(t *calltree.Tree) graph {
	g := graph{Frames: len(t.Nodes) - 1, Cut: t.Cut}
	whole := t.Nodes[0].Total
	if whole == 0 {
		return g
	}
	own := 0
	queue := []drawn{{0, 0}}
	for len(queue) > 0 && len(g.Boxes) < mostBoxes {
		at := queue[0]
		queue = queue[1:]
		n := &t.Nodes[at.node]
		g.Boxes = append(g.Boxes, d.box(n, at.x, whole))
		g.Height = max(g.Height, (int(n.Depth)+1)*boxHeight)
		if own++; n.Depth == mostLevels {
			continue
		}
		x, thin := at.x, thinRun{}
		for _, c := range n.Children {
			width := 100 * float64(t.Nodes[c].Total) / float64(whole)
			if width < thinnest {
				thin.add(t.Nodes[c].Total, x)
			} else {
				g.Boxes = append(g.Boxes, d.run(&thin, int(n.Depth)+1, whole)...)
				queue = append(queue, drawn{c, x})
			}
			x += width
		}
		g.Boxes = append(g.Boxes, d.run(&thin, int(n.Depth)+1, whole)...)
	}
	g.Left = len(t.Nodes) - own
	for _, b := range g.Boxes {
		g.Height = max(g.Height, b.Y+boxHeight)
	}
	return g
}

// thinRun are functions beside each other that are too thin.
type thinRun struct {
	n   int
	sum int64
	x   float64
}

func (r *thinRun) add(total int64, x float64) {
	if r.n == 0 {
		r.x = x
	}
	r.n, r.sum = r.n+1, r.sum+total
}

// run is the box of thin functions, if together they can be seen. It begins a new run.
func (d *flamePage) run(r *thinRun, depth int, whole int64) (boxes []flameBox) {
	if width := 100 * float64(r.sum) / float64(whole); r.n > 0 && width >= thinnest {
		a := d.amount(r.sum, whole)
		boxes = []flameBox{{X: draw.Percent(r.x), W: draw.Percent(width), Y: depth * boxHeight, Colour: "thin", Title: d.T("%d functions that are too narrow: %s, %s", r.n, a.Text, a.Share)}}
	}
	*r = thinRun{}
	return boxes
}

func (d *flamePage) box(n *calltree.Node, x float64, whole int64) flameBox {
	width := 100 * float64(n.Total) / float64(whole)
	b := flameBox{X: draw.Percent(x), W: draw.Percent(width), Y: int(n.Depth) * boxHeight, Colour: colourOf(n.Func)}
	name := calledIn(d, n.Func)
	if n.Parent < 0 {
		name, b.Colour, b.Path = d.T("all"), "whole", d.with("root", "")
		b.Here = d.Root == ""
	} else {
		id := strconv.FormatUint(n.ID, 16)
		b.Path, b.Here = d.with("root", id), id == d.Root
		b.Found = d.Find != "" && strings.Contains(strings.ToLower(n.Func), strings.ToLower(d.Find))
	}
	name = display.Text(name, longestName)
	if width >= named { // all of it, since the label has to have these words: what has no room is not seen
		b.Name = name[startOf(name):]
	}
	total, self := d.amount(n.Total, whole), d.amount(n.Self, whole)
	if d.State == samplesState {
		b.Title = d.T("%s: %s samples, %s; in itself %s", name, total.Text, total.Share, self.Text)
	} else {
		b.Title = d.T("%s: %s, %s, %d times; in itself %s", name, total.Text, total.Share, n.Count, self.Text)
	}
	return b
}

// calledIn is the name of a function as a page has it.
func calledIn(d *flamePage, function string) string {
	if function == "" {
		return d.T("no stack is known")
	}
	return function
}

// colourOf is the class of the colour of a function's package.
func colourOf(function string) string { return draw.Class(draw.Preferred(packageOf(function))) }

// packageOf is the package of a function.
func packageOf(function string) string {
	last := startOf(function)
	if dot := strings.IndexByte(function[last:], '.'); dot >= 0 {
		return function[:last+dot]
	}
	return function
}

// startOf is where the name of a function begins, behind the path of its package. The types of
// a generic one may have paths, too.
func startOf(function string) int {
	name, _, _ := strings.Cut(function, "[")
	return strings.LastIndexByte(name, '/') + 1
}
