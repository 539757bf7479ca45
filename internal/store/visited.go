package store

// visited are the traces that a walk has met, by the low halves of their ids. It is asked
// only for those that changed during the walk: of a walk over all that nobody disturbs,
// no map is made.
type visited struct {
	list  []uint64
	index map[uint64]struct{} // those that list no longer has
}

func (v *visited) add(low uint64) { v.list = append(v.list, low) }

func (v *visited) has(low uint64) bool {
	if v.index == nil {
		v.index = make(map[uint64]struct{}, len(v.list))
	}
	for _, one := range v.list {
		v.index[one] = struct{}{}
	}
	v.list = v.list[:0]
	_, ok := v.index[low]
	return ok
}
