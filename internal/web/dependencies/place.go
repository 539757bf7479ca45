package dependencies

import "slices"

// The measures of the graph, in pixels.
const (
	nodeWidth  = 112
	nodeHeight = 48
	rankGap    = 110 // between the layers, with room for the numbers on an edge
	loopHeight = 44  // above a node that calls itself, with room for the numbers
	labelGap   = 36  // between the numbers of two edges
	apart      = 18  // around a node
	bendHeight = 14  // with what is around a bend
	margin     = 6
)

// point is a place in the drawing.
type point struct{ x, y float64 }

// placed is where all is drawn: the nodes by their centres.
type placed struct {
	*layered
	width, height float64
	top           float64   // where the drawing begins
	x, y          []float64 // of each vertex
	above, below  []float64 // the room that it takes
}

// place gives every vertex its place. Nodes that loop call themselves.
func place(l *layered, nodes int, loops map[int]bool) *placed {
	p := &placed{layered: l, x: make([]float64, len(l.at)), y: make([]float64, len(l.at)),
		above: make([]float64, len(l.at)), below: make([]float64, len(l.at))}
	for r, layer := range l.layers {
		for _, v := range layer {
			p.x[v] = margin + nodeWidth/2 + float64(r)*(nodeWidth+rankGap)
			p.above[v], p.below[v] = bendHeight/2, bendHeight/2
			if v < nodes {
				p.above[v], p.below[v] = nodeHeight/2+apart, nodeHeight/2+apart
			}
			if loops[v] {
				p.above[v] += loopHeight
			}
		}
		p.move(layer, func(v int) float64 { return float64(l.at[v]) })
	}
	p.straighten()
	p.fit()
	return p
}

// straighten moves vertices towards their neighbours.
func (p *placed) straighten() {
	const sweeps = 6
	both := make([][]int, len(p.at))
	for v := range both {
		both[v] = slices.Concat(p.left[v], p.right[v])
	}
	for range sweeps {
		for _, layer := range p.layers {
			p.move(layer, p.middle(p.left))
		}
		for _, layer := range slices.Backward(p.layers) {
			p.move(layer, p.middle(p.right))
		}
	}
	for _, layer := range p.layers {
		p.move(layer, p.middle(both))
	}
}

// middle is where a vertex is in the middle of its neighbours.
func (p *placed) middle(neighbours [][]int) func(v int) float64 {
	return func(v int) float64 {
		if len(neighbours[v]) == 0 {
			return p.y[v]
		}
		sum := 0.
		for _, n := range neighbours[v] {
			sum += p.y[n]
		}
		return sum / float64(len(neighbours[v]))
	}
}

// move moves the vertices of a layer to where they want to be, as far as there is room.
func (p *placed) move(layer []int, wanted func(v int) float64) {
	want, gaps := make([]float64, len(layer)), make([]float64, len(layer))
	for i, v := range layer {
		want[i] = wanted(v)
		if i > 0 {
			gaps[i] = p.below[layer[i-1]] + p.above[v]
		}
	}
	for i, y := range spread(want, gaps) {
		p.y[layer[i]] = y
	}
}

// fit moves all into the drawing, and measures it.
func (p *placed) fit() {
	top, bottom := p.y[0], p.y[0]
	for v := range p.y {
		top, bottom = min(top, p.y[v]-p.above[v]), max(bottom, p.y[v]+p.below[v])
		p.width = max(p.width, p.x[v]+nodeWidth/2+margin)
	}
	for v := range p.y {
		p.y[v] += margin - top
	}
	p.height = bottom - top + 2*margin
}

// spread returns the places next to the wanted ones, by the sum of squares, that keep
// their order and gaps: gaps[i] is that before the i-th. Neighbours that want the same room
// share the mean of what they want, as a block.
func spread(wanted, gaps []float64) []float64 {
	type block struct {
		sum float64
		n   int
	}
	mean := func(b block) float64 { return b.sum / float64(b.n) }
	var blocks []block
	offset := 0.
	for i, w := range wanted {
		offset += gaps[i]
		b := block{w - offset, 1}
		for len(blocks) > 0 && mean(blocks[len(blocks)-1]) >= mean(b) {
			last := blocks[len(blocks)-1]
			b, blocks = block{last.sum + b.sum, last.n + b.n}, blocks[:len(blocks)-1]
		}
		blocks = append(blocks, b)
	}
	places := make([]float64, 0, len(wanted))
	offset = 0
	for _, b := range blocks {
		for range b.n {
			offset += gaps[len(places)]
			places = append(places, mean(b)+offset)
		}
	}
	return places
}
