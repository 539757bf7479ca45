package compare

import (
	"cmp"
	"math"
	"slices"

	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// How many traces are shown for a row, of how many rows, and how many are looked at to
// find one whose execution is recorded.
const (
	examplesOf   = 3
	exampledRows = 30
	lookedAt     = 40
)

// examples finds typical traces: those in which a path took about as long as in the mean
// of their side.
type examples struct {
	*sample
	recorded func(zipkin.TraceID) bool
	rowOf    map[string]int
}

func newExamples(s *sample, recorded func(zipkin.TraceID) bool) *examples {
	e := &examples{s, recorded, map[string]int{}}
	for i := range s.rows {
		e.rowOf[s.text(s.rows[i].path)] = i
	}
	return e
}

// give adds examples to the first rows.
func (e *examples) give(changes []labapi.Change) {
	for k := range changes[:min(len(changes), exampledRows)] {
		c := &changes[k]
		if i, is := e.rowOf[c.Path]; is {
			r := &e.rows[i]
			c.ExemplarsA = e.typical(r, r.x.onPath, false)
			c.ExemplarsB = e.typical(r, r.y.onPath, true)
		}
	}
}

// typical are traces of a side in which a path has about so much time.
func (e *examples) typical(r *row, mean float64, ofY bool) []string {
	type near struct {
		*observation
		by float64
	}
	var all []near
	for i, o := range e.pooled {
		if e.groups.B[i] == ofY {
			all = append(all, near{o, math.Abs(o.onPath(r.path) - mean)})
		}
	}
	slices.SortStableFunc(all, func(a, b near) int { return cmp.Compare(a.by, b.by) })
	traces := make([]*observation, 0, lookedAt)
	for _, n := range all[:min(len(all), lookedAt)] {
		traces = append(traces, n.observation)
	}
	return chosen(traces, e.recorded)
}

// onPath is what a path has of the critical path of a request.
func (o *observation) onPath(path int32) float64 {
	i, found := slices.BinarySearchFunc(o.cells, path, func(c cell, p int32) int { return cmp.Compare(c.path, p) })
	if !found {
		return 0
	}
	return float64(o.cells[i].onPath)
}

// chosen are the first of some traces, and before them those whose execution is recorded.
func chosen(traces []*observation, recorded func(zipkin.TraceID) bool) (ids []string) {
	if recorded != nil {
		has := map[zipkin.TraceID]bool{}
		for _, o := range traces {
			has[o.trace] = recorded(o.trace)
		}
		slices.SortStableFunc(traces, func(a, b *observation) int {
			return cmp.Compare(rankOf(has[a.trace]), rankOf(has[b.trace]))
		})
	}
	for _, o := range traces[:min(len(traces), examplesOf)] {
		ids = append(ids, o.trace.String())
	}
	return ids
}

func rankOf(first bool) int {
	if first {
		return 0
	}
	return 1
}

// failed are traces of both sides that failed at a path.
func (s *sample) failed(path int32, recorded func(zipkin.TraceID) bool) (x, y []string) {
	var of [2][]*observation
	for i, o := range s.pooled {
		side := 0
		if s.groups.B[i] {
			side = 1
		}
		if len(of[side]) < lookedAt && slices.Contains(o.failed, path) {
			of[side] = append(of[side], o)
		}
	}
	return chosen(of[0], recorded), chosen(of[1], recorded)
}
