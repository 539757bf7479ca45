package states

import (
	"cmp"
	"slices"
	"strings"

	"example.com/tracelab/internal/analysis/critical"
	"example.com/tracelab/internal/labapi"
	"example.com/tracelab/internal/zipkin"
)

// candidate is a request that can be explained.
type candidate struct {
	id    zipkin.TraceID
	rank  int             // 0: its execution trace is kept; 1: recorders have it for a moment yet
	off   int64           // µs of the culprit more or less than the mean
	spans map[string]bool // those of the culprit
}

// candidates are the requests of which the execution is known: what is kept first, and of
// that what is most like the mean.
func (c culprit) candidates(x Explainer, traces [][]zipkin.Span, mean int64) (all []candidate) {
	for _, spans := range traces {
		if len(spans) == 0 {
			continue
		}
		rank := 0
		switch x.Execution(spans[0].TraceID, spans).State {
		case labapi.ExecutionStored:
		case labapi.ExecutionRecorded:
			rank = 1
		default:
			continue
		}
		one := candidate{id: spans[0].TraceID, rank: rank, spans: map[string]bool{}}
		one.off = abs(c.find(spans, one.spans) - mean)
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.off, b.off)) })
	return all
}

// find notes the culprit's spans, and returns their time on the critical path.
func (c culprit) find(spans []zipkin.Span, found map[string]bool) (us int64) {
	trace := critical.Of(spans, critical.Options{})
	for i, path := range pathsOf(trace) {
		if c.has(path) {
			found[spanOf(trace.Spans[i].ID.String(), trace.Spans[i].Local.ServiceName)] = true
			us += trace.Nodes[i].OnPath
		}
	}
	return us
}

// deepest is as of package compare: what is deeper is of the path of its caller.
const deepest = 128

// pathsOf are the call paths of the spans of a trace, as rows of a comparison have them.
func pathsOf(t *critical.Trace) []string {
	paths, depths := make([]string, len(t.Spans)), make([]int, len(t.Spans))
	for root := range t.Spans {
		if !t.Tree.IsLocalRoot(root) {
			continue
		}
		for i := range t.Tree.Below(root) {
			s := t.Spans[i]
			paths[i] = strings.TrimSpace(s.Local.ServiceName + " " + s.Name)
			caller := t.Tree.Nodes[i].Parent
			if caller == zipkin.None {
				continue
			}
			if depths[i] = depths[caller] + 1; depths[i] < deepest {
				paths[i] = paths[caller] + labapi.PathSeparator + paths[i]
			} else {
				paths[i] = paths[caller]
			}
		}
	}
	return paths
}
