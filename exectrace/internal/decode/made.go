package decode

import "sync/atomic"

// Make returns Tables of what no file has: of events that another decoder has read, or
// that are made by hand.
func Make() *Tables { return &Tables{names: newNames()} }

// AddText returns the id of a string.
func (t *Tables) AddText(text string) uint64 {
	if text == "" {
		return 0
	}
	return t.names.id(text)
}

// AddStack returns the id of a new stack, the innermost frame first.
func (t *Tables) AddStack(frames []Frame) uint64 {
	if len(frames) == 0 {
		return 0
	}
	raw := make([]RawFrame, len(frames))
	for i, f := range frames {
		raw[i] = RawFrame{f.PC, t.AddText(f.Func), t.AddText(f.File), f.Line}
	}
	t.made = append(t.made, raw)
	return firstMade + uint64(len(t.made)) - 1
}

// names are strings that outlive their generation: those of tasks and regions. They are
// asked for while more are added.
type names struct {
	ids   map[string]uint64
	texts []string
	told  atomic.Pointer[[]string]
}

// firstMade is the first id of a string or stack that no file has: an id of a file that is
// so high is of damage.
const firstMade = 1 << 62

func newNames() *names {
	n := &names{ids: map[string]uint64{}}
	n.id("")
	return n
}

func (n *names) id(text string) uint64 {
	id, ok := n.ids[text]
	if !ok {
		id = firstMade + uint64(len(n.texts))
		n.ids[text] = id
		n.texts = append(n.texts, text)
		texts := n.texts
		n.told.Store(&texts)
	}
	return id
}

func (n *names) text(id uint64) string {
	if all := *n.told.Load(); id-firstMade < uint64(len(all)) {
		return all[id-firstMade]
	}
	return ""
}
