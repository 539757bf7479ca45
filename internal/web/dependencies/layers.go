package dependencies

import (
	"cmp"
	"slices"
)

// layered is a graph in layers, one for each rank. A route that passes ranks has a bend
// in each, which is a vertex as the nodes are, so that no other vertex stands in its way.
type layered struct {
	layers [][]int // vertices, from top to bottom
	at     []int   // of each vertex: its index in its layer
	left   [][]int // of each vertex: its neighbours in the layer before
	right  [][]int // and in the one after
	routes [][]int // of each arc: its vertices, from left to right; of a loop: none
}

// newLayered makes the layers, and routes the arcs.
func newLayered(rank []int, arcs []arc) *layered {
	l := &layered{layers: make([][]int, slices.Max(rank)+1), routes: make([][]int, len(arcs))}
	for v := range rank {
		l.add(rank[v], v)
	}
	for i, a := range arcs {
		if rank[a.from] > rank[a.to] {
			a.from, a.to = a.to, a.from
		}
		if a.from != a.to {
			l.routes[i] = l.route(a, rank)
		}
	}
	return l
}

func (l *layered) add(rank, v int) {
	l.at = append(l.at, len(l.layers[rank]))
	l.layers[rank] = append(l.layers[rank], v)
	l.left, l.right = append(l.left, nil), append(l.right, nil)
}

// route makes the bends between the ends of an arc.
func (l *layered) route(a arc, rank []int) []int {
	route := []int{a.from}
	for r := rank[a.from] + 1; r < rank[a.to]; r++ {
		bend := len(l.at)
		l.add(r, bend)
		route = append(route, bend)
	}
	route = append(route, a.to)
	for i, v := range route[1:] {
		l.right[route[i]] = append(l.right[route[i]], v)
		l.left[v] = append(l.left[v], route[i])
	}
	return route
}

// untangle orders the layers so that few routes cross: it sorts each by the middle of its
// neighbours in the layer before, and then in the one after, some times, and keeps the best.
func (l *layered) untangle() {
	const sweeps = 12
	best, fewest := l.order(), l.crossings()
	for sweep := 0; sweep < sweeps && fewest > 0; sweep++ {
		if sweep%2 == 0 {
			for _, layer := range l.layers[1:] {
				l.sort(layer, l.left)
			}
		} else {
			for _, layer := range slices.Backward(l.layers[:len(l.layers)-1]) {
				l.sort(layer, l.right)
			}
		}
		if n := l.crossings(); n < fewest {
			best, fewest = l.order(), n
		}
	}
	for i, layer := range best {
		l.layers[i] = layer
		l.number(layer)
	}
}

func (l *layered) order() (copied [][]int) {
	for _, layer := range l.layers {
		copied = append(copied, slices.Clone(layer))
	}
	return copied
}

func (l *layered) number(layer []int) {
	for i, v := range layer {
		l.at[v] = i
	}
}

// sort orders a layer by the mean of where the neighbours are; who has none stays.
func (l *layered) sort(layer []int, neighbours [][]int) {
	mean := make(map[int]float64, len(layer))
	for _, v := range layer {
		sum := 0
		for _, n := range neighbours[v] {
			sum += l.at[n]
		}
		mean[v] = float64(l.at[v])
		if n := len(neighbours[v]); n > 0 {
			mean[v] = float64(sum) / float64(n)
		}
	}
	slices.SortStableFunc(layer, func(a, b int) int { return cmp.Compare(mean[a], mean[b]) })
	l.number(layer)
}

// crossings counts the pairs of routes that cross between two layers.
func (l *layered) crossings() (n int) {
	for _, layer := range l.layers {
		var ends []int // in the next layer, from top to bottom of this one
		for _, v := range layer {
			from := len(ends)
			for _, to := range l.right[v] {
				ends = append(ends, l.at[to])
			}
			slices.Sort(ends[from:])
		}
		for i, end := range ends {
			for _, before := range ends[:i] {
				if before > end {
					n++
				}
			}
		}
	}
	return n
}
