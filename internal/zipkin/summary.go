package zipkin

// Summary is what lists and charts show of a trace, without its spans.
type Summary struct {
	ID TraceID
	// Start is when the trace began, by the clocks that can be trusted, in µs since the
	// epoch. Zero: no span has a timestamp.
	Start int64
	// Duration is the time that the trace spans by the same clocks, or that of the longest
	// of several requests, between which hours may lie, in µs.
	Duration int64
	Spans    int // merged
	Errors   int // spans with the tag "error"
	Requests int // of which a caller elsewhere may have made several
	// Service and Name are those of the longest request's first span, and Rooted says
	// that its parent is not missing.
	Service, Name string
	Rooted        bool
	// Ended says that the duration of that span is known.
	Ended bool
}

// Summarize returns the Summary of the spans of a trace, which may be partial. It is
// empty but for an id where there are none.
func Summarize(spans []Span) (s Summary) {
	if len(spans) == 0 {
		return s
	}
	sorted := ByStart(Merge(spans))
	o := Outline{Tree: *NewTree(sorted)}
	o.judge()
	s = Summary{ID: spans[0].TraceID, Spans: len(sorted)}
	for _, sp := range sorted {
		if sp.Failed() {
			s.Errors++
		}
	}
	o.measure(&s, func(i int) *Span { return sorted[i] })
	return s
}

// measure fills in what the outline of a trace and its local roots tell. span returns
// the span of a node, for which its place in the tree, its times and its names suffice.
func (o *Outline) measure(s *Summary, span func(i int) *Span) (root *Span) {
	from, to := o.extent()
	s.Start, s.Duration, s.Requests = from, to-from, 1
	root, orphan := o.firstOf(s, span)
	s.Service, s.Name, s.Rooted, s.Ended = root.Local.ServiceName, root.Name, !orphan, root.Duration > 0
	if s.Requests > 1 {
		s.Duration = root.Duration
	}
	return root
}

// firstOf returns the first span of the longest request, and counts the requests.
func (o *Outline) firstOf(s *Summary, span func(i int) *Span) (root *Span, orphan bool) {
	if only := o.onlyRoot(); only != None {
		return span(only), o.Nodes[only].Notes&Orphan != 0
	}
	var roots []*Span
	orphans := map[*Span]bool{}
	for i := range o.Nodes {
		if o.IsLocalRoot(i) {
			roots = append(roots, span(i))
			orphans[roots[len(roots)-1]] = o.Nodes[i].Notes&Orphan != 0
		}
	}
	sortByStart(roots)
	requests := Requests(roots)
	s.Requests = len(requests)
	for _, r := range requests {
		if root == nil || r.Duration > root.Duration {
			root = r
		}
	}
	return root, orphans[root]
}

// onlyRoot is the local root, or None where there are several.
func (o *Outline) onlyRoot() int {
	only := None
	for i := range o.Nodes {
		if !o.IsLocalRoot(i) {
			continue
		}
		if only != None {
			return None
		}
		only = i
	}
	return only
}
