package container

// Cut returns the part between from and to: all generations that overlap that
// time, whole. A trace of before Go 1.22 is not cut.
func (f *File) Cut(from, to int64) (*File, []Damage) {
	found, broken := f.Generations()
	if len(found) == 0 {
		return f, broken
	}
	first, last := overlap(found, from, to)
	return f.Part(found[first].Offset, found[last].End()), broken
}

// overlap returns the first and the last generation that overlap a time.
func overlap(found []Generation, from, to int64) (first, last int) {
	for i, g := range found {
		if g.Start <= from {
			first = i
		}
		if g.Start <= to {
			last = i
		}
	}
	return first, max(first, last)
}

// Span is a time from From to To.
type Span struct {
	From, To int64
	Began    int64   // when the trace began that this is a time of
	GoesOn   bool    // the trace has generations after those that are read
	Earlier  []*File // the generations before those that are read
}

// Between returns the part between from and to. The events that are read of it are those of
// this time: see events.Read.
func (f *File) Between(from, to int64) (*File, []Damage) {
	found, broken := f.Generations()
	part := f.Part(f.Lo, f.Hi)
	part.Span = &Span{From: from, To: to, Began: began(found)}
	if f.Span != nil {
		s := *f.Span
		s.From, s.To = max(s.From, from), min(s.To, to)
		part.Span = &s
	}
	if len(found) == 0 {
		return part, broken
	}
	first, last := overlap(found, part.Span.From, part.Span.To)
	for _, g := range found[:first] {
		earlier := f.Part(g.Offset, g.End())
		earlier.Span = nil
		part.Span.Earlier = append(part.Span.Earlier, earlier)
	}
	part.Span.GoesOn = last < len(found)-1
	part.Lo, part.Hi = found[first].Offset, found[last].End()
	return part, broken
}

// Began is when the trace began, also that of which this is a time.
func (f *File) Began() int64 {
	if f.Span != nil {
		return f.Span.Began
	}
	found, _ := f.Generations()
	return began(found)
}

// began is when the first generation began of which that is known. Before Go 1.22 times
// count from the beginning.
func began(found []Generation) int64 {
	for _, g := range found {
		if g.freq != 0 {
			return g.Start
		}
	}
	return 0
}
