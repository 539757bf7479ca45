package execution

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/web/shell"
)

// column is a column of a table that can be sorted.
type column struct {
	Name  string // in the address
	Label string
	Class string // of the state that the column is about; empty: of none
	Sort  string // the address of the table sorted by it
	Here  bool   // the table is sorted by it
	Up    bool   // and so that the least is first
	Text  bool   // it has words and no numbers
}

// stateColumns are the columns of times by state, in the order of report.Times.Columns.
func stateColumns() []column {
	return []column{
		{Name: "total", Label: "total"}, {Name: "execution", Label: "execution", Class: "c10"}, {Name: "network", Label: "network", Class: "c7"},
		{Name: "sync", Label: "sync", Class: "c1"}, {Name: "syscall", Label: "syscall", Class: "c9"}, {Name: "scheduler", Label: "scheduler", Class: "c0"},
		{Name: "sleep", Label: "sleep", Class: "c6"}, {Name: "gc", Label: "gc", Class: "c2"}, {Name: "other", Label: "other", Class: "c3"},
	}
}

// States are the columns of times by state, for tables that are not sorted by them.
func (v *visit) States() []column { return stateColumns() }

// stateOf is the number of a column of report.Times.Columns, or -1.
func stateOf(name string) int { return slices.Index(report.ColumnNames(), name) }

// sorted reads which of some columns the table is sorted by, and gives each its address. The
// first is that of an address that says nothing, or a name that stands before the columns.
func (a *asked) sorted(columns []column, otherwise string) (by string) {
	names := []string{otherwise}
	for _, c := range columns {
		names = append(names, c.Name)
	}
	by = a.oneOf("sort", names)
	for i, c := range columns {
		sort := c.Name
		if sort == otherwise {
			sort = ""
		}
		columns[i].Sort, columns[i].Here = a.With("sort", sort, "page", "", "min", "", "max", ""), c.Name == by
	}
	return by
}

// bar draws the times of a row, as parts of their sum.
type bar struct {
	Says  string
	Parts []part
}

type part struct{ Class, X, Width string }

// newBar draws times in the order of report.Times.Columns.
func newBar(w shell.Words, times []time.Duration) bar {
	var b bar
	var said []string
	at := 0.0
	for i, state := range stateColumns() {
		if i == 0 || times[i] <= 0 || times[0] <= 0 {
			continue
		}
		share := 100 * float64(times[i]) / float64(times[0])
		b.Parts = append(b.Parts, part{state.Class, draw.Percent(at), draw.Percent(max(share, draw.Thinnest))})
		said = append(said, w.T(state.Label)+" "+percent(share))
		at += share
	}
	b.Says = strings.Join(said, ", ")
	return b
}

// took is a duration as a cell of a table has it: for people, and in nanoseconds for scripts.
type took struct {
	Nanos int64
	Text  string
}

func newTook(d time.Duration) took {
	if d == 0 {
		return took{0, "–"}
	}
	return took{int64(d), display.Duration(d)}
}

// cell is a time of a row.
type cell struct {
	took
	Label string
}

func cells(times []time.Duration) (list []cell) {
	for i, state := range stateColumns() {
		list = append(list, cell{newTook(times[i]), state.Label})
	}
	return list
}

// name is a name that comes from the trace, which may be long, and what leads to more of it.
type name struct {
	Text  string // as a table shows it
	Title string // more of it
	Link  string // empty: there is none, or the name is too long for an address
}

func newName(text, link string) name {
	const most = 80
	return name{display.Cut(text, most), display.Text(text, longestText), link}
}

// stack is where something was.
type stack struct {
	Where name
	Calls []string // all of it, the innermost first
	More  int      // calls that are left out
}

// deepest is how many calls of a stack a page shows.
const deepest = 100

func newStack(places []report.Place) (s stack) {
	at, ok := report.Innermost(places)
	if !ok {
		return s
	}
	s.Where = newName(at.As(at.Func), "")
	s.More = max(0, len(places)-deepest)
	for _, p := range places[:min(len(places), deepest)] {
		s.Calls = append(s.Calls, display.Text(report.Named(p.Func), longestText)+"  "+display.Text(p.File, longestText)+":"+number(int64(p.Line)))
	}
	return s
}

// goroutineLink is a goroutine that another row refers to; zero: there is none.
type goroutineLink struct {
	ID   exectrace.GoID
	Link string
}

func (v *visit) link(id exectrace.GoID) goroutineLink {
	return goroutineLink{id, v.To("/goroutine", "id", number(id))}
}

// percent is a share from 0 to 100 in words.
func percent(share float64) string {
	if share > 0 && share < .1 {
		return "<0.1%"
	}
	return strconv.FormatFloat(share, 'f', 1, 64) + "%"
}

// newPart is a part of a bar whose parts have no colours of their own.
func newPart(i int, at, share float64) part {
	return part{draw.Class(i % 11), draw.Percent(at), draw.Percent(max(share, draw.Thinnest))}
}
