package table

import (
	"encoding/binary"

	"example.com/tracelab/exectrace/internal/decode"
)

// StackID names a stack in Stacks. Zero is no stack.
type StackID uint32

// Stacks holds each stack of a trace once, though every generation has a table
// of its own: what is of the same frames has the same id. With stacks held so, no
// generation's table is.
type Stacks struct {
	Frames []decode.Frame
	Lists  [][]uint32 // of each stack: indices of frames, the innermost first

	tables  *decode.Tables     // of the generation that is being read
	current []StackID          // by id there, plus one; 0: not asked for
	others  map[uint64]StackID // by ids that are too high for that
	frames  map[uint64]known   // of that generation, by program counter
	lists   map[string]StackID // by frames
	frameID map[decode.Frame]uint32
	raw     []decode.RawFrame
	key     []byte
}

// known is a frame of the generation that has been looked up.
type known struct {
	raw   decode.RawFrame
	frame uint32
}

// NewStacks returns an empty table.
func NewStacks() Stacks {
	return Stacks{
		Lists: [][]uint32{nil}, others: map[uint64]StackID{}, frames: map[uint64]known{},
		lists: map[string]StackID{"": 0}, frameID: map[decode.Frame]uint32{},
	}
}

// ID returns the id of the stack that t has as number id. It may be new.
func (s *Stacks) ID(t *decode.Tables, id uint64) StackID {
	if id == 0 {
		return 0
	}
	if t != s.tables {
		s.next(t)
	}
	if id < uint64(len(s.current)) {
		if s.current[id] == 0 {
			s.current[id] = s.add(t, id) + 1
		}
		return s.current[id] - 1
	}
	known, ok := s.others[id]
	if !ok {
		known = s.add(t, id)
		s.others[id] = known
	}
	return known
}

// next is called when a generation begins.
func (s *Stacks) next(t *decode.Tables) {
	s.tables = t
	_, n := t.Highest()
	s.current = append(s.current[:0], make([]StackID, n)...)
	clear(s.others)
	clear(s.frames)
}

// Done forgets what is known of the generation that was read last, and how to find what is
// held: there are no more to add.
func (s *Stacks) Done() { *s = Stacks{Frames: s.Frames, Lists: s.Lists} }

func (s *Stacks) add(t *decode.Tables, id uint64) StackID {
	s.raw = t.RawFrames(s.raw[:0], id)
	s.key = s.key[:0]
	for _, f := range s.raw {
		s.key = binary.LittleEndian.AppendUint32(s.key, s.frame(t, f))
	}
	if id, ok := s.lists[string(s.key)]; ok {
		return id
	}
	new := StackID(len(s.Lists))
	list := make([]uint32, len(s.key)/4)
	for i := range list {
		list[i] = binary.LittleEndian.Uint32(s.key[4*i:])
	}
	s.Lists = append(s.Lists, list)
	s.lists[string(s.key)] = new
	return new
}

// frame returns the index of a frame, which may be new.
func (s *Stacks) frame(t *decode.Tables, raw decode.RawFrame) uint32 {
	if k, ok := s.frames[raw.PC]; ok && k.raw == raw {
		return k.frame
	}
	f := decode.Frame{PC: raw.PC, Func: t.Text(raw.Func), File: t.Text(raw.File), Line: raw.Line}
	i, ok := s.frameID[f]
	if !ok {
		i = uint32(len(s.Frames))
		s.Frames = append(s.Frames, f)
		s.frameID[f] = i
	}
	s.frames[raw.PC] = known{raw, i}
	return i
}
