package dependencies

import (
	"cmp"
	"slices"
	"strings"

	"example.com/tracelab/internal/analysis/stat"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/zipkin"
)

// row is an edge as the table shows it.
type row struct {
	Caller, Called end
	Calls, Errors  int64
	Timed          int // calls whose duration is known
	P50, P99       string
	Traces, Failed string // addresses; empty: the names are too long for one
	p50, p99       int64  // µs
}

// end is a service at an end of an edge.
type end struct {
	Name   string // whole
	Label  string // as the table shows it
	Title  string
	Colour string
	Graph  string // the address of it and its neighbours
}

// orders are those of the table, by their name in the address.
var orders = map[string]func(a, b *row) int{
	byCalls:  func(a, b *row) int { return cmp.Compare(b.Calls, a.Calls) },
	"errors": func(a, b *row) int { return cmp.Compare(b.Errors, a.Errors) },
	"p50":    func(a, b *row) int { return cmp.Compare(b.p50, a.p50) },
	"p99":    func(a, b *row) int { return cmp.Compare(b.p99, a.p99) },
	"caller": func(*row, *row) int { return 0 },
	"called": func(a, b *row) int { return strings.Compare(a.Called.Name, b.Called.Name) },
}

// byNames orders what is equal otherwise.
func byNames(a, b *row) int {
	return cmp.Or(strings.Compare(a.Caller.Name, b.Caller.Name), strings.Compare(a.Called.Name, b.Called.Name))
}

// rowsOf makes a row of each edge, in the order of the graph, which is that of the calls.
func rowsOf(edges []zipkin.Edge, a *asked) []row {
	rows := make([]row, 0, len(edges))
	colours := draw.NewPalette(namesOf(edges))
	for i := range edges {
		e := &edges[i]
		slices.Sort(e.Durations)
		r := row{Calls: e.CallCount, Errors: e.ErrorCount, Timed: len(e.Durations),
			Traces: a.tracesOf(e), Failed: a.tracesOf(e, "annotationQuery", "error"),
			p50: stat.Quantile(e.Durations, .5), p99: stat.Quantile(e.Durations, .99)}
		r.Caller, r.Called = a.end(e.Parent, colours), a.end(e.Child, colours)
		r.P50, r.P99 = duration(r.p50), duration(r.p99)
		rows = append(rows, r)
	}
	sortRows(rows, orders[byCalls])
	return rows
}

func sortRows(rows []row, order func(a, b *row) int) {
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Or(order(&a, &b), byNames(&a, &b)) })
}

func namesOf(edges []zipkin.Edge) (names []string) {
	for _, e := range edges {
		names = append(names, e.Parent, e.Child)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (a *asked) end(name string, colours draw.Palette) end {
	const most, mostOfTitle = 32, 300
	return end{Name: name, Label: display.Cut(name, most), Title: display.Text(name, mostOfTitle), Colour: draw.Class(colours[name]), Graph: a.Of(name)}
}

func duration(us int64) string {
	if us == 0 {
		return "–"
	}
	return display.Micros(us)
}

// Partly reports whether the durations are those of some calls only.
func (r row) Partly() bool { return r.Timed > 0 && int64(r.Timed) < r.Calls }

// Both are p50 and p99 as an edge of the graph shows them: in one unit, if they have one.
func (r *row) Both() string {
	if r.Timed == 0 {
		return ""
	}
	number, unit, _ := strings.Cut(r.P50, " ")
	if strings.HasSuffix(r.P99, " "+unit) && !strings.Contains(unit, " ") {
		return number + " / " + r.P99
	}
	return r.P50 + " / " + r.P99
}
