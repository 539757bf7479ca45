package dependencies

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// route is how an arc is drawn.
type route struct {
	path  string // of SVG, from the caller to whom it calls
	label point  // the middle of its numbers
}

// routesOf draws the arcs. Those at one side of a node leave it apart from each other, in
// the order in which their next points stand.
func (p *placed) routesOf(arcs []arc, back []bool) []route {
	points := p.ports()
	drawn := make([]route, len(arcs))
	for i, line := range points {
		switch {
		case arcs[i].from == arcs[i].to:
			drawn[i] = p.loop(arcs[i].from)
			continue
		case back[i]:
			drawn[i].path = path(slices.Backward(line))
		default:
			drawn[i].path = path(slices.All(line))
		}
		drawn[i].label = point{(line[0].x + line[1].x) / 2, (line[0].y + line[1].y) / 2}
	}
	p.spreadLabels(drawn, arcs)
	return drawn
}

// ports are the points of each route: where it leaves a node, both ends of each bend, and
// where it enters one.
func (p *placed) ports() [][]point {
	points := make([][]point, len(p.routes))
	leave, enter := make([][]int, len(p.at)), make([][]int, len(p.at))
	for i, r := range p.routes {
		if len(r) == 0 {
			continue
		}
		leave[r[0]], enter[r[len(r)-1]] = append(leave[r[0]], i), append(enter[r[len(r)-1]], i)
		for _, v := range r {
			points[i] = append(points[i], point{p.x[v] - nodeWidth/2, p.y[v]}, point{p.x[v] + nodeWidth/2, p.y[v]})
		}
		points[i] = points[i][1 : len(points[i])-1]
	}
	for v := range p.at {
		p.portsOf(leave[v], points, func(i int) (at, next *point) { return &points[i][0], &points[i][1] })
		p.portsOf(enter[v], points, func(i int) (at, next *point) {
			n := len(points[i])
			return &points[i][n-1], &points[i][n-2]
		})
	}
	return points
}

// portsOf spreads the ends of routes over one side of a node.
func (p *placed) portsOf(routes []int, points [][]point, end func(i int) (at, next *point)) {
	const room, most = nodeHeight - 8, 20.
	slices.SortStableFunc(routes, func(a, b int) int {
		_, one := end(a)
		_, other := end(b)
		return cmp.Compare(one.y, other.y)
	})
	step := min(most, room/float64(max(len(routes)-1, 1)))
	for k, i := range routes {
		at, _ := end(i)
		at.y += (float64(k) - float64(len(routes)-1)/2) * step
	}
}

// loop is drawn above its node.
func (p *placed) loop(v int) route {
	x, top := p.x[v]+nodeWidth/2-18, p.y[v]-nodeHeight/2
	return route{
		path:  fmt.Sprintf("M%s %sc-4 -22 -32 -22 -36 0", number(x), number(top)),
		label: point{p.x[v], top - 16},
	}
}

// path goes through points: it leaves and enters each level.
func path(points func(yield func(int, point) bool)) string {
	var b strings.Builder
	var last point
	for _, at := range points {
		switch {
		case b.Len() == 0:
			fmt.Fprintf(&b, "M%s %s", number(at.x), number(at.y))
		case at.y == last.y:
			fmt.Fprintf(&b, "H%s", number(at.x))
		default:
			middle := number((last.x + at.x) / 2)
			fmt.Fprintf(&b, "C%s %s %s %s %s %s", middle, number(last.y), middle, number(at.y), number(at.x), number(at.y))
		}
		last = at
	}
	return b.String()
}

// spreadLabels moves the numbers between two layers away from each other.
func (p *placed) spreadLabels(drawn []route, arcs []arc) {
	columns := map[float64][]*route{}
	for i := range drawn {
		if arcs[i].from != arcs[i].to {
			columns[drawn[i].label.x] = append(columns[drawn[i].label.x], &drawn[i])
		}
	}
	for _, column := range columns {
		slices.SortStableFunc(column, func(a, b *route) int { return cmp.Compare(a.label.y, b.label.y) })
		wanted, gaps := make([]float64, len(column)), make([]float64, len(column))
		for i, r := range column {
			if wanted[i] = r.label.y; i > 0 {
				gaps[i] = labelGap
			}
		}
		for i, y := range spread(wanted, gaps) {
			column[i].label.y = y
			p.top, p.height = min(p.top, y-labelGap/2-margin), max(p.height, y+labelGap/2+margin)
		}
	}
}

// number is a length in SVG, to a tenth of a pixel.
func number(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") }
