package execution

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/shell"
)

// comparePage is /exec/{id}/compare: the goroutines of this execution trace and of another,
// by the function that they were started with.
type comparePage struct {
	page
	With    string   // the id of the other; empty: none is chosen
	Others  []option // that it can be compared with
	Per     report.Per
	Pers    []option
	Query   string // a part of the names of functions
	A, B    side
	Columns []column
	Picked  picked[report.Beside]
	Rows    []besideRow
}

// option is one of a list that a form has.
type option struct {
	Value, Label string
	Chosen       bool
}

// side is one of the two execution traces.
type side struct {
	Name, Lasts string
	Goroutines  int
	Lost        bool // a part of it could not be read
}

// besideRow are the goroutines of a function on both sides.
type besideRow struct {
	Func  name
	A, B  count
	Cells []change
}

// count is how many there are on a side, and their page.
type count struct {
	N    int
	Link string
}

// change is what B has more than A in a state, or less.
type change struct {
	Nanos       int64
	Text, Label string
	From, To    string // what A and B have; empty: neither has any
}

// otherPatience is how long the page waits for the second of two execution traces. A page that
// asks again would have the first one read anew, where both are not kept at once.
const otherPatience = time.Minute

func (p *Pages) compare(v *visit) {
	a := readAsked(v.r, "with", "per", "q", "sort", "page")
	data := comparePage{page: v.page(a, func(w shell.Words) string { return w.T("Compare") }), With: a.Get("with"), Query: a.Get("q")}
	for _, e := range p.Library.List() {
		if e.ID != v.ID {
			data.Others = append(data.Others, option{e.ID, display.Text(e.Name, 100), e.ID == data.With})
		}
	}
	data.pers(a)
	data.Columns = append([]column{{Name: "func", Label: "Started with", Text: true, Up: true}, {Name: "count", Label: "Number"}}, stateColumns()...)
	by := a.sorted(data.Columns, report.Largest)
	if data.With == "" || !a.Right() {
		v.show("exec_compare", a, data)
		return
	}
	p.open(v.w, v.r, data.With, otherPatience, func(w http.ResponseWriter, r *http.Request, e *executions.Execution) {
		data.beside(&visit{w, r, e, p}, by)
		v.show("exec_compare", a, data)
	})
}

func (d *comparePage) pers(a *asked) {
	labels := map[report.Per]string{report.PerSecond: d.T("a second of each trace"), report.PerGoroutine: d.T("a goroutine"), report.PerTrace: d.T("the whole trace")}
	names := make([]string, 0, len(labels))
	for _, per := range report.Pers() {
		names = append(names, string(per))
	}
	d.Per = report.Per(a.oneOf("per", names))
	for _, per := range report.Pers() {
		d.Pers = append(d.Pers, option{string(per), labels[per], per == d.Per})
	}
}

// beside fills in the rows.
func (d *comparePage) beside(other *visit, by string) {
	d.A, d.B = newSide(d.visit), newSide(other)
	pair := report.Pair{A: d.Trace.Duration(), B: other.Trace.Duration(), Per: d.Per}
	rows := slices.Values(report.Besides(d.groups(), other.groups()))
	query := strings.ToLower(d.Query)
	wanted := func(r report.Beside) bool { return strings.Contains(strings.ToLower(report.Named(r.Func)), query) }
	if by == "func" {
		d.Picked = pick(d.Asked, rows, false, func(r report.Beside) (string, time.Duration, bool) { return report.Named(r.Func), 0, wanted(r) })
	} else {
		d.Picked = pick(d.Asked, rows, true, func(r report.Beside) (int64, time.Duration, bool) { return d.key(r, pair, by), 0, wanted(r) })
	}
	for _, r := range d.Picked.Rows {
		d.Rows = append(d.Rows, d.row(r, other, pair))
	}
}

func newSide(v *visit) side {
	s := side{Name: v.Called(), Lasts: display.Duration(v.Trace.Duration()), Lost: len(v.Trace.Lost) > 0}
	for _, g := range v.groups() {
		s.Goroutines += g.Count
	}
	return s
}

// key is what a row is sorted by: the size of a difference.
func (d *comparePage) key(r report.Beside, pair report.Pair, by string) int64 {
	if by == "count" {
		return int64(max(r.B.Count-r.A.Count, r.A.Count-r.B.Count))
	}
	return int64(pair.Size(r, by))
}

func (d *comparePage) row(r report.Beside, other *visit, pair report.Pair) besideRow {
	called := report.Named(r.Func)
	row := besideRow{Func: newName(called, ""), A: count{r.A.Count, d.To("/goroutines", "func", called)}, B: count{r.B.Count, other.To("/goroutines", "func", called)}}
	before, after, more := pair.Columns(r)
	for i, difference := range more {
		c := change{Nanos: int64(difference), Text: "–", Label: stateColumns()[i].Label}
		if before[i] != 0 || after[i] != 0 {
			c.Text, c.From, c.To = display.Change(difference), newTook(before[i]).Text, newTook(after[i]).Text
		}
		row.Cells = append(row.Cells, c)
	}
	return row
}

// comparable reports whether there is another execution trace.
func (p *Pages) comparable(id string) bool {
	return slices.ContainsFunc(p.Library.List(), func(e executions.Entry) bool { return e.ID != id })
}
