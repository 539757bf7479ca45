package compare

import (
	"cmp"
	"math"
	"slices"

	"example.com/tracelab/internal/analysis/stat"
)

// errorFinding is where requests failed.
type errorFinding struct {
	paths []errorPath // those that changed most first
}

// errorPath is a path of the deepest spans with an error.
type errorPath struct {
	path   int32
	nx, ny int // requests
	rate   change
	found  evidence
	column stat.Column
}

// p is the probability of the change by chance alone.
func (e *errorPath) p() float64 { return e.found.of(e.rate.delta()) }

// mostErrorPaths bounds how many are tested and told.
const mostErrorPaths = 200

// errorMeasures adds where requests fail to what is tested.
func (s *sample) errorMeasures(m *measures) *errorFinding {
	at := map[int32]int{}
	f := &errorFinding{}
	weights := s.weights()
	for u, o := range s.pooled {
		for _, path := range o.failed {
			k, known := at[path]
			if !known {
				k = len(f.paths)
				at[path] = k
				f.paths = append(f.paths, errorPath{path: path, found: evidence{1, 1}})
			}
			e := &f.paths[k]
			e.column.Add(int32(u), 1)
			if s.groups.B[u] {
				e.ny++
				e.rate.y += weights[u]
			} else {
				e.nx++
				e.rate.x += weights[u]
			}
		}
	}
	if len(f.paths) == 0 {
		return nil
	}
	slices.SortFunc(f.paths, func(a, b errorPath) int {
		return cmp.Or(cmp.Compare(b.nx+b.ny, a.nx+a.ny), cmp.Compare(s.text(a.path), s.text(b.path)))
	})
	f.paths = f.paths[:min(len(f.paths), mostErrorPaths)]
	for i := range f.paths {
		e := &f.paths[i]
		m.add(e.column, &e.found)
	}
	return f
}

// sort puts what changed most first.
func (f *errorFinding) sort() {
	slices.SortStableFunc(f.paths, func(a, b errorPath) int {
		return cmp.Compare(math.Abs(b.rate.delta()), math.Abs(a.rate.delta()))
	})
}

// evident reports whether requests are claimed to fail more often there, or less.
func (f *finding) evidentError(e *errorPath) bool {
	nx, ny := f.compared()
	return min(nx, ny) >= fewest && e.p() <= likely && math.Abs(e.rate.delta()) >= leastShare
}
