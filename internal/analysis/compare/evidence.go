package compare

import (
	"context"

	"example.com/tracelab/internal/analysis/stat"
)

// measures are the columns that are tested together, and what each is of.
type measures struct {
	columns []stat.Column
	of      []*evidence // where to add what was found, for each column
}

// leastShare is the part of the duration of a request that is worth telling. What cannot
// differ by so much, whichever requests are of which side, is not tested.
const leastShare = 0.01

// largeShare is the quantile above which values count as large: what hits few requests
// shows there.
const largeShare = 0.9

func (m *measures) add(c stat.Column, of *evidence) {
	m.columns = append(m.columns, c)
	m.of = append(m.of, of)
}

// addTimes tests the mean of a time, its ranks, and how many requests have a large one.
func (m *measures) addTimes(c stat.Column, g *stat.Groups, of *evidence) {
	m.add(c, of)
	m.add(stat.Ranks(c, g), of)
	m.add(stat.Above(c, g, largeShare), of)
}

// measures are those of all paths that can matter: the time on the critical path, that
// with all below, and the number of calls.
func (s *sample) measures() *measures {
	own, below, calls := s.columns()
	m := &measures{}
	s.rootEvidence = evidence{1, 1}
	m.addTimes(s.rootColumn(), &s.groups, &s.rootEvidence)
	least := leastShare * s.meanRoot()
	for i := range s.rows {
		r := &s.rows[i]
		r.own, r.below, r.calls = evidence{1, 1}, evidence{1, 1}, evidence{1, 1}
		if r.tested = r.possible >= least; r.tested {
			m.addTimes(own[i], &s.groups, &r.own)
		}
		if r.possibleBelow < least {
			continue
		}
		if len(below[i].Units) > 0 {
			m.addTimes(below[i], &s.groups, &r.below)
		}
		m.add(calls[i], &r.calls)
	}
	return m
}

// meanRoot is the mean duration of a request of both sides.
func (s *sample) meanRoot() float64 { return (s.root.x + s.root.y) / 2 }

func (s *sample) rootColumn() (c stat.Column) {
	for u, o := range s.pooled {
		c.Add(int32(u), float64(o.root))
	}
	return c
}

// columns are the measures of all rows. That of the time with all below is left empty
// where it is the same as that of the path's own.
func (s *sample) columns() (own, below, calls []stat.Column) {
	n := len(s.rows)
	own, below, calls = make([]stat.Column, n), make([]stat.Column, n), make([]stat.Column, n)
	sums := make([]int64, n)
	var touched []int
	for u, o := range s.pooled {
		touched = touched[:0]
		for _, c := range o.cells {
			i := int(s.ofPath[c.path]) - 1
			if i < 0 {
				continue
			}
			own[i].Add(int32(u), float64(c.onPath))
			calls[i].Add(int32(u), float64(c.calls))
			for up := i; c.onPath > 0 && up >= 0; up = s.rows[up].caller {
				if sums[up] == 0 {
					touched = append(touched, up)
				}
				sums[up] += c.onPath
			}
		}
		for _, i := range touched {
			if s.rows[i].calling {
				below[i].Add(int32(u), float64(sums[i]))
			}
			sums[i] = 0
		}
	}
	return own, below, calls
}

// test finds out which measures differ by more than chance.
func (m *measures) test(ctx context.Context, p stat.Plan, s *sample) error {
	columns := s.byUnits(m.columns, func(i int) int { return int(s.groups.Of[i]) }, s.groups.Scale)
	tested, err := stat.MaxT(ctx, p, s.units(), columns)
	for j, t := range tested {
		m.of[j].add(t)
	}
	return err
}

// resample draws other requests of the same kind, and gives the change of each path.
func (s *sample) resample(ctx context.Context, p stat.Plan) (*stat.Resampled, error) {
	columns := make([]stat.Column, len(s.rows))
	weights := s.weights()
	for u, o := range s.pooled {
		w := weights[u]
		if !s.groups.B[u] {
			w = -w
		}
		for _, c := range o.cells {
			if i := int(s.ofPath[c.path]) - 1; i >= 0 {
				columns[i].Add(int32(u), w*float64(c.onPath))
			}
		}
	}
	ones := make([]float64, 2*len(s.groups.Scale))
	for i := range ones {
		ones[i] = 1
	}
	columns = s.byUnits(columns, s.cellOf, ones)
	return stat.Bootstrap(ctx, p, s.units(), columns)
}
