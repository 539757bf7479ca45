// Package report says what the critical path of a request shows: as the API has it, and
// in words.
package report

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// ErrNothing is in the chain of an error about a trace that has no such request, or one
// whose duration is not known.
var ErrNothing = errors.New("there is no path")

// maxOthers bounds the other requests of an answer.
const maxOthers = 100

// Path is the path of the request that has a span; with the zero id, that of the longest.
func Path(t *critical.Trace, span zipkin.SpanID) (*labapi.CriticalPath, error) {
	path, err := find(t, span)
	if err != nil {
		return nil, err
	}
	root := t.Spans[path.Root]
	d := &labapi.CriticalPath{
		TraceID: root.TraceID.String(), SpanID: root.ID.String(), Service: root.Local.ServiceName, Operation: root.Name,
		StartUS: path.Start, RootUS: path.End - path.Start, Sections: sections(t, path), Spans: spans(t, path), Shifts: shifts(t),
	}
	d.Requests, d.Others = others(t, path)
	d.Sentences, d.Warnings = sentences(d), warnings(d)
	return d, nil
}

// Sentence is the first of the sentences of Path of the longest request: where most of its
// time was spent. It is for who has no need of the rest, which is long.
func Sentence(t *critical.Trace) (string, error) {
	path, err := find(t, 0)
	if err != nil {
		return "", err
	}
	var of tally
	for i := range t.Tree.Below(path.Root) {
		n, s := &t.Nodes[i], t.Spans[i]
		of.add(Operation{Service: s.Local.ServiceName, Operation: s.Name, OnPathUS: n.OnPath, TotalUS: n.Total, DragUS: n.Drag, Root: i == path.Root})
	}
	root := t.Spans[path.Root]
	return first(display.Of(root.Name, root.Local.ServiceName), path.End-path.Start, of.sorted()[0]), nil
}

// find returns the path of the request that has a span.
func find(t *critical.Trace, id zipkin.SpanID) (*critical.Path, error) {
	if len(t.Paths) == 0 {
		return nil, fmt.Errorf("%w: the trace has no spans", ErrNothing)
	}
	path := &t.Paths[0]
	if id != 0 {
		root := rootOf(t, id)
		at := slices.IndexFunc(t.Paths, func(p critical.Path) bool { return p.Root == root })
		if at < 0 {
			return nil, fmt.Errorf("%w: trace %s has no span %s", ErrNothing, t.Spans[0].TraceID, id)
		}
		path = &t.Paths[at]
	}
	if root := t.Spans[path.Root]; len(path.Sections) == 0 {
		return nil, fmt.Errorf("%w: the start or the duration of %s (trace %s, span %s) is not known, or cannot be meant (%d and %d µs): it has not ended yet, or a part of its report was lost", ErrNothing,
			display.Line(display.Of(root.Name, root.Local.ServiceName)), root.TraceID, root.ID, root.Timestamp, root.Duration)
	}
	return path, nil
}

// rootOf is the local root above the longest span with an id, or none.
func rootOf(t *critical.Trace, id zipkin.SpanID) int {
	at := zipkin.None
	for i, s := range t.Spans {
		if s.ID == id && (at == zipkin.None || s.Duration > t.Spans[at].Duration) {
			at = i
		}
	}
	for at != zipkin.None && !t.Tree.IsLocalRoot(at) {
		at = int(t.Tree.Nodes[at].Parent)
	}
	return at
}

func sections(t *critical.Trace, path *critical.Path) []labapi.PathSection {
	all := make([]labapi.PathSection, len(path.Sections))
	for i, s := range path.Sections {
		sp := t.Spans[s.Span]
		all[i] = labapi.PathSection{SpanID: sp.ID.String(), Service: sp.Local.ServiceName, Operation: sp.Name, StartUS: s.Start, EndUS: s.End}
	}
	return all
}

// spans are those of the request, and those of which nobody knows whose they are.
func spans(t *critical.Trace, path *critical.Path) (all []labapi.PathSpan) {
	depths := make([]int, len(t.Spans))
	add := func(root int, lost bool) {
		for i := range t.Tree.Below(root) {
			if i != root {
				depths[i] = depths[t.Tree.Nodes[i].Parent] + 1
			}
			all = append(all, span(t, i, depths[i], lost))
		}
	}
	add(path.Root, false)
	for _, p := range t.Paths {
		if !p.Request && p.Root != path.Root {
			add(p.Root, true)
		}
	}
	return all
}

func span(t *critical.Trace, i, depth int, lost bool) labapi.PathSpan {
	s, n := t.Spans[i], &t.Nodes[i]
	d := labapi.PathSpan{
		SpanID: s.ID.String(), Depth: depth, Service: s.Local.ServiceName, Operation: s.Name, Kind: s.Kind, StartUS: n.Start, DurationUS: n.End - n.Start,
		OnPathUS: n.OnPath, TotalUS: n.Total, SelfUS: n.Self, SlackUS: n.Slack, DragUS: n.Drag, Excluded: string(n.Left),
	}
	if s.ParentID != 0 {
		d.ParentID = s.ParentID.String()
	}
	d.Error = s.Failed()
	if lost {
		d.OnPathUS, d.TotalUS, d.SlackUS, d.DragUS, d.Excluded = 0, 0, critical.Unknown, 0, cmp.Or(d.Excluded, labapi.ExcludedLost)
	}
	return d
}

func shifts(t *critical.Trace) []labapi.ClockShift {
	all := make([]labapi.ClockShift, len(t.Shifts))
	for i, s := range t.Shifts {
		all[i] = labapi.ClockShift{Service: s.Service, Host: s.Host, US: s.US, Calls: s.Calls}
	}
	return all
}

// others counts the requests, and lists all but the one whose path it is.
func others(t *critical.Trace, path *critical.Path) (requests int, all []labapi.PathRequest) {
	all = []labapi.PathRequest{}
	for i := range t.Paths {
		p := &t.Paths[i]
		if p == path || p.Request {
			requests++
		}
		if s := t.Spans[p.Root]; p != path && p.Request {
			all = append(all, labapi.PathRequest{SpanID: s.ID.String(), Service: s.Local.ServiceName, Operation: s.Name, StartUS: p.Start, RootUS: p.End - p.Start})
		}
	}
	slices.SortStableFunc(all, func(a, b labapi.PathRequest) int { return cmp.Compare(b.RootUS, a.RootUS) })
	return requests, all[:min(len(all), maxOthers)]
}
