package timeline

import (
	"net/http"
	"strconv"

	"example.com/tracelab/exectrace/calltree"
	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/shell"
)

// flamePage is /exec/{id}/flame: in which calls goroutines were, in a part of the time.
type flamePage struct {
	shell.Page
	*flameQuery
	Name       string
	Tabs       []execution.Tab
	Lost       int // parts of the file that could not be read
	Shown      span
	Moves      []move
	Timeline   string // the same time there
	Lane       string // what the selected lane is called; empty: all goroutines are shown
	Goroutines int
	Measures   []measure
	Reasons    []measure
	Note       string // what the measure is
	Sum        amount
	Times      int64 // that goroutines were in the state
	Graph      graph
	Parts      []part
	PartsSaid  string
	Untimed    int // sums that are not in the parts
	Merged     int // times in calls that are not told
	Functions  []functionRow
	More       int // functions that the table does not have
	All        string
	Raw        string // the file for pprof
}

// flameQuery is what the address of a flame graph asks for.
type flameQuery struct {
	ID       string
	From, To int64 // in ns since the trace began
	Of       string
	Func     string
	State    string
	Reason   string
	Find     string
	Root     string // the id of a node
	Sort     string
	Raw      bool

	x       *executions.Execution
	lane    *lanes.Lane
	measure calltree.Measure
	filter  calltree.Filter
}

// mostFound is how long the names of functions in an address may be, in bytes.
const mostFound = 1000

// samplesState is the name of calltree.Samples among the states.
const samplesState = "samples"

// flameStates are the measures, by their names in an address.
var flameStates = []lanes.State{
	calltree.Samples, lanes.Running, lanes.Collecting, lanes.Runnable, lanes.Syscall, lanes.Network, lanes.Sync, lanes.Sleep, lanes.GCWait, lanes.Waiting, lanes.Unknown,
}

func flameName(s lanes.State) string {
	if s == calltree.Samples {
		return samplesState
	}
	return s.String()
}

func readFlame(raw string, x *executions.Execution) (*flameQuery, error) {
	q := readQuery(raw, "from", "to", "of", "func", "state", "reason", "find", "root", "sort", "raw")
	f := &flameQuery{x: x, ID: x.ID, Of: q.values.Get("of"), Func: q.text("func", mostFound), Reason: q.text("reason", mostFound), Find: q.text("find", mostFound)}
	f.From, f.To = q.window(beginning(x), lasting(x))
	if lane, given := q.lane("of"); given {
		if f.lane = &lane.Lane; lane.Kind == lanes.Task {
			q.fail("of", "give the goroutine that was in the task, such as g17: a flame graph is of a processor, a goroutine or a thread")
		} else if !listingOf(x, lane.by()).has(lane.ID) {
			q.fail("of", "the trace has no such "+lane.by()+": leave it out, or find another")
		}
	}
	names := []string{flameName(lanes.Running)}
	if sampledIn(x) > 0 {
		names[0] = samplesState
	}
	for _, s := range flameStates {
		names = append(names, flameName(s))
	}
	f.State = q.choice("state", names...)
	for _, s := range flameStates {
		if flameName(s) == f.State {
			f.measure = calltree.Measure{State: s, Reason: f.Reason}
		}
	}
	if f.Root = q.values.Get("root"); f.Root != "" {
		id, err := strconv.ParseUint(f.Root, 16, 64)
		if err != nil {
			q.fail("root", "give the id of a function in a flame graph, as the links there have it")
		}
		f.filter.Under, f.Root = id, strconv.FormatUint(id, 16)
	}
	f.filter.Find, f.Sort, f.Raw = f.Find, q.choice("sort", "self", "total"), q.choice("raw", "0", "1") == "1"
	return f, q.err
}

// sampledIn is how many CPU samples an execution has.
func sampledIn(x *executions.Execution) int {
	n, _ := executions.Keep(x, "cpu samples", func() (n int, _ error) {
		for range x.Lanes.Trace.Samples() {
			n++
		}
		return n, nil
	})
	return n
}

func (p *Pages) flame(w http.ResponseWriter, r *http.Request, x *executions.Execution) {
	q, err := readFlame(r.URL.RawQuery, x)
	if err != nil {
		words := p.Shell.Words(r)
		p.Shell.Problem(w, r, http.StatusBadRequest, shell.Problem{Heading: words.T("The flame graph cannot be shown"),
			Text: words.T("A parameter of the address is wrong. Change it, or leave it out."), Error: display.Text(err.Error(), 500)})
		return
	}
	profile := q.profile()
	if q.Raw {
		w.Header().Set("Content-Type", "application/vnd.google.protobuf+gzip")
		w.Header().Set("Content-Disposition", `attachment; filename="`+q.State+`.pb.gz"`)
		profile.Pprof(q.measure, q.filter).Write(w) // a client that has gone needs no error
		return
	}
	p.Shell.Show(w, r, http.StatusOK, "exec_flame", p.newFlame(r, q, profile))
}

func (p *Pages) newFlame(r *http.Request, q *flameQuery, profile *calltree.Profile) *flamePage {
	d := &flamePage{
		Page: p.Shell.Page(r, "", ""), flameQuery: q, Name: display.Text(q.x.Name, 200), Tabs: p.Tabs(r, q.ID), Lost: len(q.x.Lanes.Trace.Lost),
		Shown: spanOf(q.x, timeOf(q.x, q.From), timeOf(q.x, q.To)), Goroutines: profile.Goroutines, Untimed: profile.Untimed, Merged: profile.Merged,
		Timeline: q.timeline(), All: q.with("root", "", "find", ""), Raw: q.with("raw", "1"),
	}
	d.Title, d.Styles = d.T("%s: Flame graph", d.Name), []string{"flame.css"}
	if q.lane != nil {
		d.Lane = labelOf(q.x, id{Lane: *q.lane})
	}
	d.moves()
	d.measures(profile)
	tree := profile.Tree(q.measure, q.filter)
	d.Sum, d.Times = q.amount(tree.Nodes[0].Total, tree.Nodes[0].Total+tree.Left), tree.Nodes[0].Count
	d.Graph = d.newGraph(tree)
	d.table(tree)
	return d
}
