package exectrace

import (
	"encoding/binary"

	"golang.org/x/exp/trace"
)

// Frame is a place in the code: a call on a stack.
type Frame struct {
	PC   uint64
	Func string
	File string
	Line int
}

// stackID names a stack in a stackTable. Zero is no stack.
type stackID uint32

// stackTable holds each stack of a trace once, though every generation has a
// table of its own: what is of the same frames has the same id. With stacks
// held so, no generation's table is.
type stackTable struct {
	current map[trace.Stack]stackID // of the generation that is being read
	known   map[string]stackID      // by frames
	lists   [][]uint32              // of each stack: indices of frames, the innermost first
	frames  []Frame
	frameID map[trace.StackFrame]uint32
	key     []byte
}

func newStackTable() *stackTable {
	return &stackTable{
		current: map[trace.Stack]stackID{},
		known:   map[string]stackID{"": 0},
		lists:   [][]uint32{nil},
		frameID: map[trace.StackFrame]uint32{},
	}
}

// next tells that a generation begins.
func (t *stackTable) next() { clear(t.current) }

func (t *stackTable) id(s trace.Stack) stackID {
	if s == trace.NoStack {
		return 0
	}
	id, ok := t.current[s]
	if !ok {
		id = t.add(s)
		t.current[s] = id
	}
	return id
}

func (t *stackTable) add(s trace.Stack) stackID {
	t.key = t.key[:0]
	for f := range s.Frames() {
		frame, ok := t.frameID[f]
		if !ok {
			frame = uint32(len(t.frames))
			t.frames = append(t.frames, Frame{PC: f.PC, Func: f.Func, File: f.File, Line: int(f.Line)})
			t.frameID[f] = frame
		}
		t.key = binary.LittleEndian.AppendUint32(t.key, frame)
	}
	if id, ok := t.known[string(t.key)]; ok {
		return id
	}
	id := stackID(len(t.lists))
	list := make([]uint32, len(t.key)/4)
	for i := range list {
		list[i] = binary.LittleEndian.Uint32(t.key[4*i:])
	}
	t.lists = append(t.lists, list)
	t.known[string(t.key)] = id
	return id
}

// stack returns the frames, the innermost first.
func (t *stackTable) stack(id stackID) []Frame {
	list := t.lists[id]
	frames := make([]Frame, len(list))
	for i, f := range list {
		frames[i] = t.frames[f]
	}
	return frames
}

// outermost is the last frame: what a goroutine was started with.
func (t *stackTable) outermost(id stackID) (Frame, bool) {
	list := t.lists[id]
	if len(list) == 0 {
		return Frame{}, false
	}
	return t.frames[list[len(list)-1]], true
}
