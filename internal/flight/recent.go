package flight

import (
	"encoding/hex"
	"sync"
	"time"

	"example.com/tracelab/internal/labapi"
)

// Bounds of what is known of traces.
const (
	maxRecent  = 8192 // traces; older ones are forgotten
	maxAwaited = 64   // traces whose end the server waits for
	awaitFor   = 10 * time.Second
)

// recent knows the traces that this process worked for of late.
type recent struct {
	mu      sync.Mutex
	index   map[[16]byte]int // of visits
	visits  []visit          // a ring, once it is full
	oldest  int              // in the full ring
	forgot  int64            // µs since the epoch, of the last end of what had to make room
	awaited map[[16]byte]*time.Timer
}

// visit is the process's part in a trace; times are µs since the epoch.
type visit struct {
	trace      [16]byte
	open       int // local roots that have not ended
	start, end int64
}

func newRecent() *recent {
	return &recent{index: map[[16]byte]int{}, awaited: map[[16]byte]*time.Timer{}}
}

// start notes that a local root began.
func (n *recent) start(trace [16]byte, at time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	i, ok := n.index[trace]
	if !ok {
		i = n.room()
		n.index[trace] = i
		n.visits[i] = visit{trace: trace, start: at.UnixMicro()}
	}
	n.visits[i].open++
}

// room is the index of a visit that may be overwritten.
func (n *recent) room() int {
	if len(n.visits) < maxRecent {
		n.visits = append(n.visits, visit{})
		return len(n.visits) - 1
	}
	i := n.oldest
	n.oldest = (n.oldest + 1) % maxRecent
	old := n.visits[i]
	if old.open > 0 {
		old.end = time.Now().UnixMicro() // or later, which its end will tell
	}
	n.forgot = max(n.forgot, old.end)
	delete(n.index, old.trace)
	return i
}

// end notes that a local root ended. It returns the process's part in the trace
// so far, and whether the server waited for just that.
func (n *recent) end(trace [16]byte, from, to time.Time) (v visit, awaited bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	i, ok := n.index[trace]
	if !ok { // forgotten meanwhile
		n.forgot = max(n.forgot, to.UnixMicro())
		return visit{trace: trace, start: from.UnixMicro(), end: to.UnixMicro()}, false
	}
	visit := &n.visits[i]
	visit.open--
	visit.end = max(visit.end, to.UnixMicro())
	if timer := n.awaited[trace]; timer != nil && visit.open == 0 {
		delete(n.awaited, trace)
		timer.Stop()
		awaited = true
	}
	return *visit, awaited
}

// whereabouts is what is known of a trace that the server asks for.
type whereabouts int

const (
	ended       whereabouts = iota // its spans here have ended, or whether there were any is forgotten
	stillOpen                      // it is at work; the end will tell
	tooManyOpen                    // it is at work, and the server waits for too many such traces already
	notHere                        // none of its spans was here within the window
)

// ask looks for a trace. When one that is stillOpen has ended, end says that it was
// awaited; if that takes too long, late is called instead.
func (n *recent) ask(trace [16]byte, late func(labapi.Part)) (labapi.Part, whereabouts) {
	n.mu.Lock()
	defer n.mu.Unlock()
	i, known := n.index[trace]
	if !known {
		part := visit{trace: trace}.part()
		if recently(n.forgot) {
			return part, ended
		}
		return part, notHere
	}
	v := n.visits[i]
	switch {
	case v.open > 0:
		return v.part(), n.await(v, late)
	case recently(v.end):
		return v.part(), ended
	}
	return v.part(), notHere
}

func recently(end int64) bool { return time.Since(time.UnixMicro(end)) < window }

// await has late called in a while, unless the trace ends before.
func (n *recent) await(v visit, late func(labapi.Part)) whereabouts {
	if n.awaited[v.trace] != nil {
		return stillOpen
	}
	if len(n.awaited) >= maxAwaited {
		return tooManyOpen
	}
	n.awaited[v.trace] = time.AfterFunc(awaitFor, func() {
		n.mu.Lock()
		_, still := n.awaited[v.trace]
		delete(n.awaited, v.trace)
		n.mu.Unlock()
		if still {
			late(v.part())
		}
	})
	return stillOpen
}

// abandon returns the parts of the traces whose end the server waits for, and
// waits no more.
func (n *recent) abandon() (parts []labapi.Part) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for trace, timer := range n.awaited {
		timer.Stop()
		parts = append(parts, visit{trace: trace}.part())
	}
	clear(n.awaited)
	return parts
}

// part is the visit in the words of the contract with the server. While it is
// open, it lasts until now.
func (v visit) part() labapi.Part {
	p := labapi.Part{Trace: hex.EncodeToString(v.trace[:]), StartUS: v.start, EndUS: v.end}
	if v.open > 0 {
		p.EndUS = time.Now().UnixMicro()
	}
	return p
}
