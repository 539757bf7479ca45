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
	tree := NewTree(sorted)
	for i, s := range sorted {
		if tree.IsLocalRoot(i) {
			roots = append(roots, s)
		}
	}
	return roots
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
