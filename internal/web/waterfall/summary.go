package waterfall

import (
	"maps"
	"slices"
	"time"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/web/draw"
	"example.com/tracelab/internal/zipkin"

	"example.com/tracelab/internal/labapi"
)

// Waterfall is one trace laid out: its rows, its axis and its totals.
type Waterfall struct {
	ID        zipkin.TraceID
	Rows      []row
	Axis      axis
	Spans     int
	Errors    int
	Explained int // spans that say why they took as long as they did
	Depth     int // levels of spans
	Services  []serviceCount
	Requests  int // of which a caller elsewhere may have made several
	root      *zipkin.Span
	rooted    bool

	spans []*zipkin.Span // merged, by start
	tree  *zipkin.Tree   // of spans
	path  *critical.Trace
}

// serviceCount is a service and how many of a trace's spans it reported.
type serviceCount struct {
	Name   string
	Spans  int
	Colour int
}

// LayOut lays out the spans of one trace, of which there is at least one. They
// may be partial, as Zipkin's API returns them. It keeps pointers into spans.
func LayOut(spans []zipkin.Span) *Waterfall {
	sorted := zipkin.ByStart(zipkin.Merge(spans))
	w := &Waterfall{ID: sorted[0].TraceID, Spans: len(sorted), spans: sorted, tree: zipkin.NewTree(sorted)}
	w.Rows = newRows(sorted, w.tree)
	w.Axis = layout(w.Rows)
	index := map[string]int{}
	for i := range w.Rows {
		w.count(i, index)
	}
	w.findRequests()
	w.colour()
	return w
}

// findRequests counts the requests. The longest stands for the trace.
func (w *Waterfall) findRequests() {
	rowOf := map[*zipkin.Span]*row{}
	var roots []*zipkin.Span
	for i := range w.Rows {
		if r := &w.Rows[i]; r.Span != nil && (r.Parent == none || w.Rows[r.Parent].Span == nil) {
			roots, rowOf[r.Span] = append(roots, r.Span), r
		}
	}
	requests := zipkin.Requests(roots)
	w.Requests = len(requests)
	for _, s := range requests {
		if w.root == nil || s.Duration > w.root.Duration {
			w.root, w.rooted = s, rowOf[s].Notes&zipkin.Orphan == 0
		}
	}
}

// count adds row i to the totals. Services come in the order of their first
// span in the tree, which is the order of the calls.
func (w *Waterfall) count(i int, index map[string]int) {
	r := &w.Rows[i]
	if r.Span == nil {
		return
	}
	w.Depth = max(w.Depth, r.Depth+1)
	name := r.Span.Local.ServiceName
	at, ok := index[name]
	if !ok {
		at = len(w.Services)
		index[name] = at
		w.Services = append(w.Services, serviceCount{Name: name})
	}
	w.Services[at].Spans++
	if r.Span.Failed() {
		w.Errors++
	}
	if _, explained := r.Span.Tag(labapi.TagWhy); explained {
		w.Explained++
	}
	if r.Parent != none && w.Rows[r.Parent].Span != nil {
		r.Same = w.Rows[r.Parent].Span.Local.ServiceName == name
	}
}

func (w *Waterfall) colour() {
	known := map[string]bool{}
	for _, s := range w.Services {
		known[s.Name] = true
	}
	for i := range w.Rows {
		if s := w.Rows[i].Span; s != nil && s.Remote.ServiceName != "" && w.Rows[i].callee() != "" {
			known[s.Remote.ServiceName] = true
		}
	}
	p := draw.NewPalette(slices.Collect(maps.Keys(known)))
	for i := range w.Services {
		w.Services[i].Colour = p[w.Services[i].Name]
	}
	for i := range w.Rows {
		if s := w.Rows[i].Span; s != nil {
			w.Rows[i].Colour, w.Rows[i].Callee = p[s.Local.ServiceName], p[s.Remote.ServiceName]
		}
	}
}

// RootService and RootName are those of the request that stands for the trace.
func (w *Waterfall) RootService() string { return display.Service(w.root.Local.ServiceName) }
func (w *Waterfall) RootName() string    { return display.SpanName(w.root.Name) }

// Rooted is false when the parent of the request that stands for the trace is missing.
func (w *Waterfall) Rooted() bool { return w.rooted }

// Duration is the length of the axis before wrong clocks stretched it.
func (w *Waterfall) Duration() string {
	if !w.Axis.Known {
		return "–"
	}
	return display.Micros(w.Axis.Length)
}

// RequestDuration is that of the request that stands for the trace.
func (w *Waterfall) RequestDuration() string { return durationOrDash(w.root) }

// Length is what the trace is compared with others by, in µs: the time that it spans,
// or the longest of several requests, between which hours may lie.
func (w *Waterfall) Length() int64 {
	if w.Requests > 1 {
		return w.root.Duration
	}
	return w.Axis.Length
}

// Started is false when no span has a start.
func (w *Waterfall) Started() bool { return w.Axis.Known }

// Start is the start of the trace in RFC 3339.
func (w *Waterfall) Start() string { return draw.RFC3339(w.Axis.Zero) }

// StartTime is the start of the trace.
func (w *Waterfall) StartTime() time.Time { return time.UnixMicro(w.Axis.Zero) }

// Class is the class of the service's colour.
func (c serviceCount) Class() string { return draw.Class(c.Colour) }

// Label is the service's name, or words for its absence.
func (c serviceCount) Label() string { return display.Service(c.Name) }

// Root is the request that stands for the trace.
func (w *Waterfall) Root() *zipkin.Span { return w.root }
