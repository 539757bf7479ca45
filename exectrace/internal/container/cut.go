package container

// Cut returns the part that tells of the time between from and to: the
// generations that lie in it, whole. A trace of before Go 1.22 stays whole.
func (f *File) Cut(from, to int64) (*File, []Damage) {
	found, broken := f.Generations()
	if len(found) == 0 {
		return f, broken
	}
	first, last := 0, 0
	for i, g := range found {
		if g.Start <= from {
			first = i
		}
		if g.Start <= to {
			last = i
		}
	}
	last = max(first, last)
	return f.Part(found[first].Offset, found[last].End()), broken
}
