package report

import (
	"cmp"
	"slices"

	"example.com/tracelab/internal/labapi"
)

// Operation is what the spans of one name contribute to a path.
type Operation struct {
	Service, Operation string
	OnPathUS, TotalUS  int64 // in all of them, and with what is below them
	Calls              int   // that are on the path
	// DragUS is what the request would save without one of them: that which saves most.
	DragUS int64
	Root   bool // it is the root
}

// Operations are those of the spans on the path, that with the most time first.
func Operations(spans []labapi.PathSpan) (all []Operation) {
	type name struct{ service, operation string }
	at := map[name]int{}
	for i, s := range spans {
		if s.OnPathUS == 0 {
			continue
		}
		n := name{s.Service, s.Operation}
		if _, known := at[n]; !known {
			at[n] = len(all)
			all = append(all, Operation{Service: s.Service, Operation: s.Operation})
		}
		o := &all[at[n]]
		o.OnPathUS += s.OnPathUS
		o.TotalUS += s.TotalUS
		o.Calls++
		o.DragUS = max(o.DragUS, s.DragUS)
		o.Root = o.Root || i == 0
	}
	slices.SortStableFunc(all, func(a, b Operation) int { return cmp.Compare(b.OnPathUS, a.OnPathUS) })
	return all
}
