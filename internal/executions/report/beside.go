package report

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Side are the goroutines of one function in one of two execution traces.
type Side struct {
	Count int `json:"count"` // 0: the trace has none
	Times
}

// Beside are the goroutines of one function in two execution traces. Each is one run of a
// program: a difference is what differs between these, and not yet what a change of the
// program does.
type Beside struct {
	Func string `json:"func"` // empty: the trace does not name it
	A    Side   `json:"a"`
	B    Side   `json:"b"`
}

// Besides puts the groups of two execution traces, as of Goroutines, side by side. Those of
// the first come first, in their order, and then those that only the second has.
func Besides(a, b []Goroutine) []Beside {
	rows := make([]Beside, 0, len(a))
	at := make(map[string]int, len(a))
	for _, g := range a {
		at[g.Func] = len(rows)
		rows = append(rows, Beside{Func: g.Func, A: Side{g.Count, g.Times}})
	}
	for _, g := range b {
		i, both := at[g.Func]
		if !both {
			i = len(rows)
			rows = append(rows, Beside{Func: g.Func})
		}
		rows[i].B = Side{g.Count, g.Times}
	}
	return rows
}

// Per is what the times of two execution traces are divided by before they are compared,
// since the traces may be of different lengths.
type Per string

// The ways to compare.
const (
	PerSecond    Per = "second"    // by the time of each trace: nanoseconds in a second of it
	PerGoroutine Per = "goroutine" // by the number of goroutines: the mean
	PerTrace     Per = "trace"     // by nothing
)

// Pers are the ways to compare, the usual one first.
func Pers() []Per { return []Per{PerSecond, PerGoroutine, PerTrace} }

// In returns the columns of a side, in the order of ColumnNames. The trace took so long.
func (p Per) In(s Side, took time.Duration) []time.Duration {
	columns := s.Columns()
	by := 1.0
	switch p {
	case PerSecond:
		by = took.Seconds()
	case PerGoroutine:
		by = float64(s.Count)
	}
	for i, d := range columns {
		if by > 0 {
			columns[i] = time.Duration(math.Round(float64(d) / by))
		}
	}
	return columns
}

// Differences are the columns of B less those of A.
func Differences(a, b []time.Duration) []time.Duration {
	list := make([]time.Duration, len(a))
	for i := range list {
		list[i] = b[i] - a[i]
	}
	return list
}

// Largest is the largest of some differences, whichever sign it has, but for the first, which
// is the sum of the others.
func Largest(differences []time.Duration) time.Duration {
	return slices.MaxFunc(differences[1:], func(a, b time.Duration) int { return cmp.Compare(a.Abs(), b.Abs()) }).Abs()
}
