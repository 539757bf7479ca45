package calltree

import (
	"cmp"
	"slices"
)

// Function is a function, whoever called it.
type Function struct {
	Name  string // empty: not known
	Self  int64  // nanoseconds or samples, without those of the functions that it called
	Total int64  // with them; where it calls itself, once
	Count int64  // how many times goroutines were in it or below, for however long
}

// Functions returns the functions of the tree: first those with the most Self, or Total.
func (t *Tree) Functions(byTotal bool) []Function {
	at, seen := map[string]int{}, []int{} // seen: the path, plus one, that was counted last
	var all []Function
	for i, p := range t.paths {
		for n := p.leaf; n > 0; n = t.Nodes[n].Parent {
			name := t.Nodes[n].Func
			k, known := at[name]
			if !known {
				k = len(all)
				at[name] = k
				all, seen = append(all, Function{Name: name}), append(seen, 0)
			}
			if n == p.leaf {
				all[k].Self += p.line.sum
			}
			if seen[k] != i+1 {
				seen[k] = i + 1
				all[k].Total, all[k].Count = all[k].Total+p.line.sum, all[k].Count+p.line.count
			}
		}
	}
	slices.SortFunc(all, func(a, b Function) int {
		if byTotal {
			return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(b.Self, a.Self), cmp.Compare(a.Name, b.Name))
		}
		return cmp.Or(cmp.Compare(b.Self, a.Self), cmp.Compare(b.Total, a.Total), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// Parts returns how much there is in each part of the time: first of all, then of each of some
// functions as Function.Total counts them. What is Profile.Untimed is in none.
func (t *Tree) Parts(functions []Function) (all []int64, each [][]int64) {
	all, each = make([]int64, t.parts), make([][]int64, len(functions))
	at, seen := map[string]int{}, make([]int, len(functions))
	for i, f := range functions {
		at[f.Name], each[i] = i, make([]int64, t.parts)
	}
	for i, p := range t.paths {
		add(all, p.line.parts)
		for n := p.leaf; n > 0; n = t.Nodes[n].Parent {
			if k, wanted := at[t.Nodes[n].Func]; wanted && seen[k] != i+1 {
				seen[k] = i + 1
				add(each[k], p.line.parts)
			}
		}
	}
	return all, each
}

func add(to, parts []int64) {
	for i, v := range parts {
		to[i] += v
	}
}
