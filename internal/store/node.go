package store

import "example.com/tracelab/internal/zipkin"

// spanTree is the tree of one trace, as the linker needs it. It may be built
// again and again: it reuses the memory.
type spanTree struct{ zipkin.CallTree }

// build joins the partial spans of a trace, as zipkin.Merge does.
func (t *spanTree) build(recs []record) {
	if unique := t.read(recs); !unique {
		t.read(inStoredOrder(recs))
	}
}

func (t *spanTree) read(recs []record) (unique bool) {
	t.Reset()
	for i := range recs {
		r := &recs[i]
		t.Add(r.node(), r.template.remote, r.tags.hasError)
	}
	return t.Join()
}

func (r *record) node() zipkin.Node {
	half := zipkin.Half{Kind: r.template.kind, ParentID: r.parent, Shared: r.template.shared}
	return zipkin.Node{Half: half, ID: r.id, Timestamp: r.timestamp, Duration: r.duration, Local: &r.template.local}
}
