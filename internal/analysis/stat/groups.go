package stat

// Groups says which units can be exchanged for each other: those of one group, such as
// traces of requests with the same input.
type Groups struct {
	Of []int32 // the group of each unit
	B  []bool  // the side of each unit
	// Scale of a group is what its values are multiplied by before they are added up, so
	// that the sum over B, less what is expected by chance, is the difference of the sides.
	Scale []float64
}

// drawn is a group as it is drawn from: the side with fewer units.
type drawn struct {
	units []int32
	few   int     // how many are drawn
	sign  float64 // 1: they stand for B
	scale float64
}

func (g *Groups) drawn() []drawn {
	groups := make([]drawn, len(g.Scale))
	b := make([]int, len(groups))
	for i, k := range g.Of {
		groups[k].units = append(groups[k].units, int32(i))
		if g.B[i] {
			b[k]++
		}
	}
	for k := range groups {
		d := &groups[k]
		d.few, d.sign, d.scale = b[k], 1, g.Scale[k]
		if a := len(d.units) - b[k]; a < b[k] {
			d.few, d.sign = a, -1
		}
	}
	return groups
}

// sizes are the numbers of units of the groups.
func (g *Groups) sizes() []int {
	sizes := make([]int, len(g.Scale))
	for _, k := range g.Of {
		sizes[k]++
	}
	return sizes
}

// isDrawn reports whether a unit is of the side that d stands for.
func (d *drawn) isDrawn(b bool) bool { return b == (d.sign > 0) }
