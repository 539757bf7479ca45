package dependencies

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"example.com/tracelab/internal/display"
)

// The most that is drawn: more is a tangle.
const (
	mostServices = 100
	mostEdges    = 400
)

// graph is the drawing.
type graph struct {
	Nodes         []node
	Width, Height string
	Box           string // viewBox
	// Services and Edges are how many there are; Drawn are how many edges are here.
	Services, Edges, Drawn int
}

// node is a service with the edges that leave it, from top to bottom.
type node struct {
	end
	Short  string // the name, as far as it has room
	ID     string
	X, Y   string // the top left corner
	TextX  string
	TextY  string
	LinkY  string
	HalfY  string // where the lower half begins
	Traces string
	Chosen bool // its neighbours are shown
	Edges  []edge
	rank   float64
	centre float64
}

// edge is drawn from one node to another.
type edge struct {
	Row          *row
	From, To     string // ids of nodes
	Path         string
	Width        string
	X, Y, LowerY string // of the numbers
	Loop         bool
	leaves       float64
}

// Cut reports whether the graph does not have all services or edges.
func (g *graph) Cut() bool { return len(g.Nodes) < g.Services || g.Drawn < g.Edges }

// drawGraph draws the edges, which are sorted by calls.
func drawGraph(rows []row, a *asked) *graph {
	busy, services := busiest(rows)
	g := &graph{Services: services, Edges: len(rows)}
	index := map[string]int{}
	var drawn []*row
	var arcs []arc
	at := func(e *end) int {
		i, ok := index[e.Name]
		if !ok {
			i = len(index)
			index[e.Name] = i
			g.Nodes = append(g.Nodes, node{end: *e, Short: short(e.Name), Traces: a.traces(e.Name), Chosen: e.Name == a.Service})
		}
		return i
	}
	for i := range rows {
		if r := &rows[i]; busy[r.Caller.Name] && busy[r.Called.Name] && len(arcs) < mostEdges {
			drawn = append(drawn, r)
			arcs = append(arcs, arc{at(&r.Caller), at(&r.Called)})
		}
	}
	if g.Drawn = len(drawn); g.Drawn > 0 {
		g.lay(drawn, arcs)
	}
	return g
}

// busiest are the services that have most calls, and how many services there are.
func busiest(rows []row) (busy map[string]bool, services int) {
	calls := map[string]int64{}
	for i := range rows {
		calls[rows[i].Caller.Name] += rows[i].Calls
		calls[rows[i].Called.Name] += rows[i].Calls
	}
	names := make([]string, 0, len(calls))
	for name := range calls {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(calls[b], calls[a]), strings.Compare(a, b)) })
	busy = map[string]bool{}
	for _, name := range names[:min(len(names), mostServices)] {
		busy[name] = true
	}
	return busy, len(names)
}

// lay gives nodes and edges their places, and sorts them as they are read: from left to
// right, then from top to bottom, and the edges of a node after it.
func (g *graph) lay(rows []*row, arcs []arc) {
	rank, back := ranks(len(g.Nodes), arcs)
	l := newLayered(rank, arcs)
	l.untangle()
	loops := map[int]bool{}
	for _, a := range arcs {
		if a.from == a.to {
			loops[a.from] = true
		}
	}
	p := place(l, len(g.Nodes), loops)
	routes := p.routesOf(arcs, back)
	for v := range g.Nodes {
		g.Nodes[v].put(p.x[v], p.y[v], v)
	}
	for i, a := range arcs {
		from := &g.Nodes[a.from]
		from.Edges = append(from.Edges, newEdge(rows[i], routes[i], from.ID, g.Nodes[a.to].ID))
	}
	for v := range g.Nodes {
		slices.SortStableFunc(g.Nodes[v].Edges, func(a, b edge) int { return cmp.Compare(a.leaves, b.leaves) })
	}
	slices.SortStableFunc(g.Nodes, func(a, b node) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.centre, b.centre))
	})
	g.Width, g.Height = number(p.width), number(p.height-p.top)
	g.Box = "0 " + number(p.top) + " " + g.Width + " " + g.Height
}

func (n *node) put(x, y float64, v int) {
	left, top := x-nodeWidth/2, y-nodeHeight/2
	n.ID = "n" + number(float64(v))
	n.X, n.Y, n.HalfY = number(left), number(top), number(y)
	n.TextX, n.TextY, n.LinkY = number(left+12), number(top+17), number(y+14)
	n.rank, n.centre = x, y
}

func newEdge(r *row, at route, from, to string) edge {
	e := edge{Row: r, From: from, To: to, Path: at.path, Width: number(thickness(r.Calls)), Loop: from == to, leaves: at.label.y}
	e.X, e.Y, e.LowerY = number(at.label.x), number(at.label.y-6), number(at.label.y+14)
	return e
}

// thickness grows with the order of magnitude of the calls.
func thickness(calls int64) float64 { return min(1.25+1.25*math.Log10(float64(max(calls, 1))), 9) }

// short is as much of a name as a node has room for. What is wider than Latin letters, as
// Chinese is, takes the room of two.
func short(name string) string {
	const room = 13
	for most := room; ; most-- {
		text, width := display.Cut(name, most), 0
		for _, r := range text {
			if width++; r >= 0x1100 && r != '…' {
				width++
			}
		}
		if width <= room || most == 1 {
			return text
		}
	}
}
