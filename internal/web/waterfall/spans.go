package waterfall

import (
	"cmp"
	"html/template"
	"net/http"
	"strings"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/draw"
)

// entry is a span of the table of spans.
type entry struct {
	*row
	n      critical.Node
	offset int64
	Path   template.URL
}

// The cells of the table.
func (e *entry) Service() string  { return serviceName(e.Span.Local.ServiceName) }
func (e *entry) Name() string     { return spanName(e.Span.Name) }
func (e *entry) Kind() string     { return kindNames[e.Span.Kind] }
func (e *entry) Class() string    { return draw.Class(e.Colour) }
func (e *entry) Failed() bool     { return e.Span.Failed() }
func (e *entry) Duration() string { return durationOrDash(e.Span) }
func (e *entry) Remote() string   { return cut(remote(e.Span.Remote)) }
func (e *entry) Tags() int        { return len(e.Span.Tags) }
func (e *entry) Logs() int        { return len(e.Span.Annotations) }
func (e *entry) Self() string     { return display.Micros(e.n.Self) }
func (e *entry) OnPath() string   { return timeOrDash(e.n.OnPath) }
func (e *entry) Drag() string     { return timeOrDash(e.n.Drag) }

// Start is when it began.
func (e *entry) Start() string {
	if !e.timed() {
		return "–"
	}
	return draw.Offset(e.offset)
}

// Slack is how much longer it could take.
func (e *entry) Slack() string {
	if e.n.Slack == critical.Unknown {
		return "–"
	}
	return display.Micros(e.n.Slack)
}

// Parent is the id of its parent.
func (e *entry) Parent() string {
	if e.Span.ParentID == 0 {
		return ""
	}
	return e.Span.ParentID.String()
}

func timeOrDash(us int64) string {
	if us == 0 {
		return "–"
	}
	return display.Micros(us)
}

var entryColumns = []column[entry]{
	{Key: "start", Label: "Start", Rising: true, compare: func(a, b *entry) int { return cmp.Compare(a.offset, b.offset) }},
	{Key: "duration", Label: "Duration", compare: func(a, b *entry) int { return cmp.Compare(a.Span.Duration, b.Span.Duration) }},
	{Key: "service", Label: "Service", Text: true, Rising: true, compare: func(a, b *entry) int { return strings.Compare(a.Span.Local.ServiceName, b.Span.Local.ServiceName) }},
	{Key: "name", Label: "Name", Text: true, Rising: true, compare: func(a, b *entry) int { return strings.Compare(a.Span.Name, b.Span.Name) }},
	{Key: "kind", Label: "Kind", Text: true, Rising: true, compare: func(a, b *entry) int { return cmp.Compare(a.Span.Kind, b.Span.Kind) }},
	{Key: "remote", Label: "Remote", Text: true, Rising: true, compare: func(a, b *entry) int { return strings.Compare(remote(a.Span.Remote), remote(b.Span.Remote)) }},
	{Key: "self", Label: "Self time", compare: func(a, b *entry) int { return cmp.Compare(a.n.Self, b.n.Self) }},
	{Key: "path", Label: "On the path", compare: func(a, b *entry) int { return cmp.Compare(a.n.OnPath, b.n.OnPath) }},
	{Key: "drag", Label: "Would save", compare: func(a, b *entry) int { return cmp.Compare(a.n.Drag, b.n.Drag) }},
	{Key: "slack", Label: "Slack", compare: func(a, b *entry) int { return cmp.Compare(a.n.Slack, b.n.Slack) }},
	{Key: "depth", Label: "Depth", compare: func(a, b *entry) int { return cmp.Compare(a.Depth, b.Depth) }},
	{Key: "tags", Label: "Tags", compare: func(a, b *entry) int { return cmp.Compare(a.Tags(), b.Tags()) }},
	{Key: "logs", Label: "Annotations", compare: func(a, b *entry) int { return cmp.Compare(a.Logs(), b.Logs()) }},
	{Key: "id", Label: "Span id", Text: true, Rising: true, compare: func(a, b *entry) int { return cmp.Compare(a.Span.ID, b.Span.ID) }},
	{Key: "parent", Label: "Parent id", Text: true, Rising: true, compare: func(a, b *entry) int { return cmp.Compare(a.Span.ParentID, b.Span.ParentID) }},
}

// spansPage is the view spans: a table of them.
type spansPage struct {
	tracePage
	Heads   []heading
	Entries []entry
	Pager   pager
	Hidden  [][2]string // what the form to find keeps of the address
}

func (p *Pages) showSpans(w http.ResponseWriter, r *http.Request, a *asked) {
	sp := spansPage{tracePage: p.page(r, a, "views.js")}
	entries := a.part.entries(a.Find)
	var err error
	if sp.Heads, err = sortBy(entries, entryColumns, a.shown, "start"); err != nil {
		p.fail(w, r, p.unreadable(r, err))
		return
	}
	sp.Entries, sp.Pager = pageOf(entries, a.shown)
	for i := range sp.Entries {
		e := &sp.Entries[i]
		e.Path = a.With("view", "", "sort", "", "from", "", "find", "", "filter", "", "span", e.Key)
	}
	for _, name := range []string{"view", "root", "clocks", "sort", "opened"} {
		if v := a.query.Get(name); v != "" {
			sp.Hidden = append(sp.Hidden, [2]string{name, v})
		}
	}
	p.shell.Show(w, r, http.StatusOK, "spans", &sp)
}

// entries are the spans that have a text, or all.
func (w *Waterfall) entries(text string) (all []entry) {
	f := newFinder(text)
	for i := range w.Rows {
		r := &w.Rows[i]
		if r.Span == nil || text != "" && !f.inRow(r) {
			continue
		}
		e := entry{row: r, n: w.measured(r), offset: longestZoom}
		if r.timed() {
			e.offset = r.start() - w.Axis.Zero
		}
		all = append(all, e)
	}
	return all
}
