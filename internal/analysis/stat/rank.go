package stat

import (
	"cmp"
	"slices"
)

// Ranks is the column of the ranks of values inside their groups, in parts of the size
// of the group. Zero, which is the least value, has rank zero. Equal values have their
// middle rank.
func Ranks(c Column, g *Groups) Column {
	sizes := g.sizes()
	ranks := Column{Units: c.Units, Values: make([]float64, len(c.Values))}
	c.byGroup(g, func(k int32, sorted []int32) {
		n := float64(sizes[k])
		zeros := sizes[k] - len(sorted)
		ofZero := float64(zeros+1) / 2
		if zeros == 0 {
			ofZero = 0
		}
		for from := 0; from < len(sorted); {
			to := from + 1
			for to < len(sorted) && c.Values[sorted[to]] == c.Values[sorted[from]] {
				to++
			}
			rank := float64(zeros) + float64(from+to+1)/2
			for _, i := range sorted[from:to] {
				ranks.Values[i] = (rank - ofZero) / n
			}
			from = to
		}
	})
	return ranks
}

// Above is the column that is 1 where a value is among the largest of its group: no less
// than its quantile q, or above zero where that is zero.
func Above(c Column, g *Groups, q float64) Column {
	sizes := g.sizes()
	is := make([]bool, len(c.Values))
	c.byGroup(g, func(k int32, sorted []int32) {
		at := int(q*float64(sizes[k])) - (sizes[k] - len(sorted))
		if at < 0 {
			at = 0
		}
		if at >= len(sorted) {
			return
		}
		cut := c.Values[sorted[at]]
		for _, i := range sorted {
			is[i] = c.Values[i] >= cut
		}
	})
	var above Column
	for i, u := range c.Units {
		if is[i] {
			above.Add(u, 1)
		}
	}
	return above
}

// byGroup calls f for each group with the indexes of its values, by value.
func (c *Column) byGroup(g *Groups, f func(group int32, sorted []int32)) {
	order := make([]int32, len(c.Units))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(g.Of[c.Units[a]], g.Of[c.Units[b]]), cmp.Compare(c.Values[a], c.Values[b]), cmp.Compare(a, b))
	})
	for len(order) > 0 {
		k, n := g.Of[c.Units[order[0]]], 1
		for n < len(order) && g.Of[c.Units[order[n]]] == k {
			n++
		}
		f(k, order[:n])
		order = order[n:]
	}
}
