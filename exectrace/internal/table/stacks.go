package table

import (
	"encoding/binary"
	"iter"
)

// StackID names a stack in Stacks. Zero is no stack.
type StackID uint32

// Stack is one of the decoder's: F is its type of frames. Its zero value is no
// stack.
type Stack[F any] interface {
	comparable
	Frames() iter.Seq[F]
}

// Stacks holds each stack of a trace once, though every generation has a table
// of its own: what is of the same frames has the same id. With stacks held so, no
// generation's table is.
type Stacks[S Stack[F], F comparable] struct {
	Frames []F
	Lists  [][]uint32 // of each stack: indices of frames, the innermost first

	current map[S]StackID      // of the generation that is being read
	known   map[string]StackID // by frames
	frameID map[F]uint32
	key     []byte
}

// NewStacks returns an empty table.
func NewStacks[S Stack[F], F comparable]() Stacks[S, F] {
	return Stacks[S, F]{
		Lists:   [][]uint32{nil},
		current: map[S]StackID{},
		known:   map[string]StackID{"": 0},
		frameID: map[F]uint32{},
	}
}

// Next is called when a generation begins.
func (t *Stacks[S, F]) Next() { clear(t.current) }

// ID returns the id of a stack, which may be new.
func (t *Stacks[S, F]) ID(s S) StackID {
	var none S
	if s == none {
		return 0
	}
	id, ok := t.current[s]
	if !ok {
		id = t.add(s)
		t.current[s] = id
	}
	return id
}

func (t *Stacks[S, F]) add(s S) StackID {
	t.key = t.key[:0]
	for f := range s.Frames() {
		frame, ok := t.frameID[f]
		if !ok {
			frame = uint32(len(t.Frames))
			t.Frames = append(t.Frames, f)
			t.frameID[f] = frame
		}
		t.key = binary.LittleEndian.AppendUint32(t.key, frame)
	}
	if id, ok := t.known[string(t.key)]; ok {
		return id
	}
	id := StackID(len(t.Lists))
	list := make([]uint32, len(t.key)/4)
	for i := range list {
		list[i] = binary.LittleEndian.Uint32(t.key[4*i:])
	}
	t.Lists = append(t.Lists, list)
	t.known[string(t.key)] = id
	return id
}
