package waterfall

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"example.com/tracelab/internal/analysis/stat"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/draw"
)

// group is what the spans of one name of a service have in common, or all of a service.
type group struct {
	service, name string // as they were reported
	Colour        string
	Spans, Errors int
	total         int64 // durations, µs, also of those that ran at once
	self, onPath  int64
	durations     []int64 // sorted; of the spans that have one
	share         float64 // percent of the self time of all groups
	Path          template.URL
}

// Service is the name of the service.
func (g *group) Service() string { return serviceName(g.service) }

// Name is the name of the spans.
func (g *group) Name() string { return spanName(g.name) }

// Total, Self, OnPath, Mean, P50, P95 and Max are times.
func (g *group) Total() string  { return display.Micros(g.total) }
func (g *group) Self() string   { return display.Micros(g.self) }
func (g *group) OnPath() string { return display.Micros(g.onPath) }
func (g *group) Mean() string   { return g.time(g.mean()) }
func (g *group) P50() string    { return g.time(g.quantile(.5)) }
func (g *group) P95() string    { return g.time(g.quantile(.95)) }
func (g *group) Max() string    { return g.time(g.quantile(1)) }

// W is the length of the bar in SVG.
func (g *group) W() string { return draw.Percent(g.share) }

func (g *group) time(us int64) string {
	if len(g.durations) == 0 {
		return "–"
	}
	return display.Micros(us)
}

func (g *group) mean() int64 {
	if len(g.durations) == 0 {
		return 0
	}
	return g.total / int64(len(g.durations))
}

func (g *group) quantile(q float64) int64 { return stat.Quantile(g.durations, q) }

// groupColumns are those of the table.
var groupColumns = []column[group]{
	{Key: "service", Label: "Service", Text: true, Rising: true, compare: func(a, b *group) int {
		return cmp.Or(strings.Compare(a.service, b.service), strings.Compare(a.name, b.name))
	}},
	{Key: "name", Label: "Name", Text: true, Rising: true, compare: func(a, b *group) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.service, b.service))
	}},
	{Key: "spans", Label: "Spans", compare: func(a, b *group) int { return cmp.Compare(a.Spans, b.Spans) }},
	{Key: "errors", Label: "Errors", compare: func(a, b *group) int { return cmp.Compare(a.Errors, b.Errors) }},
	{Key: "total", Label: "Total", compare: func(a, b *group) int { return cmp.Compare(a.total, b.total) }},
	{Key: "self", Label: "Self time", compare: func(a, b *group) int { return cmp.Compare(a.self, b.self) }},
	{Key: "path", Label: "On the path", compare: func(a, b *group) int { return cmp.Compare(a.onPath, b.onPath) }},
	{Key: "mean", Label: "Mean", compare: func(a, b *group) int { return cmp.Compare(a.mean(), b.mean()) }},
	{Key: "p50", Label: "p50", compare: func(a, b *group) int { return cmp.Compare(a.quantile(.5), b.quantile(.5)) }},
	{Key: "p95", Label: "p95", compare: func(a, b *group) int { return cmp.Compare(a.quantile(.95), b.quantile(.95)) }},
	{Key: "max", Label: "Max", compare: func(a, b *group) int { return cmp.Compare(a.quantile(1), b.quantile(1)) }},
}

// groups sums up the rows by service and name, or by service alone.
func (w *Waterfall) groups(byService bool) []group {
	type key struct{ service, name string }
	at := map[key]int{}
	var all []group
	var selfs int64
	for i := range w.Rows {
		r := &w.Rows[i]
		if r.Span == nil {
			continue
		}
		k := key{r.Span.Local.ServiceName, r.Span.Name}
		if byService {
			k.name = ""
		}
		n, known := at[k]
		if !known {
			n = len(all)
			at[k] = n
			all = append(all, group{service: k.service, name: k.name, Colour: draw.Class(r.Colour)})
		}
		measured := w.measured(r)
		all[n].add(r, measured.Self, measured.OnPath)
		selfs += measured.Self
	}
	for i := range all {
		slices.Sort(all[i].durations)
		all[i].share = 100 * float64(all[i].self) / float64(max(selfs, 1))
	}
	return all
}

func (g *group) add(r *row, self, onPath int64) {
	g.Spans++
	if r.Span.Failed() {
		g.Errors++
	}
	g.self += self
	g.onPath += onPath
	if d := r.Span.Duration; d > 0 && d <= longestZoom {
		g.total = min(g.total+d, longestZoom)
		g.durations = append(g.durations, d)
	}
}

// statisticsPage is the view statistics.
type statisticsPage struct {
	tracePage
	Heads     []heading
	Groups    []group
	ByService bool
	Pager     pager
}

func (p *Pages) showStatistics(w http.ResponseWriter, r *http.Request, a *asked) {
	sp := statisticsPage{tracePage: p.page(r, a, "views.js"), ByService: a.By == "service"}
	columns := groupColumns
	if sp.ByService {
		columns = slices.Delete(slices.Clone(columns), 1, 2)
	}
	groups := a.part.groups(sp.ByService)
	var err error
	if sp.Heads, err = sortBy(groups, columns, a.shown, "self"); err != nil {
		p.fail(w, r, p.unreadable(r, err))
		return
	}
	sp.Groups, sp.Pager = pageOf(groups, a.shown)
	for i := range sp.Groups {
		g := &sp.Groups[i]
		g.Path = a.With("view", "", "sort", "", "by", "", "from", "", "span", "", "find", findable(cmp.Or(g.name, g.service)), "filter", "1")
	}
	p.shell.Show(w, r, http.StatusOK, "statistics", &sp)
}

// Other is the address of the other grouping.
func (p *statisticsPage) Grouped() template.URL {
	if p.ByService {
		return p.With("by", "", "sort", "", "from", "")
	}
	return p.With("by", "service", "sort", "", "from", "")
}
