package container

// Cut returns the part between from and to: all generations that overlap that
// time, whole. A trace of before Go 1.22 is not cut.
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
