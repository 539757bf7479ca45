package zipkin

import "cmp"

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

// SpanAt names a span of a trace: by its id and, where several have that id, by when it
// began. Several do that were asked for with the same headers, and client and server may.
type SpanAt struct {
	ID        SpanID // zero: that of the longest request
	Timestamp int64  // µs since the epoch; zero: the longest span with the id is meant
}

// Compare orders spans that have the id, by their timestamps and durations: the least is
// the one that is meant.
func (a SpanAt) Compare(timestamp, duration, otherTimestamp, otherDuration int64) int {
	return cmp.Or(cmp.Compare(a.Apart(timestamp), a.Apart(otherTimestamp)), cmp.Compare(otherDuration, duration))
}

// Apart is by how many µs a span began at another time than the one that is meant.
func (a SpanAt) Apart(timestamp int64) int64 {
	if a.Timestamp == 0 {
		return 0
	}
	return max(timestamp-a.Timestamp, a.Timestamp-timestamp)
}

// RequestOf returns the local root of the request that has a span, and the spans of that
// request, merged: all of the trace but for its other requests. What it cannot tell apart
// it does not leave out.
func RequestOf(spans []Span, at SpanAt) (root *Span, of []*Span) {
	sorted := ByStart(Merge(spans))
	tree := NewTree(sorted)
	requests := map[*Span]bool{}
	for _, s := range Requests(tree.localRoots(sorted)) {
		requests[s] = true
		if root == nil || s.Duration > root.Duration {
			root = s
		}
	}
	if at.ID != 0 {
		root = tree.rootOf(sorted, at)
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

// rootOf is the local root above a span, or nil.
func (t *Tree) rootOf(spans []*Span, at SpanAt) *Span {
	i := None
	for n, s := range spans {
		if s.ID == at.ID && (i == None || at.Compare(s.Timestamp, s.Duration, spans[i].Timestamp, spans[i].Duration) < 0) {
			i = n
		}
	}
	if i == None {
		return nil
	}
	for t.Nodes[i].Parent != None {
		i = int(t.Nodes[i].Parent)
	}
	return spans[i]
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
