package delay

import (
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/stats"
)

// kinds gives the kinds of profiles their numbers.
var kinds = [...]Kind{Net, Sync, Syscall, Sched}

const (
	kindNet = iota
	kindSync
	kindSyscall
	kindSched
	noKind
)

// waitKinds remembers which profile a wait counts in, by its reason: what a generation has
// as one string is looked into once.
type waitKinds struct {
	tables *decode.Tables // of the generation
	kinds  []uint8        // by the number of the string, plus one; 0: not looked into
}

// kindOf says which profile the state counts in that a goroutine gets into.
func (w *waitKinds) kindOf(t *decode.Tables, ev *decode.Event) uint8 {
	switch ev.To {
	case decode.Syscall:
		return kindSyscall
	case decode.Runnable:
		return kindSched
	case decode.Waiting:
		return w.wait(t, ev.Reason())
	}
	return noKind
}

func (w *waitKinds) wait(t *decode.Tables, reason uint64) uint8 {
	if t != w.tables {
		w.tables = t
		n, _ := t.Highest()
		w.kinds = append(w.kinds[:0], make([]uint8, n)...)
	}
	if reason >= uint64(len(w.kinds)) {
		return waitFor(t.Text(reason))
	}
	kind := &w.kinds[reason]
	if *kind == 0 {
		*kind = waitFor(t.Text(reason)) + 1
	}
	return *kind - 1
}

func waitFor(reason string) uint8 {
	switch stats.WaitFor(reason) {
	case stats.WaitNetwork:
		return kindNet
	case stats.WaitSync:
		return kindSync
	}
	return noKind
}
