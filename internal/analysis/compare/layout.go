package compare

import "math"

// layout is how the requests of the two sides lie in time. What can be exchanged for each
// other in a test are requests, if the sides are mixed, and blocks of requests, if they
// alternate in blocks that differ from each other by more than their requests do.
type layout struct {
	runs    int  // of requests of one side
	windows bool // one side was measured, and then the other
	// block of each pooled observation; nil: each is a unit of its own. Of very many
	// requests, some that follow each other are a unit, too: that is as good, and faster.
	block  []int32
	blocks int
}

// With fewer blocks there are too few ways to exchange them.
// With more, blocks are short, and the table of all paths by blocks is large.
const (
	fewestBlocks = 8
	mostBlocks   = 4000
	mostRows     = 300 // of paths, where blocks are many
)

// layOut finds out from the start times how the sides lie.
func (s *sample) layOut() {
	l := &layout{}
	s.layout = l
	b := s.groups.B
	block := make([]int32, len(b))
	for i := range b {
		if i == 0 || b[i] != b[i-1] {
			l.runs++
		}
		block[i] = int32(l.runs - 1)
	}
	mean, deviation := s.runsByChance()
	mixed := float64(l.runs) >= mean-3*deviation
	l.windows = !mixed && l.runs < fewestBlocks
	switch {
	case !mixed && !l.windows && l.runs <= mostBlocks && s.blocksDiffer(block, l.runs):
		l.block, l.blocks = block, l.runs
	case len(b) > 2*mostBlocks && len(s.rows) <= mostRows:
		l.bundle(b)
	}
}

// bundle makes units of requests of a side that follow each other.
func (l *layout) bundle(b []bool) {
	size := (len(b) + mostBlocks - 1) / mostBlocks
	l.block = make([]int32, len(b))
	var at, left [2]int
	for i, isB := range b {
		side := 0
		if isB {
			side = 1
		}
		if left[side] == 0 {
			at[side], left[side] = l.blocks, size
			l.blocks++
		}
		left[side]--
		l.block[i] = int32(at[side])
	}
}

// runsByChance is how many runs there are where each request is of either side by chance
// (Wald and Wolfowitz).
func (s *sample) runsByChance() (mean, deviation float64) {
	nx, ny := s.compared()
	n, both := float64(nx+ny), 2*float64(nx)*float64(ny)
	if n < 2 {
		return 0, 0
	}
	return 1 + both/n, math.Sqrt(both * (both - n) / (n * n * (n - 1)))
}

// blocksDiffer is an analysis of variance, of the logarithms of durations: whether blocks
// of one side differ by more than chance.
func (s *sample) blocksDiffer(block []int32, runs int) bool {
	rest := s.residuals()
	sums, sizes := make([]float64, runs), make([]float64, runs)
	var all, between float64
	for i, v := range rest {
		sums[block[i]] += v
		sizes[block[i]]++
		all += v * v
	}
	for b := range sums {
		between += sums[b] * sums[b] / sizes[b]
	}
	freedom, rests := float64(runs-2), float64(len(rest)-runs)
	if rests < 1 || all-between <= 0 {
		return false
	}
	f := between / freedom / ((all - between) / rests)
	limit := math.Pow(1-2/(9*freedom)+1.645*math.Sqrt(2/(9*freedom)), 3) // Wilson and Hilferty, 5 %
	return f > limit
}

// residuals are the logarithms of durations, less the mean of the side in the stratum.
func (s *sample) residuals() []float64 {
	sums, sizes := make([]float64, 2*len(s.groups.Scale)), make([]float64, 2*len(s.groups.Scale))
	values := make([]float64, len(s.pooled))
	for i, o := range s.pooled {
		values[i] = math.Log(float64(o.root))
		sums[s.cellOf(i)] += values[i]
		sizes[s.cellOf(i)]++
	}
	for i := range values {
		values[i] -= sums[s.cellOf(i)] / sizes[s.cellOf(i)]
	}
	return values
}

// cellOf numbers the sides of the strata.
func (s *sample) cellOf(i int) int {
	cell := 2 * int(s.groups.Of[i])
	if s.groups.B[i] {
		cell++
	}
	return cell
}
