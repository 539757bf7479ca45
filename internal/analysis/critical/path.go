package critical

import (
	"slices"

	"example.com/tracelab/internal/zipkin"
)

// step is a span of a path that is being written.
type step struct {
	node, next int32 // next: of chains
	at         int64 // so far it is written
}

// write adds the path of a local root, of which all places are known.
func (f *finder) write(root int) {
	n, from := &f.Nodes[root], len(f.sections)
	if f.places[root].on {
		f.descend(int32(root))
	}
	f.Paths = append(f.Paths, Path{Root: root, Start: n.Start, End: n.End, Sections: f.sections[from:]})
}

func (f *finder) descend(root int32) {
	f.open = append(f.open[:0], step{root, f.places[root].from, f.places[root].lo})
	for len(f.open) > 0 {
		s := &f.open[len(f.open)-1]
		p := &f.places[s.node]
		if s.next == p.to {
			f.section(s, p.hi)
			f.open = f.open[:len(f.open)-1]
			continue
		}
		node := f.chains[s.next]
		child := &f.places[node]
		f.section(s, child.lo)
		s.next, s.at = s.next+1, child.hi
		f.open = append(f.open, step{node, child.from, child.lo})
	}
}

// shareSections gives the paths, which are in the order in which they were written,
// memory that is theirs.
func (f *finder) shareSections() {
	all := slices.Clone(f.sections)
	for i := range f.Paths {
		n := len(f.Paths[i].Sections)
		if f.Paths[i].Sections = nil; n > 0 {
			f.Paths[i].Sections, all = all[:n:n], all[n:]
		}
	}
}

// section adds what a span did itself until then.
func (f *finder) section(s *step, until int64) {
	if s.at < until {
		f.sections = append(f.sections, Section{int(s.node), s.at, until})
	}
}

// orderPaths says which paths are those of requests, and puts the longest first.
func (f *finder) orderPaths() {
	var longest int
	requests := f.requests()
	for i := range f.Paths {
		p := &f.Paths[i]
		p.Request = len(f.Paths) == 1 || requests[f.Spans[p.Root]]
		if first := f.Paths[longest]; p.Request && (!first.Request || p.End-p.Start > first.End-first.Start) {
			longest = i
		}
	}
	if longest > 0 {
		first := f.Paths[longest]
		copy(f.Paths[1:], f.Paths[:longest])
		f.Paths[0] = first
	}
}

// requests are the local roots that are requests of their own, if there are several.
func (f *finder) requests() map[*zipkin.Span]bool {
	if len(f.Paths) < 2 {
		return nil
	}
	roots := make([]*zipkin.Span, len(f.Paths))
	for i := range f.Paths {
		roots[i] = f.Spans[f.Paths[i].Root]
	}
	requests := map[*zipkin.Span]bool{}
	for _, root := range zipkin.Requests(roots) {
		requests[root] = true
	}
	return requests
}
