package exectrace

import (
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/table"
)

// Frame is a call on a stack.
type Frame struct {
	PC   uint64 // program counter
	Func string // name of the function, with the path of its package
	File string // path of the source file, as the compiler recorded it
	Line int    // in the file; 0: not known
}

func frame(f decode.Frame) Frame { return Frame{f.PC, f.Func, f.File, int(f.Line)} }

// stackID names a stack in a stackTable. Zero is no stack.
type stackID = table.StackID

type stackTable struct{ table.Stacks }

func newStackTable() *stackTable { return &stackTable{table.NewStacks()} }

// stack returns the frames, the innermost first.
func (t *stackTable) stack(id stackID) []Frame {
	list := t.Lists[id]
	frames := make([]Frame, len(list))
	for i, f := range list {
		frames[i] = frame(t.Frames[f])
	}
	return frames
}

// outermost is the function of the last frame: what a goroutine was started with.
func (t *stackTable) outermost(id stackID) (function string, ok bool) {
	list := t.Lists[id]
	if len(list) == 0 {
		return "", false
	}
	return t.Frames[list[len(list)-1]].Func, true
}
