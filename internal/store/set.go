package store

// smallSetMax is where a smallSet stops searching its list and pays for a map.
const smallSetMax = 16

// smallSet is a set that costs no more than its list while it is small, as
// nearly all of ours are: the services of a trace, the time slots of a trace.
type smallSet[T comparable] struct {
	list  []T
	index map[T]struct{}
}

// add reports whether v was not in the set before.
func (s *smallSet[T]) add(v T) bool {
	if s.has(v) {
		return false
	}
	s.list = append(s.list, v)
	switch {
	case s.index != nil:
		s.index[v] = struct{}{}
	case len(s.list) > smallSetMax:
		s.index = make(map[T]struct{}, 2*len(s.list))
		for _, v := range s.list {
			s.index[v] = struct{}{}
		}
	}
	return true
}

func (s *smallSet[T]) has(v T) bool {
	if s.index != nil {
		_, ok := s.index[v]
		return ok
	}
	for _, have := range s.list {
		if have == v {
			return true
		}
	}
	return false
}
