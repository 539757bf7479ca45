package dependencies

import "slices"

// arc is an edge of a graph whose nodes are numbered.
type arc struct{ from, to int }

// ranker gives each node its rank, by a walk that is depth-first. No more nodes are drawn
// than a walk may recurse over.
type ranker struct {
	out    [][]int // of each node: indexes of its arcs
	arcs   []arc
	back   []bool // of each arc: it closes a cycle
	state  []walked
	finish []int // nodes, each after all that it calls
}

type walked uint8

const (
	unseen walked = iota
	open          // the walk is below it
	done
)

// ranks gives each of n nodes the length of the longest path that leads to it, so that
// arcs lead to higher ranks, but for those that close a cycle, which it reports.
func ranks(n int, arcs []arc) (rank []int, back []bool) {
	r := ranker{out: make([][]int, n), arcs: arcs, back: make([]bool, len(arcs)), state: make([]walked, n)}
	called := make([]bool, n)
	for i, a := range arcs {
		r.out[a.from] = append(r.out[a.from], i)
		called[a.to] = called[a.to] || a.from != a.to
	}
	for _, first := range []bool{true, false} { // a walk begins where nothing calls, if it can
		for v := range n {
			if called[v] != first {
				r.walk(v)
			}
		}
	}
	rank = make([]int, n)
	for _, v := range slices.Backward(r.finish) {
		for _, i := range r.out[v] {
			if to := arcs[i].to; !r.back[i] {
				rank[to] = max(rank[to], rank[v]+1)
			}
		}
	}
	r.approach(rank, called)
	return rank, r.back
}

func (r *ranker) walk(v int) {
	if r.state[v] != unseen {
		return
	}
	r.state[v] = open
	for _, i := range r.out[v] {
		r.back[i] = r.state[r.arcs[i].to] == open
		r.walk(r.arcs[i].to)
	}
	r.state[v] = done
	r.finish = append(r.finish, v)
}

// approach moves what nothing calls next to what it calls.
func (r *ranker) approach(rank []int, called []bool) {
	for v := range rank {
		nearest := -1
		for _, i := range r.out[v] {
			if to := rank[r.arcs[i].to]; !r.back[i] && (nearest < 0 || to < nearest) {
				nearest = to
			}
		}
		if !called[v] && nearest > 0 {
			rank[v] = nearest - 1
		}
	}
}
