package exectrace

import "strconv"

// TileState is what a part of somebody's time was spent on. Unlike State, which
// is the scheduler's, it says what was waited for, and what the garbage
// collector and the system took.
type TileState uint8

// The states of tiles.
const (
	TileUnknown      TileState = iota // events are missing
	TileRunning                       // on a CPU, as far as is known: see Trace.KnowsCPU
	TileCPUWait                       // running as Go sees it, while the system ran something else
	TileRunnable                      // ready, and waits for a processor of Go's
	TileNetwork                       // waits for a socket, a pipe or a terminal
	TileSync                          // waits for a mutex or another of package sync
	TileChannel                       // waits to send or to receive; or in a select that another goroutine ended
	TileSelect                        // waits in a select that no goroutine ended: a timer did, or nothing yet
	TileSleep                         // time.Sleep, or waits for a timer's channel alone
	TileSyscall                       // in a system call
	TileGCAssist                      // works, or waits, for the garbage collector because it allocates
	TileGCWait                        // waits for the garbage collector
	TileStopTheWorld                  // everything was stopped
)

var tileStates = [...]string{
	"unknown", "running", "cpu-wait", "runnable", "network", "sync", "channel", "select", "sleep", "syscall", "gc-assist", "gc-wait", "stop-the-world",
}

func (s TileState) String() string {
	if int(s) < len(tileStates) {
		return tileStates[s]
	}
	return "TileState(" + strconv.Itoa(int(s)) + ")"
}

// Tile is a part of the time that is explained, in which one thing was so.
type Tile struct {
	Start, End Time
	State      TileState
	Goroutine  GoID   // whose state it is
	Task       TaskID // the innermost one that it was at work for; zero: none is known
	Inferred   bool   // the state, its place within the time, or the task is concluded from what came before and after
	// Holder is the goroutine that ended a wait which is not looked through, by
	// letting go of a mutex, by sending or receiving. What it did meanwhile: see
	// Behind. Zero: none did.
	Holder GoID
	Hops   int // how many goroutines were looked through to get here

	stack stackID
}
