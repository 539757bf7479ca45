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
func Operations(spans []labapi.PathSpan) []Operation {
	var t tally
	for i := range spans {
		s := &spans[i]
		t.add(Operation{Service: s.Service, Operation: s.Operation, OnPathUS: s.OnPathUS, TotalUS: s.TotalUS, DragUS: s.DragUS, Root: i == 0})
	}
	return t.sorted()
}

// tally sums up spans by name.
type tally struct {
	all []Operation
	at  map[[2]string]int
}

// add adds one span, if any of it is on the path.
func (t *tally) add(s Operation) {
	if s.OnPathUS == 0 {
		return
	}
	name := [2]string{s.Service, s.Operation}
	at, known := t.at[name]
	if !known {
		if t.at == nil {
			t.at = map[[2]string]int{}
		}
		at = len(t.all)
		t.at[name] = at
		t.all = append(t.all, Operation{Service: s.Service, Operation: s.Operation})
	}
	o := &t.all[at]
	o.OnPathUS += s.OnPathUS
	o.TotalUS += s.TotalUS
	o.Calls++
	o.DragUS = max(o.DragUS, s.DragUS)
	o.Root = o.Root || s.Root
}

func (t *tally) sorted() []Operation {
	slices.SortStableFunc(t.all, func(a, b Operation) int { return cmp.Compare(b.OnPathUS, a.OnPathUS) })
	return t.all
}
