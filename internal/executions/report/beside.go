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

// in returns the columns of a side, in the order of ColumnNames. The trace took so long.
func (p Per) in(s Side, took time.Duration) []time.Duration {
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

// Pair is how two execution traces are compared.
type Pair struct {
	A, B time.Duration // how long each took
	Per  Per
}

// Columns returns the times of both sides and what B has more, in the order of ColumnNames.
func (p Pair) Columns(r Beside) (a, b, more []time.Duration) {
	a, b = p.Per.in(r.A, p.A), p.Per.in(r.B, p.B)
	more = make([]time.Duration, len(a))
	for i := range more {
		more[i] = b[i] - a[i]
	}
	return a, b, more
}

// Largest stands for the column in which a row differs the most. The total is the sum of the
// others, and does not count.
const Largest = "largest"

// Size is by how much a row differs in a column of ColumnNames, or in the Largest, whichever
// sign that has.
func (p Pair) Size(r Beside, column string) time.Duration {
	_, _, more := p.Columns(r)
	if i := slices.Index(ColumnNames(), column); i >= 0 {
		return more[i].Abs()
	}
	return slices.MaxFunc(more[1:], func(a, b time.Duration) int { return cmp.Compare(a.Abs(), b.Abs()) }).Abs()
}
