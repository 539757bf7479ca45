package zipkin

// IsLocalRoot reports whether node i of a tree that Build made is a local root: it
// has no parent, or one that is not among the spans, as where a caller that reports
// elsewhere made the call, or something in between was lost. It is the first span
// of a request, of which a trace may have several.
func (t *Tree) IsLocalRoot(i int) bool { return t.Nodes[i].Parent == None }

// LocalRoots returns the local roots of a trace by start: the first span of each
// of its requests. spans may be partial; the answer does not share their memory
// where they are.
func LocalRoots(spans []Span) (roots []*Span) {
	sorted := ByStart(Merge(spans))
	return NewTree(sorted).localRoots(sorted)
}

// Requests returns those of the local roots of a trace, in their order, that are
// requests of their own. Not all are where something was lost. The trace is that of
// the local root that names no parent, so that what began in its time and names
// another was lost below it. And of the work of one process for a request whose own
// span is missing, which all names that span, the longest stands for the request.
func Requests(roots []*Span) (requests []*Span) {
	origin := firstWithoutParent(roots)
	work := map[SpanID]int{} // indexes of requests, by the parent that is missing
	for _, s := range roots {
		if s.ParentID != 0 && origin != nil && origin.holds(s) {
			continue
		}
		at, known := work[s.ParentID]
		switch takenIn := s.ParentID == 0 || s.Kind == Server || s.Kind == Consumer; {
		case takenIn:
			requests = append(requests, s)
		case !known:
			work[s.ParentID] = len(requests)
			requests = append(requests, s)
		case s.Duration > requests[at].Duration:
			requests[at] = s
		}
	}
	return requests
}

func firstWithoutParent(spans []*Span) *Span {
	for _, s := range spans {
		if s.ParentID == 0 {
			return s
		}
	}
	return nil
}

// holds reports whether another span began in the time of s.
func (s *Span) holds(other *Span) bool {
	return s.Timestamp > 0 && s.Timestamp <= other.Timestamp && other.Timestamp-s.Timestamp < s.Duration
}

// LongestRoot returns the local root of the request that took longest, by which a
// trace is compared with others, and the first of those that took as long. It is nil
// where there are no spans, which may be partial.
func LongestRoot(spans []Span) (longest *Span) {
	for _, s := range Requests(LocalRoots(spans)) {
		if longest == nil || s.Duration > longest.Duration {
			longest = s
		}
	}
	return longest
}

// RequestOf returns the local root of the request that has a span with an id, or of
// the longest if the id is zero, and the spans of that request, merged: all of the
// trace but for its other requests. What it cannot tell apart it does not leave out.
func RequestOf(spans []Span, id SpanID) (root *Span, of []*Span) {
	sorted := ByStart(Merge(spans))
	tree := NewTree(sorted)
	requests := map[*Span]bool{}
	for _, s := range Requests(tree.localRoots(sorted)) {
		requests[s] = true
		if root == nil || s.Duration > root.Duration {
			root = s
		}
	}
	if id != 0 {
		root = tree.rootOf(sorted, id)
	}
	if !requests[root] || len(requests) == 1 {
		return root, sorted
	}
	return root, tree.without(sorted, requests, root)
}

// localRoots are those of the spans that a tree is of.
func (t *Tree) localRoots(spans []*Span) (roots []*Span) {
	for i, s := range spans {
		if t.IsLocalRoot(i) {
			roots = append(roots, s)
		}
	}
	return roots
}

// rootOf is the local root above the longest span with an id, or nil.
func (t *Tree) rootOf(spans []*Span, id SpanID) *Span {
	at := int(None)
	for i, s := range spans {
		if s.ID == id && (at == int(None) || s.Duration > spans[at].Duration) {
			at = i
		}
	}
	if at == int(None) {
		return nil
	}
	for t.Nodes[at].Parent != None {
		at = int(t.Nodes[at].Parent)
	}
	return spans[at]
}

// without are the spans but for those of other requests than one.
func (t *Tree) without(spans []*Span, requests map[*Span]bool, one *Span) (left []*Span) {
	other := make([]bool, len(spans))
	for i, s := range spans {
		if requests[s] && s != one {
			for below := range t.Below(i) {
				other[below] = true
			}
		}
	}
	for i, s := range spans {
		if !other[i] {
			left = append(left, s)
		}
	}
	return left
}
