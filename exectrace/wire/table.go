package wire

import "example.com/tracelab/exectrace/internal/container"

// tables are the strings and stacks of a generation by their numbers.
type tables struct {
	strings map[uint64]string
	stacks  map[uint64][]uint64 // as they are written: four numbers a frame
}

// table reads what it does not have yet of the generation that r is in.
func (r *reader) table() *tables {
	if r.tables == nil {
		r.tables = readTables(r.f, r.found[r.at])
	}
	return r.tables
}

// readTables reads the tables of a generation. What is damaged is not in them.
func readTables(f *container.File, g container.Generation) *tables {
	t := &tables{map[uint64]string{}, map[uint64][]uint64{}}
	part := f.Part(g.Offset, g.End())
	r := reader{f: part, found: []container.Generation{g}, yield: func(ev *Event, err error) bool {
		if err == nil {
			t.add(ev)
		}
		return true
	}}
	s := part.Batches()
	for {
		b, ok := s.Next()
		if !ok {
			return t
		}
		if first, err := part.Peek(make([]byte, 1), b.Data); err == nil && b.Size > 0 && isTable(Type(first[0])) {
			r.readBatch(b)
		}
	}
}

func isTable(t Type) bool { return t == stacksType || t == stringsType }

func (t *tables) add(ev *Event) {
	switch ev.Type {
	case stringType:
		t.strings[ev.Args[0]] = string(ev.Data)
	case stackType:
		t.stacks[ev.Args[0]] = append([]uint64(nil), ev.Args[2:]...)
	}
}

func (t *tables) frames(id uint64) ([]Frame, bool) {
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
