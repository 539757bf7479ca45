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
	us    int64           // of the culprit, on the critical path
	spans map[string]bool // those of the culprit
}

// candidates are requests of which the execution is known, by the time of the culprit: those
// of which an execution trace is kept or, where there are none, that recorders have for a
// moment yet.
func (c culprit) candidates(x Explainer, traces [][]zipkin.Span) []candidate {
	var kept, recorded []candidate
	for _, spans := range traces {
		if len(spans) == 0 {
			continue
		}
		switch x.Execution(spans[0].TraceID, spans).State {
		case labapi.ExecutionStored:
			kept = append(kept, c.candidate(spans))
		case labapi.ExecutionRecorded:
			recorded = append(recorded, c.candidate(spans))
		}
	}
	if len(kept) == 0 {
		kept = recorded
	}
	slices.SortStableFunc(kept, func(a, b candidate) int { return cmp.Compare(a.us, b.us) })
	return sample(kept)
}

// sample takes some that stand for all: at equal distances of the order, so that neither
// slow nor fast ones are preferred.
func sample(all []candidate) (some []candidate) {
	n := min(most, len(all))
	for i := range n {
		some = append(some, all[(2*i+1)*len(all)/(2*n)])
	}
	return some
}

func (c culprit) candidate(spans []zipkin.Span) candidate {
	one := candidate{id: spans[0].TraceID, spans: map[string]bool{}}
	one.us = c.find(spans, one.spans)
	return one
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
