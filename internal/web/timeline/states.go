package timeline

import (
	"encoding/hex"
	"fmt"
	"strings"

	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/web/shell"
)

// state is how a state is drawn and called.
type state struct {
	N    int    // lanes.State, or stopped
	Word string // in the page's language
	Mask string // the pattern, 8 rows of 8 dots in hex: 1 is the colour, 0 a hint of it
}

// Dots is the pattern as a path of SVG: a dash for each run of dots.
func (s state) Dots() string {
	rows, _ := hex.DecodeString(s.Mask)
	var b strings.Builder
	for y, row := range rows {
		for x := 0; x < 8; x++ {
			from := x
			for x < 8 && row&(0x80>>x) != 0 {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%[3]dz", from, y, x-from)
			}
		}
	}
	return b.String()
}

// stopped is the state of the whole program while the world is stopped.
const stopped = int(lanes.NumStates)

// masks are the patterns, by state. Who works has much ink, who waits has little.
var masks = [stopped + 1]string{
	lanes.Running:    "ffffffffffffffff",
	lanes.Collecting: "ffddff77ffddff77",
	lanes.Syscall:    "c1e070381c0e0783",
	lanes.Runnable:   "cccc3333cccc3333",
	lanes.Network:    "8888888888888888",
	lanes.Sync:       "ff000000ff000000",
	lanes.Sleep:      "8000000008000000",
	lanes.GCWait:     "1122448811224488",
	lanes.Waiting:    "8040201008040201",
	lanes.Unknown:    "8142241818244281",
	stopped:          "ffffffffffffffff",
}

// drawnOrder is from the bottom of a lane to its top.
var drawnOrder = []int{
	int(lanes.Running), int(lanes.Collecting), int(lanes.Syscall), int(lanes.Runnable), int(lanes.GCWait), int(lanes.Sync),
	int(lanes.Network), int(lanes.Sleep), int(lanes.Waiting), int(lanes.Unknown), stopped,
}

// statesIn are all states that are drawn, in the words of a page.
func statesIn(w shell.Words) (all []state) {
	for _, n := range drawnOrder {
		all = append(all, state{n, wordOf(w, n), masks[n]})
	}
	return all
}

func wordOf(w shell.Words, n int) string {
	switch n {
	case int(lanes.Running):
		return w.T("running")
	case int(lanes.Collecting):
		return w.T("collecting garbage")
	case int(lanes.Syscall):
		return w.T("in a system call")
	case int(lanes.Runnable):
		return w.T("runnable")
	case int(lanes.Network):
		return w.T("waiting for the network")
	case int(lanes.Sync):
		return w.T("waiting for another goroutine")
	case int(lanes.Sleep):
		return w.T("sleeping")
	case int(lanes.GCWait):
		return w.T("waiting for the collector")
	case int(lanes.Waiting):
		return w.T("waiting")
	case int(lanes.Unknown):
		return w.T("not known")
	case stopped:
		return w.T("world stopped")
	}
	return w.T("idle")
}
