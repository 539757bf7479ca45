package mmu

import (
	"strings"

	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

// workOf returns the kind of work that a range is; 0: none.
func workOf(t *decode.Tables, ev *decode.Event) GCWork {
	switch events.WorkOf(t.RangeName(ev)) {
	case events.StopTheWorld:
		return GCStopTheWorld
	case events.Assist:
		return GCAssist
	case events.Sweep:
		return GCSweep
	}
	return 0
}

// marks reports whether a goroutine with this label is a mark worker that counts.
func (o Options) marks(label string) bool {
	switch {
	case !strings.HasPrefix(label, "GC "), label == "GC (idle)":
		return false
	case o.PerProc && label == "GC (dedicated)":
		return false
	}
	return o.Work&GCBackground != 0
}

// assistant returns whose assist an event is about: it may be another one's than who runs
// where it happened.
func assistant(ev *decode.Event) int32 {
	if ev.Of != decode.None {
		return ev.Of
	}
	return ev.G
}

// goroutines is a set of them, by their indices.
type goroutines []bool

func (s goroutines) has(g int32) bool { return 0 <= g && int(g) < len(s) && s[g] }

func (s *goroutines) set(g int32, in bool) {
	for in && int(g) >= len(*s) {
		*s = append(*s, false)
	}
	if 0 <= g && int(g) < len(*s) {
		(*s)[g] = in
	}
}
