// Package states draws what goroutines, processors and threads did: the colour, the pattern
// and the words of each state, and the shapes of a lane. All pages of execution traces draw
// with it.
package states

import (
	"embed"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"example.com/tracelab/exectrace/lanes"
	"example.com/tracelab/internal/web/shell"
)

//go:embed templates static
var files embed.FS

// Sheet is the style sheet of pages that draw states. They have the template "patterns", too,
// which takes Patterns.
const Sheet = "states.css"

// Add adds the style sheet and the templates to a shell, for all parts that are added later.
func Add(s *shell.Shell) { s.Add(shell.Part{Files: files, Chinese: Chinese}) }

// State is how a state is drawn and called.
type State struct {
	N    int    // a lanes.State, Stopped or Heap
	Word string // in the page's language
	Mask string // the pattern, 8 rows of 8 dots in hex: 1 is the colour, 0 a hint of it
}

// Dots is the pattern as a path of SVG: a dash for each run of dots.
func (s State) Dots() string {
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

// What is drawn beside the states of lanes.
const (
	Stopped = int(lanes.NumStates) + iota // the whole program, while the world is stopped
	Heap                                  // how the heap is drawn: it is in no state
)

// masks are the patterns, by state. Who works has much ink, who waits has little.
var masks = [Heap + 1]string{
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
	Stopped:          "ffffffffffffffff",
	Heap:             "ffffffffffffffff",
}

// Order is from the bottom of a lane to its top.
var Order = []int{
	int(lanes.Running), int(lanes.Collecting), int(lanes.Syscall), int(lanes.Runnable), int(lanes.GCWait), int(lanes.Sync),
	int(lanes.Network), int(lanes.Sleep), int(lanes.Waiting), int(lanes.Unknown), Stopped,
}

// In are all states that lanes are drawn in, in the words of a page.
func In(w shell.Words) (all []State) {
	for _, n := range Order {
		all = append(all, New(w, n))
	}
	return all
}

// New is a state in the words of a page.
func New(w shell.Words, n int) State { return State{n, Word(w, n), masks[n]} }

// Patterns are those of some states, and of the heap.
func Patterns(all []State) []State {
	return append(all[:len(all):len(all)], State{N: Heap, Mask: masks[Heap]})
}

// Word is what a state is called.
func Word(w shell.Words, n int) string {
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
	case Stopped:
		return w.T("world stopped")
	}
	return w.T("idle")
}

// Said is what a lane was in, in words: sums are of a time.
func Said(w shell.Words, sums lanes.Sums, of time.Duration) string {
	var parts []string
	for _, n := range Order[:len(Order)-1] {
		if sums[n] > 0 {
			parts = append(parts, fmt.Sprintf("%s %.3g %%", Word(w, n), float64(sums[n])/float64(of)*100))
		}
	}
	if len(parts) == 0 {
		return Word(w, int(lanes.Absent))
	}
	return strings.Join(parts, ", ")
}
