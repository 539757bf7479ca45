package decode

// Frame is a place in the code.
type Frame struct {
	PC   uint64
	Func string
	File string
	Line uint64
}

// Tables holds the strings and stacks of a generation. They are looked up where the file
// has them when they are asked for. The string 0 is empty, and the stack 0 has no frames.
type Tables struct {
	Number uint64 // of the generation
	Clock  *Clock // nil before Go 1.25

	segments []*segment
	strings  places // of their lengths
	stacks   places // of their numbers of frames
	texts    []string
	names    *names
	made     [][]RawFrame // stacks that no file has
}

// places has where each id is. The runtime counts ids from 1; those of a damaged file may
// be anything, so that the memory is bounded by how many there are.
type places struct {
	dense   []place // by id
	sparse  map[uint64]place
	count   uint64
	highest uint64
	all     uint64 // there are all from 1 to this
}

// place is a segment and an offset in it; 0: none.
type place uint64

func placeAt(segment int, at uint32) place { return place(segment)<<segmentBits | place(at) }

// add reports false if the id is known already, or none.
func (p *places) add(id uint64, at place) bool {
	if id == 0 || id >= firstMade || p.find(id) != 0 {
		return false
	}
	p.count++
	p.highest = max(p.highest, id)
	switch {
	case id < uint64(len(p.dense)):
		p.dense[id] = at
	case id < 1024+8*p.count:
		p.dense = append(p.dense, make([]place, max(id+1, 2*uint64(len(p.dense)))-uint64(len(p.dense)))...)
		p.dense[id] = at
	default:
		if p.sparse == nil {
			p.sparse = map[uint64]place{}
		}
		p.sparse[id] = at
	}
	return true
}

// set is add for what is read again.
func (p *places) set(id uint64, at place) {
	if p.add(id, at) || p.find(id) == 0 {
		return
	}
	if id < uint64(len(p.dense)) && p.dense[id] != 0 {
		p.dense[id] = at
	} else {
		p.sparse[id] = at
	}
}

func (p *places) close() {
	if p.count == p.highest {
		p.all = p.count
	}
}

func (p *places) find(id uint64) place {
	if id < uint64(len(p.dense)) && p.dense[id] != 0 {
		return p.dense[id]
	}
	return p.sparse[id]
}

// valid reports whether there is such a one; 0 stands for none, and is valid.
func (p *places) valid(id uint64) bool { return id <= p.all || p.find(id) != 0 }

// Highest returns the highest ids up to which strings and stacks are counted without large
// gaps: one that is higher is of a damaged file.
func (t *Tables) Highest() (strings, stacks uint64) {
	return uint64(len(t.strings.dense)), uint64(len(t.stacks.dense))
}

// Text returns a string. It is empty if there is no such one.
func (t *Tables) Text(id uint64) string {
	if id >= firstMade {
		return t.names.text(id)
	}
	if id < uint64(len(t.texts)) && t.texts[id] != "" {
		return t.texts[id]
	}
	text := string(t.bytes(id))
	if id < uint64(len(t.strings.dense)) {
		if t.texts == nil {
			t.texts = make([]string, len(t.strings.dense))
		}
		t.texts[id] = text
	}
	return text
}

// AppendText appends a string, of which nothing is kept.
func (t *Tables) AppendText(b []byte, id uint64) []byte {
	if id >= firstMade {
		return append(b, t.names.text(id)...)
	}
	return append(b, t.bytes(id)...)
}

// bytes is Text for the decoder, which may be ahead of who uses the Tables.
func (t *Tables) bytes(id uint64) []byte {
	p := t.strings.find(id)
	if p == 0 {
		return nil
	}
	s := t.segments[p>>segmentBits]
	n, at := s.number(uint32(p & segmentMask))
	return s[at : at+uint32(n)]
}

// RawFrame is a frame whose function and file are strings of the Tables.
type RawFrame struct{ PC, Func, File, Line uint64 }

// RawFrames appends the frames of a stack, the innermost first.
func (t *Tables) RawFrames(frames []RawFrame, id uint64) []RawFrame {
	if made := id - firstMade; id >= firstMade && made < uint64(len(t.made)) {
		return append(frames, t.made[made]...)
	}
	p := t.stacks.find(id)
	if p == 0 {
		return frames
	}
	s := t.segments[p>>segmentBits]
	n, at := s.number(uint32(p & segmentMask))
	var f [4]uint64
	for range n {
		at = s.numbers(&f, 4, at)
		frames = append(frames, RawFrame{f[0], f[1], f[2], f[3]})
	}
	return frames
}

// Frames returns the frames of a stack, the innermost first.
func (t *Tables) Frames(id uint64) []Frame {
	raw := t.RawFrames(nil, id)
	if raw == nil {
		return nil
	}
	frames := make([]Frame, len(raw))
	for i, f := range raw {
		frames[i] = Frame{f.PC, t.Text(f.Func), t.Text(f.File), f.Line}
	}
	return frames
}

// RangeName returns the name of the range that an event is about.
func (t *Tables) RangeName(e *Event) string {
	switch e.Type {
	case STWBegin, STWEnd:
		return "stop-the-world (" + t.Text(e.Args[0]) + ")"
	case GCBegin, GCActive, GCEnd:
		return MarkRange
	case GCSweepBegin, GCSweepActive, GCSweepEnd:
		return SweepRange
	}
	return AssistRange
}
