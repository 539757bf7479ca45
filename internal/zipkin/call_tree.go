package zipkin

import "cmp"

// CallTree finds the calls between the services of one trace, by the rules of
// Zipkin's DependencyLinker. Its memory is used again for the next trace.
type CallTree struct {
	Tree
	Ends    []End // of Nodes, one for each
	reports []report
	parts   []Partial
}

// End is what a span says of a call of which it is an end.
type End struct {
	Remote   string // name of the service at the other end
	HasError bool
	report   int32 // index of what was added first of the span
	ancestor int32 // nearest node above that has a kind, or None
}

// report is what was reported of a span at once: a span, or a part of one.
type report struct {
	Node
	End
}

// Reset forgets the trace that was reported.
func (t *CallTree) Reset() { t.reports, t.parts = t.reports[:0], t.parts[:0] }

// Add adds a report. Those of a trace come in the order in which Zipkin's storage
// has them.
func (t *CallTree) Add(n Node, remote string, hasError bool) {
	at := len(t.reports)
	t.reports = append(t.reports, report{n, End{remote, hasError, int32(at), None}})
	t.parts = append(t.parts, NewPartial(n.ID, n.Half, n.Local, at))
}

// Join makes a node of each span, sorted by id, by the rules of Zipkin's Trace.merge:
// of reports that contradict each other the first counts, but for their endpoints. It
// reports whether their order did not matter.
func (t *CallTree) Join() (unique bool) {
	unique = SortPartials(t.parts)
	t.Nodes, t.Ends = t.Nodes[:0], t.Ends[:0]
	for rest := t.parts; len(rest) > 0; {
		n := CountSame(rest)
		t.join(rest[:n])
		rest = rest[n:]
	}
	return unique
}

// join makes a node of the reports of one span.
func (t *CallTree) join(parts []Partial) {
	first := &t.reports[parts[0].At]
	t.Nodes, t.Ends = append(t.Nodes, first.Node), append(t.Ends, first.End)
	at := len(t.Nodes) - 1
	n, e := &t.Nodes[at], &t.Ends[at]
	for _, p := range parts[1:] {
		t.reports[p.At].fill(n, e)
	}
	if at > 0 && t.Nodes[at-1].ID == n.ID {
		n.Follow(t.Nodes[at-1].Half, first.Half)
	}
}

// fill adds what another report of the same span knows.
func (r *report) fill(n *Node, e *End) {
	n.ParentID = cmp.Or(n.ParentID, r.ParentID)
	n.Timestamp = cmp.Or(n.Timestamp, r.Timestamp)
	n.Duration = cmp.Or(n.Duration, r.Duration)
	n.Kind = cmp.Or(n.Kind, r.Kind)
	if merged := n.Local.Or(*r.Local); merged != *n.Local {
		n.Local = &merged
	}
	e.Remote = cmp.Or(e.Remote, r.Remote)
	e.HasError = e.HasError || r.HasError
}

// Report is the index, among all that was added, of the first report of a node; of None
// it is None.
func (t *CallTree) Report(node int32) int32 {
	if node == None {
		return None
	}
	return t.Ends[node].report
}

// Duration is that of a call in µs, or zero where it is not known.
func (t *CallTree) Duration(c Call) int64 {
	for _, i := range [...]int32{c.Timer, c.OrElse} {
		if i != None && t.Nodes[i].Duration > 0 {
			return t.Nodes[i].Duration
		}
	}
	return 0
}

// findAncestor finds what is above a node. It is called for parents before their
// children, as Order lists them.
func (t *CallTree) findAncestor(i int32) {
	switch up := t.Nodes[i].Parent; {
	case up == None:
	case t.Nodes[up].Kind != "":
		t.Ends[i].ancestor = up
	default:
		t.Ends[i].ancestor = t.Ends[up].ancestor
	}
}
