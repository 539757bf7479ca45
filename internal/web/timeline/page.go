package timeline

import (
	"net/http"
	"net/url"
	"strconv"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/execution"
	"example.com/tracelab/internal/web/shell"
	"example.com/tracelab/internal/web/states"
)

// page is /exec/{id}/timeline.
type page struct {
	shell.Page
	ID, Name string
	Version  string // of the data
	By       string
	// The trace is shown from Begins to Lasts, in ns since it began.
	Begins, Lasts int64
	LastsSaid     string
	Shown         span
	Most          map[string]int64 // the highest value of each counter
	MostHeap      string
	States        []states.State
	Tabs          []execution.Tab
	Ways          []way
	Moves         []move
	Picture       *picture
	AllLanes      int // that there are, with those that are too many
	Listed        int
	Lost          int // parts of the file that could not be read
	Undrawn       int // regions and messages
}

// Patterns are those of the states, and of the heap.
func (d *page) Patterns() []states.State { return states.Patterns(d.States) }

// way is a choice of lanes.
type way struct {
	By, Path string
	Lanes    int
	Here     bool
}

// move is a link to another part of the time, for who has no JavaScript.
type move struct{ Word, Path string }

// mostColumns is how many columns the whole trace has for the highest values of counters.
const mostColumns = 2048

func (p *Pages) show(w http.ResponseWriter, r *http.Request, x *executions.Execution) {
	q := readQuery(r.URL.RawQuery, "by", "from", "to", "lane", "selected", "find", "range", "tool")
	from, to := q.window(beginning(x), lasting(x))
	by := "processor"
	if lane, given := q.lane("lane"); given {
		by = lane.by()
	}
	if q.values.Has("by") {
		by = q.choice("by", ways...)
	}
	q.number("selected", 0, lasting(x), 0)
	if q.err != nil {
		words := p.Shell.Words(r)
		p.Shell.Problem(w, r, http.StatusBadRequest, shell.Problem{Heading: words.T("The timeline cannot be shown"),
			Text: words.T("A parameter of the address is wrong. Change it, or leave it out."), Error: display.Text(q.err.Error(), 500)})
		return
	}
	data := p.page(r, x, by, from, to)
	p.Shell.Show(w, r, http.StatusOK, "timeline", data)
}

func (p *Pages) page(r *http.Request, x *executions.Execution, by string, from, to int64) *page {
	list := listingOf(x, by)
	d := &page{
		Page: p.Shell.Page(r, "", "lanes.js"), ID: x.ID, Name: display.Text(x.Name, 200), Version: version(x), By: by, Begins: beginning(x), Lasts: lasting(x),
		Shown: spanOf(x, timeOf(x, from), timeOf(x, to)), Most: highestOf(x), Listed: len(list.lanes), AllLanes: list.all, Lost: len(x.Lanes.Trace.Lost),
	}
	d.Title, d.Styles = d.T("%s: Timeline", d.Name), []string{"time.css", states.Sheet, "lanes.css"}
	d.LastsSaid = display.Duration(x.Lanes.Trace.Duration())
	d.MostHeap, d.States = report.Sized(uint64(d.Most[heapSizes])), states.In(d.Words)
	d.Tabs = p.Tabs(r, x.ID)
	switch by {
	case "goroutine":
		d.Undrawn = marksOf(x).undrawn
	case "task":
		d.Undrawn = taskMarksOf(x).undrawn
	}
	for _, k := range kinds {
		d.Ways = append(d.Ways, way{k.by, d.address(k.by, from, to), listingOf(x, k.by).all, k.by == by})
	}
	half := max((to-from)/2, 1)
	d.Moves = []move{
		{d.T("Earlier"), d.address(by, from-half, to-half)}, {d.T("Left half"), d.address(by, from, from+half)},
		{d.T("Middle half"), d.address(by, from+half/2, to-half/2)}, {d.T("Right half"), d.address(by, from+half, to)},
		{d.T("Later"), d.address(by, from+half, to+half)}, {d.T("Twice the time"), d.address(by, from-half, to+half)}, {d.T("All of it"), d.address(by, d.Begins, d.Lasts)},
	}
	d.Picture = newPicture(d.Words, x, list, from, to)
	return d
}

// address is that of a part of the time, which is moved into the trace.
func (d *page) address(by string, from, to int64) string {
	whole := d.Lasts - d.Begins
	length := min(max(to-from, 1), whole)
	from = min(max(from, d.Begins), d.Lasts-length)
	v := url.Values{"by": {by}}
	if length < whole {
		v.Set("from", strconv.FormatInt(from, 10))
		v.Set("to", strconv.FormatInt(from+length, 10))
	}
	return Path(d.ID) + "?" + v.Encode()
}

// highestOf are the highest values of the counters over the whole trace.
func highestOf(x *executions.Execution) map[string]int64 {
	most, _ := executions.Keep(x, "timeline highest", func() (map[string]int64, error) {
		width := x.Lanes.Trace.Duration()/mostColumns + 1
		return counts(x.Lanes.Counters(x.Lanes.Trace.Start, width, mostColumns)).highest(), nil
	})
	return most
}
