package exectrace

// wireTables are the strings and stacks of a generation by their numbers.
type wireTables struct {
	strings map[uint64]string
	stacks  map[uint64][]uint64 // as they are written: four numbers a frame
}

// table reads what it does not have yet of the generation that r is in.
func (r *wireReader) table() *wireTables {
	if r.tables.strings == nil {
		r.tables = r.f.tables(r.found[r.at])
	}
	return &r.tables
}

// tables reads the tables of a generation. What is damaged is not in them.
func (f *File) tables(g Generation) wireTables {
	t := wireTables{map[uint64]string{}, map[uint64][]uint64{}}
	part := *f
	part.lo, part.hi = g.Offset, g.Offset+g.Size
	r := wireReader{f: &part, found: []Generation{g}, yield: func(ev *WireEvent, err error) bool {
		if err == nil {
			t.add(ev)
		}
		return true
	}}
	s := scanner{f: &part, at: part.lo}
	for {
		b, ok := s.next()
		if !ok {
			return t
		}
		if first, err := part.peek(make([]byte, 1), b.data); err == nil && b.size > 0 && isTable(WireType(first[0])) {
			r.readBatch(b)
		}
	}
}

func isTable(t WireType) bool { return t == stacksType || t == stringsType }

func (t *wireTables) add(ev *WireEvent) {
	switch ev.Type {
	case stringType:
		t.strings[ev.Args[0]] = string(ev.Data)
	case stackType:
		t.stacks[ev.Args[0]] = append([]uint64(nil), ev.Args[2:]...)
	}
}

func (t *wireTables) frames(id uint64) ([]Frame, bool) {
	numbers, ok := t.stacks[id]
	if !ok {
		return nil, id == 0
	}
	frames := make([]Frame, 0, len(numbers)/4)
	for ; len(numbers) >= 4; numbers = numbers[4:] {
		frames = append(frames, Frame{
			PC: numbers[0], Func: t.strings[numbers[1]], File: t.strings[numbers[2]], Line: int(numbers[3]),
		})
	}
	return frames, true
}
