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

// LongestRoot returns the local root that took longest, by which a trace is
// compared with others, and the first of those that took as long. It is nil where
// there are no spans.
func LongestRoot(spans []Span) (longest *Span) {
	for _, s := range LocalRoots(spans) {
		if longest == nil || s.Duration > longest.Duration {
			longest = s
		}
	}
	return longest
}
