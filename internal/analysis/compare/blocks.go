package compare

import "example.com/tracelab/internal/analysis/stat"

// units are the groups of what can be exchanged.
func (s *sample) units() *stat.Groups {
	l := s.layout
	if l.block == nil {
		return &s.groups
	}
	g := &stat.Groups{Of: make([]int32, l.blocks), B: make([]bool, l.blocks), Scale: []float64{1}}
	for i, b := range l.block {
		g.B[b] = s.groups.B[i]
	}
	return g
}

// byUnits adds up columns of requests by what can be exchanged. Of blocks, each value
// counts with how far it is from the mean of its kind, so that the sum over all is zero
// whatever blocks are exchanged.
func (s *sample) byUnits(columns []stat.Column, kind func(request int) int, scale []float64) []stat.Column {
	if s.layout.block == nil {
		return columns
	}
	kinds := s.kindsOfBlocks(kind)
	sizes := make([]float64, len(scale))
	for _, of := range kinds {
		for _, k := range of {
			sizes[k.kind] += k.requests
		}
	}
	blocks := make([]stat.Column, len(columns))
	sums, mean := make([]float64, s.layout.blocks), make([]float64, len(scale))
	for j, c := range columns {
		clear(sums)
		clear(mean)
		for i, u := range c.Units {
			k := kind(int(u))
			mean[k] += c.Values[i] / sizes[k]
			sums[s.layout.block[u]] += c.Values[i] * scale[k]
		}
		for b, of := range kinds {
			for _, k := range of {
				sums[b] -= k.requests * mean[k.kind] * scale[k.kind]
			}
			blocks[j].Add(int32(b), sums[b])
		}
	}
	return blocks
}

// ofKind is how many requests of a kind a block has.
type ofKind struct {
	kind     int
	requests float64
}

func (s *sample) kindsOfBlocks(kind func(request int) int) [][]ofKind {
	kinds := make([][]ofKind, s.layout.blocks)
requests:
	for i, b := range s.layout.block {
		k := kind(i)
		for j := range kinds[b] {
			if kinds[b][j].kind == k {
				kinds[b][j].requests++
				continue requests
			}
		}
		kinds[b] = append(kinds[b], ofKind{k, 1})
	}
	return kinds
}
